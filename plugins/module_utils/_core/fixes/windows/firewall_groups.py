# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which rules of a group of Windows Firewall are switched on, and in which profiles. Private to this collection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Union

from ...facts.windows import firewall
from ...facts.windows.firewall_rules import ALL_PROFILES, PROFILES, TCP, Rule, known_profiles
from .states import StateUnknown

#: Names that Windows does not translate.
GROUPS = {
    "file_and_printer_sharing": "@FirewallAPI.dll,-28502",
    "wmi": "@FirewallAPI.dll,-34251",
    "remote_desktop": "@FirewallAPI.dll,-28752",
}
_NUMBER = re.compile("[0-9]{1,10}")
_UDP = 17
_COLUMNS = 8


@dataclass(frozen=True)
class Row:
    """One rule of a group, as its state tells it."""

    protocol: str
    ports: str
    remote: str
    program: str
    service: str
    action: str
    profiles: int
    enabled: bool

    def __str__(self) -> str:
        words = (self.protocol, self.ports, self.remote, self.program, self.service, self.action, str(self.profiles))
        return "|".join((*words, "on" if self.enabled else "off"))

    @property
    def limited(self) -> bool:
        """Whether the rule asks where a connection comes from."""
        return self.remote not in ("", "*")

    def let_in(self, profiles: int) -> Row:
        """Return the rule as it lets these profiles in, besides those that it lets in already."""
        wanted = profiles | (known_profiles(self.profiles) if self.enabled else 0)
        number = self.profiles if wanted == known_profiles(self.profiles) else wanted
        return replace(self, profiles=number, enabled=True)


@dataclass(frozen=True)
class Door:
    """What rules of a group open: a TCP port (or name for ports) and who answers there, or a UDP port.

    What is not ``needed`` is opened where the machine has a rule for it.
    """

    port: Union[int, str]
    answering: tuple[tuple[str, str], ...] = ()
    needed: bool = True

    def __str__(self) -> str:
        return f"{'TCP' if self.answering else 'UDP'} {self.port}"

    def fits(self, row: Row) -> bool:
        """Whether a rule opens this, and little else."""
        if row.action != "1" or not _NUMBER.fullmatch(row.protocol):
            return False
        if not self.answering:
            return int(row.protocol) == _UDP and row.ports == str(self.port)
        ports = tuple(part.strip().lower() for part in row.ports.split(",") if part.strip())
        if isinstance(self.port, int) and (not ports or "*" in ports):
            return False
        rule = Rule(True, ALL_PROFILES, int(row.protocol), ports, (), row.program, row.service)
        return rule.protocol == TCP and rule.covers(self.port) and any(rule.concerns(*each) for each in self.answering)


def doors(use: str, desktop_port: int) -> list[Door]:
    """Return what the rules of a group must open."""
    if use == "remote_desktop":
        ways = firewall.remote_desktop(desktop_port)
        answering = tuple((program, service) for way in ways for _port, program, service in way)
        return [Door(desktop_port, answering), Door(desktop_port, needed=False)]
    needed = firewall.SHARING if use == "file_and_printer_sharing" else firewall.WMI
    found = [Door(port, ((program, service),)) for port, program, service in needed]
    if use == "file_and_printer_sharing":
        found.append(Door(139, (("system", ""),), needed=False))
        found += [Door(port, needed=False) for port in (137, 138)]
    return found


def opened(state: str, wanted: Sequence[Door], profiles: int) -> str:
    """Return the state of a group that lets these doors in, in these profiles; other rules stay as they are.

    A rule that is off and goes beyond these profiles gets these ones only; one that is on loses none.

    Raises:
        StateUnknown: the machine has no such rule, or one for some addresses only.
    """
    rows = parsed(state)
    grants: dict[int, int] = {}
    for door in wanted:
        for profile in PROFILES.values():
            if not profiles & profile:
                continue
            found = _rule_for(door, rows, profile)
            if found is not None and not (rows[found].enabled and known_profiles(rows[found].profiles) & profile):
                grants[found] = grants.get(found, 0) | profile
    given = [row.let_in(grants[number]) if number in grants else row for number, row in enumerate(rows)]
    return ";".join(sorted(map(str, given)))


def _rule_for(door: Door, rows: Sequence[Row], profile: int) -> Union[int, None]:
    """Return the number of the rule that lets a door in, best one that does so already or was made for this profile."""
    fitting = [number for number, row in enumerate(rows) if door.fits(row)]
    if not fitting:
        if door.needed:
            told = "somebody took it away, or the service listens on another port than Windows gives it"
            raise StateUnknown(f"the group has no rule for {door}: {told}")
        return None

    def order(number: int) -> tuple[bool, bool, bool, int]:
        row = rows[number]
        covers = bool(known_profiles(row.profiles) & profile)
        return (not (covers and row.enabled and not row.limited), row.limited, not covers, number)

    best = min(fitting, key=order)
    if rows[best].limited:
        if door.needed:
            raise StateUnknown(f"the group's rule for {door} is for {rows[best].remote[:80]} only")
        return None
    return best


def opens(use: str, before: str, after: str) -> bool:
    """Whether :func:`opened` can have made the one state of the other."""
    gone, new = Counter(parsed(before)), Counter(parsed(after))
    gone, new = gone - new, new - gone
    for row in gone.elements():
        port = int(row.ports) if _NUMBER.fullmatch(row.ports) else 0
        fits = any(door.fits(row) for door in doors(use, port))
        made = [row.let_in(profiles) for profiles in range(1, ALL_PROFILES + 1)]
        found = next((each for each in made if new[each]), None)
        if not fits or found is None:
            return False
        new[found] -= 1
    return not +new


def parsed(state: str) -> list[Row]:
    """Return the rules that a state tells.

    Raises:
        StateUnknown: it is none.
    """
    rows = []
    for text in state.split(";") if state != "absent" else ():
        words = text.split("|")
        if len(words) != _COLUMNS or not _NUMBER.fullmatch(words[6]) or words[7] not in ("on", "off"):
            raise StateUnknown(f"expected a rule with {_COLUMNS} words, found {text[:80]!r}")
        protocol, ports, remote, program, service, action, profiles, turn = words
        rows.append(Row(protocol, ports, remote, program, service, action, int(profiles), turn == "on"))
    return rows


def numbers(names: Sequence[str]) -> int:
    """Return profiles as one number."""
    known: Mapping[str, int] = PROFILES
    return sum(known[name] for name in dict.fromkeys(names))
