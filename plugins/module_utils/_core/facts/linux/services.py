# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a service is there, runs, and starts with the machine. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...collector.read import Read, command
from ...collector.recording import Recording
from ..fact import Unknown
from . import init
from .processes import NOT_DAEMONS, PROCESSES, running

__all__ = [
    "PROCESSES",
    "READS",
    "UNITS",
    "ServiceState",
    "active",
    "any_of",
    "autostart",
    "obstacle",
    "running",
    "state",
    "unit",
]

_UNITS = (
    *("sshd.service", "ssh.service", "sshd.socket", "ssh.socket"),
    *("vmtoolsd.service", "open-vm-tools.service", "vmware-tools.service", "vmware-tools-services.service"),
    *("chronyd.service", "chrony.service", "ntpd.service", "ntp.service", "ntpsec.service"),
    *("systemd-timesyncd.service", "firewalld.service", "ufw.service", "nftables.service", "iptables.service"),
    *("netfilter-persistent.service", "SuSEfirewall2.service"),
)
_PROPERTIES = (
    *("Id", "Names", "LoadState", "ActiveState", "SubState", "UnitFileState", "WantedBy", "RequiredBy", "SourcePath"),
    *("MainPID", "StateChangeTimestampMonotonic", "Listen", "Accept"),
)

#: What systemd says of all units that any fact asks about; fails where systemd is not in charge.
UNITS = command(
    "units",
    "test -d /run/systemd/system && systemctl --no-pager show "
    + " ".join(f"-p {name}" for name in _PROPERTIES)
    + f" {' '.join(_UNITS)}",
)
READS: tuple[Read, ...] = (UNITS, init.INIT, init.PID_1, init.INITTAB, init.JOBS, PROCESSES, NOT_DAEMONS)


@dataclass(frozen=True)
class ServiceState:
    """What is known of a service."""

    installed: bool | Unknown
    running: bool | Unknown
    autostart: bool | Unknown


def any_of(answers: Iterable[bool | Unknown]) -> bool | Unknown:
    """True if one is; else not known if one is not known; else false."""
    doubt: bool | Unknown = False
    for answer in answers:
        if answer is True:
            return True
        if isinstance(answer, Unknown) and doubt is False:
            doubt = answer
    return doubt


def state(
    recording: Recording, units: Iterable[str] = (), scripts: Iterable[str] = (), processes: Iterable[str] = ()
) -> ServiceState:
    """Return the state of a service that has one of several names.

    Args:
        recording: the answers.
        units: names of systemd units, with their suffix, of those that :data:`UNITS` asks about.
        scripts: names of SysV scripts and of upstart jobs.
        processes: names of the daemon's process, of :data:`.processes.NAMES`.
    """
    units, scripts = tuple(units), tuple(scripts)
    runs = [running(recording, name) for name in processes]
    if init.systemd_in_charge(recording) is not True:
        return ServiceState(
            init.installed(recording, scripts),
            any_of(runs) if runs else Unknown("what runs can be told neither by a process nor by systemd"),
            init.starts(recording, units, scripts),
        )
    found = [unit(recording, name) for name in units]
    return ServiceState(
        any_of(_ask(properties, _installed) for properties in found),
        any_of([*(_ask(properties, _daemon if runs else _active) for properties in found), *runs]),
        any_of(_ask(properties, lambda known: _starts(recording, known)) for properties in found),
    )


def unit(recording: Recording, name: str) -> dict[str, str] | Unknown:
    """Return systemd's properties of a unit, by any of its names; a repeated property has one value a line."""
    answer = recording.answer(UNITS)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    for block in re.split(r"\n[ \t]*\n", answer.text):
        properties: dict[str, str] = {}
        for line in block.splitlines():
            key, _equals, value = line.partition("=")
            properties[key] = f"{properties[key]}\n{value}" if key in properties else value
        if name in properties.get("Names", "").split() or name == properties.get("Id"):
            return properties
    return Unknown(f"{UNITS.key} says nothing about {name}")


def active(recording: Recording, name: str) -> bool | Unknown:
    """Whether systemd has that unit running; false where systemd is not in charge."""
    in_charge = init.systemd_in_charge(recording)
    return _ask(unit(recording, name), _active) if in_charge is True else in_charge


def autostart(recording: Recording, name: str, scripts: Iterable[str] = ()) -> bool | Unknown:
    """Whether that one unit, or a script of one of these names, starts with the machine."""
    return state(recording, (name,), scripts).autostart


def obstacle(recording: Recording, units: Iterable[str]) -> str | Unknown:
    """Return why none of these units can be started: somebody masked the service; empty where nothing speaks against
    it. A socket that is masked is no obstacle, and a socket alone none the less one, for it starts the service."""
    if init.systemd_in_charge(recording) is not True:
        return ""
    masked = ""
    for name in units:
        properties = unit(recording, name)
        if isinstance(properties, Unknown):
            return properties
        if not name.endswith(".service") or not _installed(properties):
            continue
        if properties.get("LoadState") != "masked" and not properties.get("UnitFileState", "").startswith("masked"):
            return ""
        masked = masked or properties.get("Id", name)
    if not masked:
        return ""
    return f"{masked} is masked, so somebody decided that it must not run; run 'systemctl unmask {masked}' if it may"


def _ask(properties: dict[str, str] | Unknown, test: Callable[[dict[str, str]], bool | Unknown]) -> bool | Unknown:
    return properties if isinstance(properties, Unknown) else test(properties)


def _installed(properties: dict[str, str]) -> bool:
    return properties.get("LoadState") in ("loaded", "masked", "error", "bad-setting", "merged")


def _active(properties: dict[str, str]) -> bool:
    if properties.get("SubState") == "auto-restart":
        return False  # it ended, and systemd waits before it tries once more
    return properties.get("ActiveState") in ("active", "reloading", "activating", "refreshing")


def _daemon(properties: dict[str, str]) -> bool:
    """Whether the unit runs a daemon: that of a SysV script stays active when its daemon has ended."""
    return _active(properties) and properties.get("SubState") != "exited"


def _starts(recording: Recording, properties: dict[str, str]) -> bool | Unknown:
    name = properties.get("Id", "")
    kind = properties.get("UnitFileState", "")
    if "masked" in (kind, properties.get("LoadState")) or not _installed(properties):
        return False
    if properties.get("LoadState") in ("error", "bad-setting"):
        return Unknown(f"systemd cannot load {name}")
    if kind == "enabled":
        return True
    if kind == "masked-runtime":
        return Unknown(f"{name} is masked until the next reboot")
    if kind in ("enabled-runtime", "linked", "linked-runtime"):
        return False  # such links are gone after a reboot, or only make the unit known
    pulls = f"{properties.get('WantedBy', '')} {properties.get('RequiredBy', '')}".split()
    at_boot = any(init.BOOT_TARGETS.fullmatch(target) for target in pulls)
    if kind == "disabled":
        return Unknown(f"{name} is disabled, and yet {pulls[0]} starts it") if at_boot else False
    script = properties.get("SourcePath", "")
    if "/init.d/" in script and not at_boot:
        # systemd's multi-user.target stands for run level 3 of a SysV script.
        return init.linked(recording, (script.rpartition("/")[2],), level=3)
    if kind not in ("static", "indirect", "alias", "generated", "transient", "bad", ""):
        return Unknown(f"{name} is {kind}, which is no state that systemd is known to have")
    if pulls and not at_boot:
        return Unknown(f"{name} is {kind or 'without a state'}, only {pulls[0]} starts it")
    return at_boot
