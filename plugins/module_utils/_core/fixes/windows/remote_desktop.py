# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets Windows take connections of Remote Desktop; its port and who may log on stay. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...facts.fact import Facts, Json
from ..contract import Fix, Planned, Refusal, Unchanged
from . import service_wanted, states
from .states import StateUnknown, Target
from .thing import Change, Thing

_VALUE = "fDenyTSConnections"
_SERVER = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"
_POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
_OWN = Thing("registry", f"{_SERVER}|{_VALUE}")
_BY_POLICY = Thing("registry", f"{_POLICIES}|{_VALUE}")
#: Whether people must be known before they see a desktop; group policy first.
_AUTHENTICATION = tuple(
    Thing("registry", f"{key}|UserAuthentication") for key in (_POLICIES, rf"{_SERVER}\WinStations\RDP-Tcp")
)
_SERVICE = Thing("terminal_service", "TermService")
_TAKEN = "DWord 0"
_LATER_KNOWN = (
    "Network level authentication is off, so whoever reaches the port sees a logon screen; switch it on if those who"
    " connect can do it."
)


def _things(_options: Mapping[str, Json], _settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    return (_SERVICE, _BY_POLICY, _OWN, *_AUTHENTICATION)


def _running(state: str) -> str:
    return service_wanted.started(state, otherwise="manual")


def _changes(facts: Facts) -> tuple[Change, ...] | Refusal:
    """Return what has to be changed, or why it must not be.

    Raises:
        StateUnknown: the state of a thing is not known, or could not be put back.
    """
    policy = states.state_of(facts, _BY_POLICY)
    if policy not in ("absent", "DWord 0"):
        return Refusal(
            f"group policy forbids Remote Desktop: expected {_BY_POLICY.name} to be absent or DWord 0, found {policy};"
            " change the policy (Allow users to connect remotely by using Remote Desktop Services), or leave this"
            " machine out"
        )
    if states.state_of(facts, _SERVICE) == "absent":
        return Refusal(
            "the service TermService is not there: this Windows has no Remote Desktop, so none can be enabled"
        )
    wanted: list[tuple[Thing, Target]] = [(_SERVICE, _running)]
    if policy == "absent":
        # Last, so that it is what restore takes back first.
        wanted.append((_OWN, _TAKEN))
    return states.changes(facts, wanted)


def _authenticates(facts: Facts) -> bool:
    """Whether network level authentication is on.

    Raises:
        StateUnknown: that is not known.
    """
    found = [states.state_of(facts, thing) for thing in _AUTHENTICATION]
    return next((state for state in found if state != "absent"), "DWord 0") != "DWord 0"


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    try:
        made = _changes(facts)
        known = _authenticates(facts)
    except StateUnknown as error:
        return error.refusal
    if isinstance(made, Refusal):
        return made
    if not made:
        return Unchanged({"state": "taking connections"}, "Windows takes connections of Remote Desktop already")
    return states.plan_of(
        "remote_desktop",
        ("without Remote Desktop", "taking connections of Remote Desktop"),
        made,
        options,
        actions=() if known else (("tell", _LATER_KNOWN),),
    )


_owns_value = states.owner((_OWN,))


def _owns(thing: Thing, state: str) -> bool:
    if thing == _SERVICE:
        return service_wanted.owned(Thing("service", thing.name), state)
    return _owns_value(thing, state)


FIX = Fix(
    name="remote_desktop",
    safety="opt_in",
    why="lets everybody whom the firewall lets in try to log on",
    needs=(),
    scripts=("registry_state.ps1", "service_state.ps1", "terminal_service_state.ps1", "tell.ps1"),
    planner=_plan,
    platform="windows",
    things=_things,
    owns=_owns,
    makes=states.maker([(_SERVICE, _running), (_OWN, _TAKEN)]),
)
