# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that the lab started, recorded in files as "PID START" so that no other is ever taken for them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def record(file: Path, pid: int) -> None:
    """Write down a process."""
    file.write_text(f"{pid} {started(pid)}\n", encoding="ascii")


def alive(file: Path) -> int:
    """The recorded process, if it is still that very process; else 0."""
    try:
        pid, since = file.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0
    return int(pid) if started(int(pid)) == since else 0


def started(pid: int) -> str:
    """When a process started, in clock ticks; "" when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def only_child(pid: int) -> int:
    """The first child of a process; 0 while it has none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return int(children[0]) if children else 0


def end(file: Path) -> None:
    """Kill the recorded process and wait until it is gone."""
    until = time.monotonic() + 10
    pid = alive(file)
    if pid:
        os.kill(pid, signal.SIGKILL)
    while alive(file) and time.monotonic() < until:
        time.sleep(0.02)
