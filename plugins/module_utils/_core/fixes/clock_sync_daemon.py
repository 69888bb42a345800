# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a machine's time daemons: which one is there, what it follows, when it steps. Private."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..facts.fact import Facts, Json
from .contract import Refusal

#: A clock that is less than this off is right.
RIGHT_SECONDS = 1.0
#: How a daemon's files begin.
_FILES = {
    "chrony": ("/etc/chrony", "/run/chrony-dhcp/", "/etc/sysconfig/chronyd", "/etc/default/chrony"),
    "ntpd": ("/etc/ntp", "/etc/sysconfig/ntp", "/etc/default/ntp"),
    "timesyncd": ("/etc/systemd/", "/run/systemd/", "/usr/lib/systemd/"),
}
_MAIN = ("/etc/chrony.conf", "/etc/chrony/chrony.conf", "/etc/ntp.conf", "/etc/ntpsec/ntp.conf")
#: systemd-timesyncd steps a clock that is further off, and ntpd one that stays so; neither has to be told.
_TIMESYNCD_STEPS = 0.4
_NTPD_STEPS = 0.128
#: ntpd ends where the clock is further off, unless it was started with -g.
_NTPD_GIVES_UP = 1000.0
#: How fast a clock is slewed: chrony by a twelfth, the kernel on its own by 500 parts in a million.
_CHRONY_PPM = 1e6 / 12
_KERNEL_PPM = 500.0


@dataclass(frozen=True)
class Service:
    """One time daemon as it was found; ``service`` is the name of its unit or script, empty where it has none."""

    daemon: str
    service: str
    running: bool
    autostart: bool


@dataclass(frozen=True)
class Setting:
    """One line of a daemon's configuration, as words."""

    path: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Clock:
    """How far the clock is off (machine minus controller), and how far that may be wrong."""

    offset: float
    uncertainty: float

    @property
    def at_most(self) -> float:
        """How far it may be off."""
        return abs(self.offset) + self.uncertainty

    @property
    def wrong(self) -> bool:
        """Whether it is off for certain."""
        return abs(self.offset) - self.uncertainty > RIGHT_SECONDS


def fact(facts: Facts, name: str) -> Json:
    """Return a fact of the clock, ``None`` where it is not known."""
    branch = facts.tree.get("clock")
    return branch.get(name) if isinstance(branch, dict) else None


def found_services(facts: Facts) -> list[Service] | Refusal:
    """Return the daemons that are there, run or start, or why that is not known."""
    found = []
    for entry in _list(facts, "services"):
        for key, value in entry.items():
            if value is None:
                return Refusal(
                    f"whether {entry['daemon']} is there, runs and starts with the machine is not known: "
                    f"{_reason(facts, key)}; make it readable and audit again"
                )
        service = Service(
            str(entry["daemon"]), str(entry["service"]), entry["running"] is True, entry["autostart"] is True
        )
        if service.service or service.running or service.autostart:
            found.append(service)
    return found


def settings_of(facts: Facts, daemon: str) -> list[Setting]:
    """Return the lines of a daemon's configuration, the files and lines in the order in which they were read."""
    return [
        Setting(str(entry["path"]), tuple(re.split(r"\s+|(?<==)", str(entry["setting"]))))
        for entry in _list(facts, "configuration")
        if str(entry["path"]).startswith(_FILES[daemon])
    ]


def sources(settings: Sequence[Setting]) -> list[str]:
    """Return what the daemon follows: names of servers and reference clocks, not the machine's own clock."""
    found = []
    for setting in settings:
        name, rest = setting.words[0].lower(), setting.words[1:]
        if name in ("server", "pool", "peer", "refclock") and rest and not rest[0].startswith("127.127.1."):
            found.append(" ".join(rest[:2]) if name == "refclock" else rest[0])
        elif name in ("ntp=", "servers="):
            found += [word for word in rest if word]
    return found


def step_threshold(daemon: str, settings: Sequence[Setting]) -> float:
    """Return from which offset on the daemon would step the clock when it is started; infinite if it never does."""
    if daemon == "timesyncd":
        return _TIMESYNCD_STEPS
    if daemon == "ntpd":
        return _ntpd_threshold(settings, _options(settings))
    steps = [_makestep(setting) for setting in settings if setting.path not in _MAIN]
    elsewhere = min((step for step in steps if step is not None), default=None)
    threshold = math.inf
    for setting in settings:
        if setting.path not in _MAIN:
            continue
        step = _makestep(setting)
        if setting.words[0].lower() in ("include", "confdir") and elsewhere is not None:
            threshold = elsewhere  # the last one counts
        elif step is not None:
            threshold = step
    return min(threshold, first_step_threshold(settings))


def first_step_threshold(settings: Sequence[Setting]) -> float:
    """Return from which offset on chrony steps the clock even where ``makestep`` forbids it."""
    if any(re.fullmatch(r"-[46nmrRx]*[sq]", option) for option in _options(settings)):
        return 0.0  # sets the clock from the hardware's, whatever the difference
    given = [
        setting.words[1] for setting in settings if setting.words[0].lower() == "initstepslew" and setting.words[1:]
    ]
    return min((_number(word) for word in given), default=math.inf)


def slew_seconds(daemon: str, settings: Sequence[Setting], offset: float) -> float:
    """Return about how long the daemon needs to slew that offset away."""
    if daemon != "chrony":
        return abs(offset) / _KERNEL_PPM * 1e6
    given = [
        setting.words[1] for setting in settings if setting.words[0].lower() == "maxslewrate" and setting.words[1:]
    ]
    return abs(offset) / min([_CHRONY_PPM, *(_number(word) for word in given if _number(word) > 0)]) * 1e6


def gives_up(daemon: str, settings: Sequence[Setting], clock: Clock) -> bool:
    """Whether ntpd would end instead of correcting such an offset."""
    if daemon != "ntpd" or clock.at_most < _NTPD_GIVES_UP:
        return False
    return not any(re.match(r"-[A-Za-z]*g", option) for option in _options(settings))


def other_file(daemon: str, settings: Sequence[Setting]) -> bool:
    """Whether the daemon's options name a configuration file of their own."""
    return any(option.startswith("-f" if daemon == "chrony" else "-c") for option in _options(settings))


def _ntpd_threshold(settings: Sequence[Setting], options: set[str]) -> float:
    threshold = 600.0 if any(re.match(r"-[A-Za-z]*x", option) for option in options) else _NTPD_STEPS
    for setting in settings:
        words = [word.lower() for word in setting.words]
        if words[0] == "tinker" and "step" in words[:-1]:
            threshold = _number(words[words.index("step") + 1]) or math.inf
    return threshold


def _makestep(setting: Setting) -> float | None:
    """Return the threshold of a ``makestep``; infinite where its limit of updates is 0, so that it never steps."""
    if setting.words[0].lower() != "makestep":
        return None
    limit = setting.words[2] if len(setting.words) > 2 else "-1"
    return math.inf if _number(limit) == 0 else _number("".join(setting.words[1:2]))


def _options(settings: Sequence[Setting]) -> set[str]:
    """Return the words of the options that the daemon is started with."""
    return {
        word.strip("\"'")
        for setting in settings
        if setting.words[0].endswith("=") and setting.words[0].lower() not in ("ntp=", "fallbackntp=", "servers=")
        for word in setting.words[1:]
    }


def _number(word: str) -> float:
    """Return a number; 0 for what is none, which is the careful answer for a threshold."""
    try:
        return abs(float(word))
    except ValueError:
        return 0.0


def _list(facts: Facts, name: str) -> list[dict[str, Json]]:
    branch = facts.tree.get("clock")
    entries = branch.get(name) if isinstance(branch, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _reason(facts: Facts, key: str) -> str:
    for path, reason in facts.reasons.items():
        if path.startswith("clock.services[") and path.endswith(f".{key}"):
            return reason
    return "it was not collected"
