# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of Windows Firewall, and what they let in. Private to this collection.

The rules of the machine come from the firewall's own interface, those of group policy from the registry: the interface
leaves them out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...collector.windows_read import rows
from ..fact import Unknown

#: As the interface numbers them.
DOMAIN, PRIVATE, PUBLIC = 1, 2, 4
PROFILES = {"domain": DOMAIN, "private": PRIVATE, "public": PUBLIC}
ALL_PROFILES = DOMAIN | PRIVATE | PUBLIC
TCP = 6
ANY_PROTOCOL = 256
_PORT = re.compile("[0-9]{1,10}")
#: Names for ports that stand in rules: the end point mapper, and what it hands out.
_NAMED_PORTS = {135: "rpc-epmap"}
DYNAMIC_RPC = "rpc"


@dataclass(frozen=True)
class Rule:
    """An inbound rule that is enabled; empty texts mean any."""

    allow: bool
    profiles: int
    protocol: int
    ports: tuple[str, ...]
    sources: tuple[str, ...]
    program: str
    service: str

    def covers(self, port: int | str) -> bool:
        """Whether a TCP port, or a name for ports, is among those of the rule."""
        if self.protocol not in (TCP, ANY_PROTOCOL):
            return False
        if not self.ports or "*" in self.ports:
            return True
        named = _NAMED_PORTS.get(port, "") if isinstance(port, int) else port
        return any(each == named or (isinstance(port, int) and _in_range(each, port)) for each in self.ports)

    def concerns(self, program: str, service: str) -> bool:
        """Whether the rule is for every program, or for this one and its service."""
        own = self.program.lower().replace("/", "\\").rpartition("\\")[2]
        fits_service = self.service in ("", "*") or (service != "" and self.service.lower() == service.lower())
        return (own == "" or (program != "" and own == program)) and fits_service

    @property
    def from_anywhere(self) -> bool:
        """Whether the rule does not ask where a connection comes from."""
        return not self.sources or "*" in self.sources


def local_rules(lines: list[list[str]]) -> list[Rule] | Unknown:
    """Return the enabled inbound rules of the machine from the rows of the interface."""
    found: list[Rule] = []
    for words in lines:
        if words[0] != "rule":
            continue
        if len(words) != 11:
            return Unknown("a rule of the firewall could not be understood")
        _kind, _name, _group, enabled, action, protocol, ports, sources, profiles, program, service = words
        if enabled != "True":
            continue
        if not (protocol.isdigit() and profiles.isdigit() and action in ("0", "1")):
            return Unknown("a rule of the firewall has a protocol, profile or action that is no number")
        found.append(
            Rule(
                action == "1",
                known_profiles(int(profiles)),
                int(protocol),
                _listed(ports),
                _listed(sources),
                program,
                service,
            )
        )
    return found


def policy_rules(texts: list[str]) -> list[Rule]:
    """Return the enabled inbound rules of group policy, as ``v2.10|Action=Allow|Active=TRUE|Dir=In|...``."""
    found = []
    for text in texts:
        given: dict[str, list[str]] = {}
        for part in text.split("|")[1:]:
            name, sign, value = part.partition("=")
            if sign:
                given.setdefault(name.lower(), []).append(value)
        if given.get("dir") != ["In"] or given.get("active") != ["TRUE"]:
            continue
        profiles = [PROFILES.get(name.lower(), 0) for name in given.get("profile", [])]
        protocol = given.get("protocol", [str(ANY_PROTOCOL)])[0]
        sources = [value for name, values in given.items() if name.startswith(("ra4", "ra6")) for value in values]
        ports = [value for name, values in given.items() if name.startswith("lport") for value in values]
        found.append(
            Rule(
                given.get("action") == ["Allow"],
                sum(set(profiles)) or ALL_PROFILES,
                int(protocol) if protocol.isdigit() else -1,
                tuple(port.lower() for port in ports),
                tuple(sources),
                given.get("app", [""])[0],
                given.get("svc", [""])[0],
            )
        )
    return found


def lets_in(rules: list[Rule], profile: int, port: int | str, program: str, service: str) -> bool | Unknown:
    """Whether rules let a TCP port in from everywhere; not known where they do so for some addresses only."""
    meant = [each for each in rules if each.profiles & profile and each.covers(port)]
    blocking = blocking_rules(rules, profile, port, program, service)
    if any(each.from_anywhere for each in blocking):
        return False
    allowing = [each for each in meant if each.allow and each.concerns(program, service)]
    if blocking and allowing:
        return Unknown("a rule of the firewall blocks some addresses only")
    if any(each.from_anywhere for each in allowing):
        return True
    if allowing:
        return Unknown(f"the firewall lets only {', '.join(allowing[0].sources)[:80]} in")
    return False


def blocking_rules(rules: list[Rule], profile: int, port: int | str, program: str, service: str) -> list[Rule]:
    """Return the rules that block a TCP port; each wins over all that allow it."""
    meant = [each for each in rules if each.profiles & profile and each.covers(port) and not each.allow]
    return [each for each in meant if each.concerns(program, service) or each.program == ""]


def sources_of(rules: list[Rule], profile: int, port: int | str) -> list[str]:
    """Return the addresses that rules let in on a TCP port; none where anybody may come."""
    allowing = [each for each in rules if each.profiles & profile and each.allow and each.covers(port)]
    allowing = [each for each in allowing if each.concerns("", "")]
    if any(each.from_anywhere for each in allowing):
        return []
    return [*dict.fromkeys(source for each in allowing for source in each.sources)]


def parsed(lines: list[str]) -> list[list[str]]:
    """Return the rows of an answer of the interface."""
    return [words for words in rows(lines) if words and words[0]]


def known_profiles(number: int) -> int:
    """Return the profiles of a rule; a large number stands for all that there are."""
    return ALL_PROFILES if number >= 2147483647 else number & ALL_PROFILES


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def _in_range(text: str, port: int) -> bool:
    first, sign, last = text.partition("-")
    if not _PORT.fullmatch(first) or (sign and not _PORT.fullmatch(last)):
        return False
    return int(first) <= port <= int(last or first)
