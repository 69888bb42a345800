# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the modules of all fixes, and restore, on doubles; each by real connections, in one run of Ansible a step."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.fleet import Double
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
)

Document = dict[str, Any]
_CALLBACKS = Path(__file__).parent / "callback_plugins"


@dataclass(frozen=True)
class Machine:
    """A case, the double that has its model, the way to it, and the options of the fix's module."""

    name: str
    case: Case
    double: Double
    variables: Mapping[str, Any]
    options: Mapping[str, Any]

    @property
    def model(self) -> Document:
        """The machine as it is now."""
        return self.double.session.machine

    @property
    def secrets(self) -> list[str]:
        """What no log, result or record may hold: options of the fix that are not to be logged, files with keys."""
        options = {**self.case.options}
        hidden = [name for name, spec in self.case.fix.options.items() if spec.get("no_log")]
        plain = [str(options[name]) for name in hidden if options.get(name)]
        content = [str(options[name]) for name in self.case.fix.files if name == "pfx" and options.get(name)]
        encoded = [base64.b64encode(text.encode()).decode() for text in plain]
        return [*plain, *encoded, *(text[start : start + 40] for text in content for start in (0, len(text) // 2))]


def module_options(case: Case, folder: Path) -> Document:
    """Return the options of a case as an operator gives them: the content of files in files."""
    options: Document = dict(case.options)
    for name in case.fix.files:
        given = options.get(name)
        if isinstance(given, list):
            options[name] = [_written(content, folder, f"{name}-{number}") for number, content in enumerate(given)]
        elif given:
            options[name] = _written(str(given), folder, name)
    return options


def _written(content: Any, folder: Path, name: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(base64.b64decode(str(content)))
    return str(path)


@dataclass(frozen=True)
class Run:
    """What one run of a playbook returned, host by host and task by task, and all that it printed."""

    results: Mapping[str, Mapping[str, Document]]
    output: str


def run(machines: Sequence[Machine], tasks: Mapping[str, Document | None], folder: Path, *options: str) -> Run:
    """Run tasks on machines, those of a case beside each other; ``None`` stands for the fix's own module."""
    folder.mkdir(parents=True)
    alike = groupby(machines, lambda machine: machine.case)
    plays = [_play(list(group), tasks) for _case, group in alike]
    (folder / "playbook.json").write_text(json.dumps(plays))
    hosts = {machine.name: dict(machine.variables) for machine in machines}
    (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    (folder / "results").mkdir()
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-playbook")),
            *("-i", str(folder / "inventory.json"), str(folder / "playbook.json"), "-f", "6", *options),
        ],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            **{"ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0"},
            **{"ANSIBLE_CALLBACK_PLUGINS": str(_CALLBACKS), "ANSIBLE_CALLBACKS_ENABLED": "results_in_files"},
            **{"RESULTS_IN_FILES": str(folder / "results")},
        },
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )
    output = done.stdout + done.stderr
    results = {machine.name: dict[str, Document]() for machine in machines}
    for machine in machines:
        for task in tasks:
            path = folder / "results" / f"{machine.name}.{task}.json"
            assert path.exists(), f"no result of {task} on {machine.name}:\n{output[-4000:]}"
            results[machine.name][task] = json.loads(path.read_text(encoding="utf-8"))
    return Run(results, output)


def _play(machines: Sequence[Machine], tasks: Mapping[str, Document | None]) -> Document:
    module = f"preflight.azure.{machines[0].case.fix.name}"
    return {
        "hosts": ",".join(machine.name for machine in machines),
        "gather_facts": False,
        "ignore_errors": True,
        "ignore_unreachable": True,
        "tasks": [{"name": name, **(task or {module: dict(machines[0].options)})} for name, task in tasks.items()],
    }
