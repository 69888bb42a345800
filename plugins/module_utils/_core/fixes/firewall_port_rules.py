# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be let in, and where among other rules it has to stand. Private to this collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar, Union

from ..facts.fact import Json, Unknown
from ..facts.linux.firewall_chains import Connection, Outcome
from .contract import Refusal

_Place = TypeVar("_Place")


@dataclass(frozen=True)
class Opening:
    """One TCP port, from one network or (empty) from anywhere."""

    port: int
    source: str = ""

    @property
    def word(self) -> str:
        """By which the script names it."""
        return f"{self.port}/{self.source}" if self.source else str(self.port)

    @property
    def comment(self) -> str:
        """By which the rule is found again."""
        return f"preflight.azure:{self.word.replace('/', ':', 1)}"

    @property
    def told(self) -> str:
        """For people."""
        return f"TCP {self.port} from {self.source or 'anywhere'}"


@dataclass(frozen=True)
class Wish:
    """What shall be let in to one port: ``sources``, or (none) everybody; where not ``everybody``, some are enough."""

    connection: Connection
    sources: tuple[str, ...] = ()
    everybody: bool = True

    def missing(self, outcome: Outcome) -> Union[list[Opening], Refusal]:
        """Return what is not let in yet by rules that have this outcome."""
        port = self.connection.port
        if isinstance(outcome.allowed, Unknown):
            return Refusal(f"whether TCP {port} is let in is not known: {outcome.allowed.reason}; open it by hand")
        if outcome.allowed and not outcome.sources:
            return []
        if not self.sources:
            if outcome.allowed and not self.everybody:
                return []
            if outcome.allowed:
                told = ", ".join(outcome.sources[:20])
                return Refusal(f"TCP {port} is let in from {told} only, as somebody decided; open it further by hand")
            return [Opening(port)]
        return [Opening(port, source) for source in self.sources if not covered(source, outcome.sources)]


def outcome_of(found: Json) -> Outcome:
    """Return an outcome as the facts have it."""
    words = found if isinstance(found, dict) else {}
    if words.get("allowed") not in ("yes", "no"):
        return Outcome(Unknown(str(words.get("reason") or "it was not collected")))
    sources = words.get("sources")
    return Outcome(words["allowed"] == "yes", tuple(map(str, sources)) if isinstance(sources, list) else ())


def chosen_sources(value: Json) -> Union[tuple[str, ...], Refusal]:
    """Return the networks that the operator named, or why they cannot be used."""
    networks = []
    for source in value if isinstance(value, list) else []:
        try:
            network = ipaddress.ip_network(str(source).strip())
        except ValueError:
            return Refusal(
                f"sources: expected networks such as 10.1.2.0/24 or 10.1.2.3, found {source!r}{_meant(str(source))};"
                " correct it"
            )
        if not isinstance(network, ipaddress.IPv4Network):
            return Refusal(f"sources: only IPv4 networks can be named, found {source!r}; name these or leave it out")
        if network.prefixlen == 0:
            return Refusal(f"sources: {source} is everybody; name the networks of the replication group")
        networks.append(network)
    return tuple(str(network) for network in ipaddress.collapse_addresses(networks))


def _meant(source: str) -> str:
    """Say which network an address of a machine with the length of its network may stand for."""
    try:
        return f", an address within the network {ipaddress.ip_network(source.strip(), strict=False)}"
    except ValueError:
        return ""


def latest_place(
    places: Iterable[_Place], outcome_at: Callable[[_Place], Outcome], wish: Wish, where: str
) -> Union[_Place, Refusal]:
    """Return the first of the places, from the last to the first, at which the new rules have their effect.

    So they stand behind everything that refuses some connections (bans, limits), and only before what refuses all.
    """
    for place in places:
        missing = wish.missing(outcome_at(place))
        if isinstance(missing, Refusal):
            return Refusal(f"{where}: {missing.reason}")
        if not missing:
            return place
    return Refusal(f"{where}: no place was found at which a rule lets TCP {wish.connection.port} in; open it by hand")


def covered(source: str, by: Sequence[str]) -> bool:
    """Whether one of the networks holds all of another; names such as LocalSubnet hold nothing that is known."""
    network = ipaddress.IPv4Network(source)
    for other in by:
        try:
            if network.subnet_of(ipaddress.IPv4Network(other, strict=False)):
                return True
        except ValueError:
            continue
    return False
