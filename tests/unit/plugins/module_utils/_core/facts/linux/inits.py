# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What starts a machine, as the answers to the reads about services: systemd, upstart, SysV init."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import init, processes, services
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    names,
    values,
)

AnswerDict = dict[Read, "str | Status | Printed"]

BTIME = 1_699_000_000
UPTIME = 1_000_000.25
_ABSENT = {"LoadState": "not-found", "ActiveState": "inactive", "UnitFileState": ""}
_THERE = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled", "WantedBy": "multi-user.target"}


def unit(name: str, **properties: str) -> dict[str, str]:
    """Return what systemd says of a running, enabled unit; properties replace what stands there."""
    return {"Id": name, "Names": name, "RequiredBy": "", "SourcePath": "", "MainPID": "0", **_THERE, **properties}


def process(pid: int, name: str, parent: int = 1, ticks: int = 100_000) -> str:
    """Return a line of /proc/PID/stat."""
    return f"{pid} ({name}) S {parent} {pid} {pid} 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 {ticks} 1 1 184467"


def running(*lines: str) -> str:
    """Return the answer to the read of processes, process 1 among them."""
    return "\n".join((f"btime {BTIME}", f"{UPTIME} 5.00", process(1, "init", 0, 5), *lines)) + "\n"


def systemd(*units: Mapping[str, str], processes_found: str = "") -> AnswerDict:
    """Return the answers of a machine that systemd started; units that are not given are not there."""
    given = {name: found for found in units for name in found["Names"].split()}
    every = [name for name in services.UNITS.arguments[1].split() if name.endswith((".service", ".socket"))]
    blocks = [given.get(name, {"Id": name, "Names": name, **_ABSENT}) for name in every]
    text = "\n".join("".join(f"{key}={value}\n" for key, value in block.items()) for block in blocks)
    return {
        services.UNITS: text,
        init.INIT: names("/run/systemd/system", "/usr/lib/systemd/systemd"),
        init.PID_1: values({"/proc/1/comm": "systemd"}),
        init.INITTAB: Status.ABSENT,
        init.JOBS: "",
        processes.PROCESSES: processes_found or running(),
    }


def sysv(*paths: str, inittab: str = "id:3:initdefault:\n", processes_found: str = "", jobs: str = "") -> AnswerDict:
    """Return the answers of a machine with scripts and links of SysV init, or with upstart's jobs."""
    no_job = "grep: /etc/init/*.override: No such file or directory\n"
    return {
        services.UNITS: Printed("", 1),
        init.INIT: names(*paths),
        init.PID_1: values({"/proc/1/comm": "init"}),
        init.INITTAB: inittab or Status.ABSENT,
        init.JOBS: Printed(jobs + no_job, 2) if jobs else "",
        processes.PROCESSES: processes_found or running(),
    }
