# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which processes run, from /proc alone. Private to this collection."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...collector.read import command
from ...collector.recording import Recording, Status
from ..fact import Unknown

#: The kernel cuts the names of processes after fifteen bytes.
NAMES = (
    *("sshd", "vmtoolsd", "chronyd", "ntpd", "systemd-timesyn", "firewalld"),
    *("corosync", "pacemakerd", "aisexec", "heartbeat", "dlm_controld", "gfs_controld", "ocfs2_controld"),
    *("fenced", "qdiskd", "clvmd", "rgmanager", "sbd", "had"),
)

#: One line of ``stat`` for each of the processes above and for process 1, the moment the machine was started
#: ("btime") and the seconds since then. Process 1 always runs: where it is missing, /proc hides other users' processes.
PROCESSES = command(
    "processes",
    "cat /proc/stat /proc/uptime /proc/[0-9]*/stat 2>/dev/null"
    " | grep -E '^btime |^[0-9]+\\.[0-9]+ |^1 \\(|\\((" + "|".join(NAMES) + ")\\) '",
)

#: Processes that bear a daemon's name and are not the daemon: one connection of sshd, which calls itself "sshd: USER"
#: and outlives the daemon, and the vmtoolsd of a desktop. Only their paths are told: a command line may hold a secret.
NOT_DAEMONS = command("processes of sessions", "grep -lE '^sshd: [^/]|vmusr' /proc/[0-9]*/cmdline 2>/dev/null; exit 0")
_WITH_SESSIONS = ("sshd", "vmtoolsd")

#: Ticks a second in ``/proc/PID/stat``: the same on every architecture that Azure takes.
TICKS = 100


@dataclass(frozen=True)
class Process:
    """One process; ``started`` is seconds since the machine was started."""

    pid: int
    name: str
    parent: int
    started: float


def processes(recording: Recording, name: str) -> list[Process] | Unknown:
    """Return the daemon's processes of that name, oldest first; ``name`` is one of :data:`NAMES`."""
    answer = recording.answer(PROCESSES)
    if not answer.answered:
        return Unknown(answer.reason)
    every = [process for process in map(_process, answer.lines) if process is not None]
    if not any(process.pid == 1 for process in every):
        return Unknown("/proc does not show the processes of other users")
    found = sorted((process for process in every if process.name == name[:15]), key=lambda process: process.started)
    others = recording.answer(NOT_DAEMONS)
    if name not in _WITH_SESSIONS or not found or others.status is Status.NOT_ASKED:
        return found
    if not others.answered:
        return Unknown(others.reason)
    return [process for process in found if f"/proc/{process.pid}/cmdline" not in others.lines]


def running(recording: Recording, name: str) -> bool | Unknown:
    """Whether a process of that name runs; ``name`` is one of :data:`NAMES`."""
    found = processes(recording, name)
    return found if isinstance(found, Unknown) else bool(found)


def started_at(recording: Recording) -> tuple[float, float] | Unknown:
    """Return when the machine was started: the earliest and the latest moment, by the machine's own clock."""
    answer = recording.answer(PROCESSES)
    booted = re.search(r"^btime (\d{1,12})$", answer.text, re.MULTILINE) if answer.answered else None
    if booted is None:
        return Unknown(answer.reason if not answer.answered else "/proc/stat does not tell when the machine started")
    earliest = float(booted[1])
    latest = earliest + 1
    uptime = re.search(r"^(\d{1,12}\.\d+) [\d.]+$", answer.text, re.MULTILINE)
    if uptime is not None and recording.started is not None and recording.finished is not None:
        # The kernel cuts btime to whole seconds; the visit's own times are finer, if "date" gave fractions.
        finer = recording.started - float(uptime[1]) - 0.01, recording.finished - float(uptime[1]) + 0.01
        if not recording.started.is_integer() and finer[1] > earliest and finer[0] < latest:
            return max(earliest, finer[0]), min(latest, finer[1])
    return earliest, latest


def _process(line: str) -> Process | None:
    # The name may hold spaces and brackets, so it ends at the last closing one.
    found = re.match(r"(\d{1,10}) \((.*)\) \S (\d{1,10}) (?:\S+ ){17}(\d{1,20})(?: |$)", line)
    if found is None:
        return None
    return Process(int(found[1]), found[2], int(found[3]), int(found[4]) / TICKS)
