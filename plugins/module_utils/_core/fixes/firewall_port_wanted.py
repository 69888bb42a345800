# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the operator wants to be let in, and what of it is refused. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from ..facts.fact import Json
from ..facts.linux.firewall_chains import Connection
from .contract import Refusal
from .firewall_port_rules import Opening, Wish, chosen_sources, outcome_of

#: A port, and what of it is not let in yet.
Wanted = tuple[Wish, Sequence[Opening]]

_NO_SOURCES = Refusal(
    "TCP 20004 would be open to everybody, so it was not opened: name the networks of the replication group in the "
    "option sources of firewall_port, such as [10.1.2.0/24]"
)


@dataclass(frozen=True)
class Parts:
    """What is refused now, what will be after a reboot, and the connections that were asked about."""

    now: tuple[Wanted, ...] = ()
    later: tuple[Wanted, ...] = ()
    connections: tuple[Mapping[str, Any], ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether all is let in."""
        return not self.now and not self.later


def wanted(
    found: Mapping[str, Any], options: Mapping[str, Json], settings: Mapping[str, Json]
) -> Union[Parts, Refusal]:
    """Return what is to be opened.

    What the settings ask for beside something else does not stand in its way where it cannot be told: SSH that is let
    in from some networks only, say. What the operator names is told or refused.
    """
    sources = chosen_sources(options.get("sources"))
    if isinstance(sources, Refusal):
        return sources
    named = options.get("ports")
    uses = named if isinstance(named, list) and named else _asked_for(settings)
    by_use = {use: _of_use(found, str(use), sources) for use in dict.fromkeys(map(str, uses))}
    refusals = [parts for parts in by_use.values() if isinstance(parts, Refusal)]
    known = [parts for parts in by_use.values() if isinstance(parts, Parts)]
    if refusals and (named or all(parts.nothing for parts in known)):
        return refusals[0]
    return Parts(
        tuple(each for parts in known for each in parts.now),
        tuple(each for parts in known for each in parts.later),
        tuple(each for parts in known for each in parts.connections),
    )


def _asked_for(settings: Mapping[str, Json]) -> list[Json]:
    ssh: list[Json] = ["ssh"] if settings.get("ssh_after_failover", True) else []
    return [*ssh, "multi_vm"] if settings.get("multi_vm_consistency") else ssh


def _of_use(found: Mapping[str, Any], use: str, sources: tuple[str, ...]) -> Union[Parts, Refusal]:
    interfaces = frozenset(map(str, found["kernel"]["interfaces"]))
    connections = tuple(each for each in found["connections"] if each["use"] == use)
    wishes = [
        (each, Wish(Connection(each["port"], interfaces), sources if use == "multi_vm" else (), use != "multi_vm"))
        for each in connections
    ]
    now = _refused([(wish, each["now"]) for each, wish in wishes])
    later = _refused([(wish, each["later"]) for each, wish in wishes])
    if isinstance(now, Refusal):
        return now
    if isinstance(later, Refusal):
        return later
    if use == "multi_vm" and not sources and (now or later):
        return _NO_SOURCES
    return Parts(now, later, connections)


def _refused(wishes: Sequence[tuple[Wish, Json]]) -> Union[tuple[Wanted, ...], Refusal]:
    """Return what is not let in; of several ports for one use, one that is let in is enough."""
    found = [(wish, wish.missing(outcome_of(outcome))) for wish, outcome in wishes]
    if any(missing == [] for _wish, missing in found):
        return ()
    refusal = next((missing for _wish, missing in found if isinstance(missing, Refusal)), None)
    return refusal or tuple((wish, missing) for wish, missing in found if not isinstance(missing, Refusal))
