# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the tests of fixes run one script on a lab host, past Ansible, and spoil it on purpose."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording, parse
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.changes import compose_changes, parse_changes
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import FixResult, Plan
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import READS, Record, parse_journal
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import (
    Restored,
    choose,
    compose_restores,
    parse_restores,
)
from lab_hosts import Lab
from preflight_lab import boot

#: Tests may run on clones of the hosts, so that several people can test at the same time.
CLONE = "".join(f"-{suffix}" for suffix in os.environ.get("PREFLIGHT_LAB_CLONE", "").split())
#: The families: host of the lab and its package manager.
FAMILIES = tuple(
    (f"{name}{CLONE}", manager)
    for name, manager in (("debian", "apt"), ("rhel9", "dnf"), ("rhel7", "yum"), ("sles12", "zypper"))
)
every_family = pytest.mark.parametrize("host", FAMILIES, indirect=True, ids=[name for name, _manager in FAMILIES])
on_debian = pytest.mark.parametrize("host", FAMILIES[:1], indirect=True, ids=["debian"])
on_rpm = pytest.mark.parametrize("host", FAMILIES[1:], indirect=True, ids=[name for name, _manager in FAMILIES[1:]])
#: Every how many steps a run is killed; 1 tries them all (about ten minutes a host).
KILL_EVERY = int(os.environ.get("PREFLIGHT_KILL_EVERY", "24"))
Edit = Callable[[str], str]

_STEP = """
step() { %s
}
%s() {
step_pid=$BASHPID
set -T
trap 'step "$FUNCNAME:$LINENO"' DEBUG
"""


@dataclass
class Host:
    """One host and the lsof fix on it."""

    lab: Lab
    name: str
    manager: str

    @property
    def plan(self) -> Plan:
        return Plan("lsof", "missing", "installed", "missing", "installed", (self.manager,), timeout_seconds=120)

    def packages(self) -> set[str]:
        """The packages and versions, by the machine's own tool."""
        if self.manager == "apt":
            text = self.lab.inside(self.name, "dpkg-query", "-W", "-f", "${Package} ${Version} ${Status}\\n")
        else:
            text = self.lab.inside(self.name, "rpm", "-qa")
        return set(text.splitlines())

    def shell(self, command: str) -> str:
        return self.lab.inside(self.name, "sh", "-c", command)

    def send(self, script: str, shell: Sequence[str] = ("/bin/sh",)) -> Recording:
        words = self.lab.words(self.name, *shell)
        done = subprocess.run(words, input=script.encode(), capture_output=True, check=False, env=boot.ENVIRONMENT)
        return parse(done.stdout)

    def apply(
        self, run: str, *, edit: Edit = str, shell: Sequence[str] = ("/bin/sh",), plan: Plan | None = None
    ) -> FixResult:
        plans = [plan or self.plan]
        return parse_changes(self.send(edit(compose_changes(plans, run, "test")), shell), plans)[0]

    def records(self) -> list[Record]:
        return parse_journal(self.send(compose(READS)))

    def restore(self, *, edit: Edit = str, shell: Sequence[str] = ("/bin/sh",), force: bool = False) -> list[Restored]:
        records = choose(self.records(), FIXES["linux"])
        if not records:
            return []
        script = compose_restores(records, "undo", force=force, timeout_seconds=60)
        return parse_restores(self.send(edit(script), shell), records)

    def put_back(self) -> None:
        """Restore everything, also where a package manager is still busy."""
        for _attempt in range(60):
            if all(each.state in ("restored", "unchanged") for each in self.restore()):
                return
            time.sleep(0.5)
        pytest.fail(f"{self.name} could not be put back: {self.restore()}")


def before_every_step(function: str, action: str) -> Edit:
    """Do something before every simple command from the beginning of a function on; needs bash."""
    return lambda script: script.replace(f"\n{function}() {{\n", _STEP % (action, function), 1)


def clean_host(lab: Lab, family: tuple[str, str]) -> Host:
    """Give a host of a family with every change on it undone."""
    name, manager = family
    if name not in lab.hosts:
        pytest.skip(f"{name} is not up in the lab")
    one = Host(lab, name, manager)
    one.put_back()
    return one
