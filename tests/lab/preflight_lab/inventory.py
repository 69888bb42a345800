# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible inventory of the hosts that are up (JSON, which is YAML)."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from preflight_lab import credentials, network
from preflight_lab.hosts import Host, host
from preflight_lab.locks import held
from preflight_lab.places import CONTROLLER, HERE, HOSTS, STATE, TIMESERVER

INVENTORY = STATE / "inventory.yml"
KNOWN_HOSTS = STATE / "known_hosts"


def up_hosts() -> list[Host]:
    """The hosts that have been started, by their folders."""
    names = sorted(path.name for path in HOSTS.iterdir() if (path / "pid").exists()) if HOSTS.is_dir() else []
    return [each for each in map(host, names) if each.number]


def write() -> None:
    """Write the inventory and the known host keys of the hosts that are up."""
    with held("inventory"):  # who writes last has seen what all before it started
        _write(up_hosts())


def _write(hosts: list[Host]) -> None:
    groups: dict[str, dict[str, dict[str, object]]] = {"lab": {}, "fleet": {}}
    known = []
    for each in hosts:
        own: dict[str, object] = {"ansible_host": each.address, "lab_boot": each.boot, **each.settings}
        groups["fleet" if "fleet" in each.groups else "lab"][each.name] = own
        for group in each.groups:
            groups.setdefault(group, {}).setdefault(each.name, {})
        known += _host_keys(each)
    _replace(KNOWN_HOSTS, "".join(known))
    document = {"all": {"vars": _common(), "children": {name: {"hosts": members} for name, members in groups.items()}}}
    _replace(INVENTORY, json.dumps(document, indent=2) + "\n")


def _host_keys(each: Host) -> list[str]:
    lines = []
    for public in sorted((HOSTS / each.name / "root/etc/ssh").glob("ssh_host_*_key.pub")):
        try:
            kind, key = public.read_text(encoding="ascii").split()[:2]
        except OSError:
            continue  # somebody else is taking that host down right now, and writes the inventory after it
        lines.append(f"{each.name},{each.address} {kind} {key}\n")
    return lines


def _replace(file: Path, text: str) -> None:
    """Replace a file in one step: others may be reading it."""
    with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=file.parent, delete=False) as new:
        new.write(text)
    os.replace(new.name, file)


def ssh_options() -> str:
    """What every connection into the lab needs."""
    options = {
        "UserKnownHostsFile": KNOWN_HOSTS,
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "ConnectTimeout": 10,
    }
    return " ".join(f"-o {name}={value}" for name, value in options.items())


def _common() -> dict[str, object]:
    return {
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(credentials.KEY),
        "ansible_ssh_common_args": ssh_options(),
        "lab_command": str(HERE / "lab"),
        "lab_controller": network.address(CONTROLLER),
        "lab_timeserver": network.address(TIMESERVER),
        "lab_passwords": credentials.passwords(),
    }
