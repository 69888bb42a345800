# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine's clock, and what keeps it. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import Read, command, names
from ...collector.recording import Recording
from ..clock_bracket import BRACKET, offset
from ..fact import Fact, Subject, Unknown, Value
from . import services, time_services
from .time_services import DAEMONS, Daemon

#: Asked over UDP: over its socket chronyc would make a file. Old versions have no -c. None is asked that does not run.
CHRONY = command("chronyc tracking", "chronyc -h 127.0.0.1 -n tracking")
NTP = command("ntpq", "ntpq -n -c rv 127.0.0.1")
#: timedatectl would start a service.
TIMESYNCD = names("/run/systemd/timesync", "/run/systemd/timesync/synchronized")


def _chosen(recording: Recording) -> tuple[Daemon | None, services.ServiceState | None] | Unknown:
    """Return the daemon that runs, else the one that will; a service that is only installed comes last."""
    states = [
        (daemon, services.state(recording, daemon.units, daemon.scripts, (daemon.process,))) for daemon in DAEMONS
    ]
    for of in ("running", "autostart", "installed"):
        for daemon, state in states:
            if getattr(state, of) is True:
                return daemon, state
        for _daemon, state in states:
            doubt = getattr(state, of)
            if isinstance(doubt, Unknown):
                return doubt
    return None, None


def _synchronized(recording: Recording, daemon: str) -> bool | Unknown:
    if daemon == "timesyncd":
        answer = recording.answer(TIMESYNCD)
        if not answer.answered or not answer.lines:
            return Unknown("this version of systemd-timesyncd does not tell" if answer.answered else answer.reason)
        return "/run/systemd/timesync/synchronized" in answer.lines
    answer = recording.answer(CHRONY if daemon == "chrony" else NTP)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    if daemon == "chrony":
        leap = re.search(r"^Leap status\s*:\s*(.+?)\s*$", answer.text, re.MULTILINE)
        return leap[1] != "Not synchronised" if leap else Unknown(f"{CHRONY.key} does not tell the leap status")
    stratum = re.search(r"\bstratum=(\d+)", answer.text)
    if stratum is None:
        return Unknown(f"{NTP.key} does not tell the stratum")
    # leap 3 is the alarm of a clock that was never set; "sync_ntp", "sync_local" and the like name its source.
    alarm = re.search(r"\bleap_alarm\b|\bleap=(11|3)\b|\bsync_(unspec|alarm)\b", answer.text)
    return int(stratum[1]) < 16 and alarm is None


def _behind_by(recording: Recording) -> float | Unknown:
    """Return what the daemon itself says: the machine's clock minus the time that it follows."""
    answer = recording.answer(CHRONY)
    found = re.search(r"^System time\s*:\s*(\d+\.\d+) seconds (fast|slow)", answer.text, re.MULTILINE)
    if answer.answered and answer.code == 0 and found:
        return float(found[1]) * (1 if found[2] == "fast" else -1)
    answer = recording.answer(NTP)
    found = re.search(r"\boffset=([-+]?\d+\.\d+)", answer.text)
    if answer.answered and answer.code == 0 and found:
        return -float(found[1]) / 1000  # ntpq gives milliseconds, of the source minus the machine
    return Unknown("no daemon tells how far the clock is from the time that it follows")


def _parse(recording: Recording) -> Mapping[str, Value]:
    measured = offset(recording)
    chosen = _chosen(recording)
    facts: dict[str, Value] = {
        **time_services.parse(recording),
        "daemon_offset_seconds": _behind_by(recording),
        "offset_seconds": measured if isinstance(measured, Unknown) else measured[0],
        "uncertainty_seconds": measured if isinstance(measured, Unknown) else measured[1],
    }
    if isinstance(chosen, Unknown):
        return facts | dict.fromkeys(("daemon", "daemon_running", "daemon_autostart", "synchronized"), chosen)
    daemon, state = chosen
    running = state.running if state else False
    return facts | {
        "daemon": daemon.name if daemon else "none",
        "daemon_running": running,
        "daemon_autostart": state.autostart if state else False,
        "synchronized": _synchronized(recording, daemon.name) if daemon and running is True else running,
    }


_READS: tuple[Read, ...] = services.READS
_INIT = "systemd, upstart or the links of SysV init; processes"

SUBJECT = Subject(
    "clock",
    (
        Fact("clock.offset_seconds", "float", "The machine's clock minus the controller's.", BRACKET, (), "seconds"),
        Fact("clock.uncertainty_seconds", "float", "How far the offset may be off.", BRACKET, (), "seconds"),
        Fact("clock.daemon", "str", "What keeps the clock: chrony, ntpd, timesyncd or none.", _INIT, _READS),
        Fact("clock.daemon_running", "bool", "Whether that daemon runs.", _INIT, _READS),
        Fact("clock.daemon_autostart", "bool", "Whether it starts with the machine.", _INIT, _READS),
        Fact(
            "clock.synchronized",
            "bool",
            "Whether the daemon says that it follows a time source.",
            "chronyc tracking, ntpq, or the mark of systemd-timesyncd",
            (*_READS, CHRONY, NTP, TIMESYNCD),
        ),
        Fact(
            "clock.daemon_offset_seconds",
            "float",
            "The machine's clock minus the time that its daemon follows, as the daemon says. Only for planning a fix.",
            "chronyc tracking, ntpq",
            (CHRONY, NTP),
            "seconds",
        ),
        *time_services.FACTS,
    ),
    _parse,
)
