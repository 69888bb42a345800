# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets the services start or run that replication needs. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...facts.fact import Facts, Json
from ..contract import Fix, Planned, Refusal, Unchanged
from . import service_wanted, states
from .thing import Thing

#: Services that others start when a snapshot is taken: it is enough that they may be started. VSS and COM+ are what the
#: installer asks for; they need the provider of snapshots and the event system.
_SNAPSHOT = ("VSS", "COMSysApp", "EventSystem", "swprv")
#: Services that must run while the Mobility service is installed over the network.
_PUSH = ("LanmanServer", "Winmgmt")
#: What shows a configuration server or a process server, and all services that belong to it.
_PROCESS_SERVER = ("ProcessServer", "cxprocessserver")
_SITE_RECOVERY = (*_PROCESS_SERVER, "tmansvc", "obengine", "dra")
_TOOLS = ("VMTools",)
SERVICES = (*_SNAPSHOT, *_PUSH, *_SITE_RECOVERY, *_TOOLS)


def _thing(name: str) -> Thing:
    return Thing("service_start" if name in _SNAPSHOT else "service", name)


def _chosen(options: Mapping[str, Json]) -> list[str]:
    given = options.get("services")
    return list(dict.fromkeys(str(name) for name in given)) if isinstance(given, list) else []


def _looked_at(options: Mapping[str, Json], settings: Mapping[str, Json]) -> list[str]:
    """Return the services that were named, else all that requirements ask for."""
    push = () if settings.get("push_installation") is False else _PUSH
    return _chosen(options) or [*_SNAPSHOT, *push, *_SITE_RECOVERY]


def _things(options: Mapping[str, Json], settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    return tuple(_thing(name) for name in _looked_at(options, settings) if name in SERVICES)


def _concerned(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> list[str]:
    """Return those of the services that this machine must have.

    Services of Site Recovery that are not installed are none of its business, and neither are those of its agents
    where no process server is set up: somebody may have stopped these on purpose.
    """
    names = _looked_at(options, settings)
    if _chosen(options):
        return names
    there = [name for name in names if name in _SITE_RECOVERY and states.state_of(facts, _thing(name)) != "absent"]
    if not any(name in _PROCESS_SERVER for name in there):
        there = []
    return [name for name in names if name not in _SITE_RECOVERY or name in there]


def _wanted(name: str) -> Callable[[str], str]:
    """Return what becomes of the state of a service."""
    if name in _SNAPSHOT:
        return service_wanted.can_start
    good = service_wanted.MODES[:2] if name in _TOOLS else service_wanted.MODES[:3]
    return lambda state: service_wanted.started(state, good)


def _plan(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> Planned:
    unknown = [name for name in _looked_at(options, settings) if name not in SERVICES]
    if unknown:
        return Refusal(f"services: expected some of {', '.join(SERVICES)}, found {unknown[0]!r}; leave it out")
    try:
        names = _concerned(facts, options, settings)
        absent = [name for name in names if states.state_of(facts, _thing(name)) == "absent"]
        if absent:
            return Refusal(
                f"expected the service {absent[0]}, found none of this name; install what brings it, or name in the"
                " option services only what is there"
            )
        made = states.changes(facts, [(_thing(name), _wanted(name)) for name in names])
    except states.StateUnknown as error:
        return error.refusal
    if not made:
        found: dict[str, Json] = {str(_thing(name)): states.state_of(facts, _thing(name)) for name in names}
        return Unchanged(found, "all of these services run or can be started")
    return states.plan_of("windows_service", ("without services", "with services"), made, options)


def _owns(thing: Thing, state: str) -> bool:
    return thing.name in SERVICES and thing == _thing(thing.name) and service_wanted.owned(thing, state)


FIX = Fix(
    name="windows_service",
    safety="opt_in",
    why="enables and starts what somebody may have disabled or stopped on purpose, also the service that offers files",
    needs=(),
    scripts=service_wanted.SCRIPTS,
    planner=_plan,
    platform="windows",
    things=_things,
    owns=_owns,
    makes=states.maker((_thing(name), _wanted(name)) for name in SERVICES),
    options={
        "services": {"type": "list", "elements": "str", "default": [], "choices": list(SERVICES)},
    },
)
