# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several models of Windows machines at once, visited in one run of Ansible: facts first, then audits."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.preflight.azure.tests.doubles.session import Seen, Session
from ansible_collections.preflight.azure.tests.doubles.wsman import Endpoint

Document = dict[str, Any]
_USERS = {"administrator": "secret"}
_BY_CONNECTION = {
    "winrm": {"ansible_winrm_scheme": "http", "ansible_winrm_transport": "basic"},
    "psrp": {
        "ansible_psrp_protocol": "http",
        "ansible_psrp_auth": "basic",
        "ansible_psrp_message_encryption": "never",
    },
}
_PLAYBOOK = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {
                "preflight.azure.audit": {
                    "scenario": "{{ item.scenario }}",
                    "machine": "{{ item.machine }}",
                    "output_dir": "{{ folder }}/{{ item.scenario }}.{{ item.machine }}",
                },
                "loop": "{{ audits }}",
            }
        ],
    }
]


@dataclass
class Visited:
    """What became of one machine: its model before and after, the commands it saw, the facts, the documents."""

    model: Document
    session: Session
    info: Document = field(default_factory=dict)
    info_commands: list[Seen] = field(default_factory=list)
    audit_commands: list[Seen] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)

    def fact(self, path: str) -> Any:
        """Return a fact by its path, from what machine_info said."""
        value: Any = self.info["facts"]
        for name in path.split("."):
            value = value[name]
        return value

    def finding(self, document: str, requirement: str) -> Document:
        """Return a finding of a document, which is called ``SCENARIO.MACHINE``."""
        [found] = [each for each in self.documents[document]["findings"] if each["id"] == requirement]
        return found  # type: ignore[no-any-return]


def visit(models: Mapping[str, Document], folder: Path) -> dict[str, Visited]:
    """Visit models by name, every other one through ``psrp``; the audits are those under ``expect``."""
    visited = {name: Visited(copy.deepcopy(model), Session(model)) for name, model in models.items()}
    endpoints = [Endpoint(("127.0.0.1", 0), each.session, _USERS) for each in visited.values()]
    for endpoint in endpoints:
        threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    try:
        ports = [endpoint.server_address[1] for endpoint in endpoints]
        inventory = _inventory(visited, ports, folder)
        _collect(visited, inventory, folder)
        _audit(visited, inventory, folder)
    finally:
        for endpoint in endpoints:
            endpoint.shutdown()
            endpoint.server_close()
    return visited


def _inventory(visited: Mapping[str, Visited], ports: list[int], folder: Path) -> Path:
    hosts = {}
    for number, (name, each) in enumerate(visited.items()):
        connection = ("winrm", "psrp")[number % 2]
        hosts[name] = {
            **{"ansible_host": "127.0.0.1", "ansible_port": ports[number], "ansible_connection": connection},
            **{"ansible_user": "administrator", "ansible_password": "secret", "ansible_shell_type": "powershell"},
            **_BY_CONNECTION[connection],
            **{"folder": str(folder), "audits": each.model["expect"]["audits"]},
            "subjects": each.model["expect"]["subjects"] + each.model["expect"].get("role", []),
        }
    path = folder / "inventory.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    return path


def _collect(visited: Mapping[str, Visited], inventory: Path, folder: Path) -> None:
    words = ["-i", str(inventory), "all", "-m", "preflight.azure.machine_info", "-a", '{"subjects": "{{ subjects }}"}']
    output = _run("ansible", *words, "--tree", str(folder / "info"))
    assert (folder / "info").exists(), output
    for name, each in visited.items():
        each.info = json.loads((folder / "info" / name).read_text(encoding="utf-8"))
        each.info_commands = list(each.session.seen)


def _audit(visited: Mapping[str, Visited], inventory: Path, folder: Path) -> None:
    playbook = folder / "audit.yml"
    playbook.write_text(yaml.safe_dump(_PLAYBOOK))
    output = _run("ansible-playbook", "-i", str(inventory), str(playbook))
    for name, each in visited.items():
        each.audit_commands = each.session.seen[len(each.info_commands) :]
        for asked in each.model["expect"]["audits"]:
            document = f"{asked['scenario']}.{asked['machine']}"
            path = folder / document / "machines" / f"{name}.json"
            assert path.exists(), output
            each.documents[document] = json.loads(path.read_text(encoding="utf-8"))


def _run(program: str, *words: str) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), "-f", "4", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0"},
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    return done.stdout + done.stderr
