# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine's clock, and what keeps it. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...collector.read import Read, command, names
from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from . import services

#: Asked over UDP: over its socket chronyc would make a file. Old versions have no -c. None is asked that does not run.
CHRONY = command("chronyc tracking", "chronyc -h 127.0.0.1 -n tracking")
NTP = command("ntpq", "ntpq -n -c rv 127.0.0.1")
#: timedatectl would start a service.
TIMESYNCD = names("/run/systemd/timesync", "/run/systemd/timesync/synchronized")


@dataclass(frozen=True)
class _Daemon:
    name: str
    process: str
    units: tuple[str, ...]
    scripts: tuple[str, ...] = ()


_DAEMONS = (
    _Daemon("chrony", "chronyd", ("chronyd.service", "chrony.service"), ("chronyd", "chrony")),
    _Daemon("ntpd", "ntpd", ("ntpd.service", "ntp.service", "ntpsec.service"), ("ntpd", "ntp", "ntpsec")),
    _Daemon("timesyncd", "systemd-timesyn", ("systemd-timesyncd.service",)),
)


def offset(recording: Recording) -> tuple[float, float] | Unknown:
    """Return the machine's clock minus the controller's, and how far that may be off."""
    if recording.sent is None or recording.received is None:
        return Unknown("the recording was made offline, without a controller's clock beside it")
    if recording.started is None or recording.finished is None:
        return Unknown("the recording does not tell the machine's clock")
    # The machine looked at its clock first after the script was sent, and last before the answer was received.
    lowest = recording.finished - recording.received
    highest = recording.started - recording.sent
    if recording.started.is_integer():
        highest += 1  # a "date" without fractions: up to a second later than it says
    if lowest > highest:
        return Unknown("a clock was set during the visit")
    return (lowest + highest) / 2, (highest - lowest) / 2


def _chosen(recording: Recording) -> tuple[_Daemon | None, services.ServiceState | None] | Unknown:
    """Return the daemon that runs, else the one that will; a service that is only installed comes last."""
    states = [
        (daemon, services.state(recording, daemon.units, daemon.scripts, (daemon.process,))) for daemon in _DAEMONS
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


def _parse(recording: Recording) -> Mapping[str, Value]:
    measured = offset(recording)
    chosen = _chosen(recording)
    facts: dict[str, Value] = {
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
_BRACKET = "the machine's clock first and last in the visit, the controller's before and after it"

SUBJECT = Subject(
    "clock",
    (
        Fact("clock.offset_seconds", "float", "The machine's clock minus the controller's.", _BRACKET, (), "seconds"),
        Fact("clock.uncertainty_seconds", "float", "How far the offset may be off.", _BRACKET, (), "seconds"),
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
    ),
    _parse,
)
