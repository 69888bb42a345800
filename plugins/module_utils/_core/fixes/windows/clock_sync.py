# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets Windows Time keep the clock, by given servers or by the domain. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...facts.fact import Facts, Json
from ..clock_sync import found_clock, given_servers
from ..clock_sync_daemon import Clock
from ..contract import Fix, Planned, Refusal, Unchanged
from . import clock_correction, clock_source, service_wanted, states
from .states import StateUnknown
from .thing import Change, Thing

#: The service as a whole, for where it has to be registered; else it is changed by its parts.
_WHOLE = Thing("time_service", "W32Time")
_SERVICE = Thing("service", "W32Time")
_HYPERV = (
    Thing("service", "vmictimesync"),
    Thing("registry", rf"{clock_source.SERVICE_KEY}\TimeProviders\VMICTimeProvider|Enabled"),
)
_VMWARE = Thing("vmware_time_sync", "VMTools")
_UPDATE = ("time_update",)


def _things(_options: Mapping[str, Json], _settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    return (_WHOLE, _SERVICE, *clock_source.THINGS, *clock_correction.THINGS, *_HYPERV, _VMWARE)


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    servers = given_servers(options)
    if isinstance(servers, Refusal):
        return servers
    clock = found_clock(facts)
    try:
        if states.state_of(facts, _WHOLE) == "incomplete":
            return Refusal(
                "expected the keys Config, Parameters and TimeProviders of the service W32Time, found some of them"
                " missing; run w32tm /unregister and w32tm /register by hand, for what is left could not be put back"
            )
        if not states.state_of(facts, _SERVICE).endswith(" running") and not servers:
            kept = _kept_by_host(facts, clock)
            if kept is not None:
                return kept
        made = _changes(facts, options, servers)
        if isinstance(made, Refusal):
            return made
        return _change(facts, options, clock, made) if made else _as_it_is(facts, clock)
    except StateUnknown as error:
        return error.refusal


def _kept_by_host(facts: Facts, clock: Clock) -> Refusal | Unchanged | None:
    """What the host keeps is left to it, unless servers are named; but Hyper-V needs Windows Time for it."""
    hyperv = [states.state_of(facts, thing) for thing in _HYPERV]
    by_hyperv = hyperv[0].endswith(" running") and hyperv[1] == "DWord 1"
    if not by_hyperv and states.state_of(facts, _VMWARE) != "enabled":
        return None
    host = (
        "the time synchronisation service of Hyper-V"
        if by_hyperv
        else "VMware Tools (their time synchronisation is on)"
    )
    if clock.wrong:
        return Refusal(
            f"the clock is kept by {host}, and it is {clock.offset:.0f} seconds off: correct the clock of the host; or"
            " switch that off and name servers, for two that set one clock work against each other"
        )
    return (
        None if by_hyperv else Unchanged({"clock": f"kept by {host}"}, f"the clock is kept by {host}, and it is right")
    )


def _changes(facts: Facts, options: Mapping[str, Json], servers: list[str]) -> tuple[Change, ...] | Refusal:
    source = clock_source.wanted_source(facts, options, servers)
    if isinstance(source, Refusal):
        return source
    if states.state_of(facts, _WHOLE) == "absent":
        # What registering writes besides is nobody's business; so this is one change, which is undone as a whole.
        return states.changes(facts, [(_WHOLE, f"automatic running {clock_source.as_words(source)}")])
    # The settings first, so that it starts with them.
    return states.changes(facts, [*source, (_SERVICE, _running)])


def _running(state: str) -> str:
    """One that runs by a trigger goes on so; one that does not run is started with Windows from now on."""
    good = service_wanted.MODES[:3] if state.endswith(" running") else service_wanted.MODES[:2]
    return service_wanted.started(state, good)


def _as_it_is(facts: Facts, clock: Clock) -> Planned:
    """Nothing is missing; what may be left is a clock that is still wrong."""
    source = clock_source.followed(facts)
    runs = f"Windows Time runs and follows {source}"
    state: dict[str, Json] = {"running": True, "follows": source}
    if not clock.wrong:
        return Unchanged(state, f"{runs}, and the clock is right")
    refused = clock_correction.beyond(facts, clock)
    if refused is not None:
        return refused
    return Unchanged(
        state,
        f"{runs}, but the clock is {clock.offset:.0f} seconds off; see that it reaches its time servers (w32tm /query"
        " /status), or whether the controller's clock is wrong",
    )


def _change(facts: Facts, options: Mapping[str, Json], clock: Clock, made: tuple[Change, ...]) -> Planned:
    how = clock_correction.correction(facts, options, clock)
    if isinstance(how, Refusal):
        return how
    return states.plan_of(
        "clock_sync",
        ("without a kept clock", "keeping the clock"),
        made,
        options,
        actions=(_UPDATE, ("time_resync",)),
        told=({"offset_seconds": round(clock.offset)}, {"correction": how}),
    )


_owns_value = states.owner((clock_source.TYPE, clock_source.SERVERS, clock_source.CLIENT))


def _owns(thing: Thing, state: str) -> bool:
    if thing == _WHOLE:
        return state == "absent"
    return _owns_value(thing, state) or (thing == _SERVICE and service_wanted.owned(thing, state))


def _makes(change: Change) -> bool:
    """Whether the fix lets Windows Time ask servers or the domain so; which servers these are is the operator's."""
    if change.thing == _WHOLE:
        return change.after.startswith("automatic running ")
    if change.thing == clock_source.SERVERS:
        return change.before != change.after and clock_source.asks_servers(change.after)
    return _makes_other(change)


_makes_other = states.maker(
    [
        (clock_source.TYPE, clock_source.BY_SERVERS),
        (clock_source.TYPE, clock_source.BY_DOMAIN),
        (clock_source.CLIENT, clock_source.switched_on),
        (_SERVICE, _running),
    ]
)


FIX = Fix(
    name="clock_sync",
    safety="automatic",
    why="lets a time service run that slews the clock; a step needs an option of its own",
    needs=("clock.offset_seconds", "clock.uncertainty_seconds", "hardware.domain_member"),
    scripts=("registry_state.ps1", "service_state.ps1", "time_service_state.ps1", "vmware_time_sync_state.ps1"),
    planner=_plan,
    platform="windows",
    things=_things,
    owns=_owns,
    makes=_makes,
    actions=(_UPDATE,),
    options={
        "servers": {"type": "list", "elements": "str", "default": []},
        "replace": {"type": "bool", "default": False},
        "step": {"type": "bool", "default": False},
    },
)
