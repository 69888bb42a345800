# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets in through Windows Firewall what Site Recovery and its users need. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Union

from ...facts.fact import Facts, Json
from ..contract import Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from ..firewall_port_rules import chosen_sources, covered
from . import firewall_groups, firewall_own_rule, states
from .firewall_groups import GROUPS
from .firewall_own_rule import RULE
from .thing import Change, Thing

_OPENINGS = "firewall_openings.openings"
_CHOICES = (*GROUPS, "multi_vm")
_BY_HAND = "look at it by hand"
_NO_SOURCES = Refusal(
    "TCP 20004 would be open to everybody, so it was not opened: name the networks of the replication group in the "
    "option sources of firewall_rules, such as [10.1.2.0/24]"
)

#: What is to be done for one use, nothing, or why it must not be done.
Part = Union[list[tuple[Thing, str]], Refusal]


def _uses(options: Mapping[str, Json], settings: Mapping[str, Json]) -> list[str]:
    """Return what is to be let in: what the operator names, else what the settings need."""
    named = options.get("groups")
    if isinstance(named, list) and named:
        return [str(use) for use in dict.fromkeys(map(str, named))]
    push = ["file_and_printer_sharing", "wmi"] if settings.get("push_installation", True) else []
    desktop = ["remote_desktop"] if settings.get("remote_desktop_after_failover", True) else []
    return [*push, *desktop, *(["multi_vm"] if settings.get("multi_vm_consistency") else [])]


def _thing(use: str) -> Thing:
    return RULE if use == "multi_vm" else Thing("firewall_group", GROUPS[use])


def _things(options: Mapping[str, Json], settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    return tuple(_thing(use) for use in _uses(options, settings))


def _plan(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> Planned:
    branch = facts.tree.get("firewall_openings")
    openings = branch.get("openings") if isinstance(branch, dict) else None
    if not isinstance(openings, list):
        reason = facts.reasons.get(_OPENINGS, "it was not collected")
        return Refusal(f"Windows Firewall does not tell its rules ({reason}); is its service MpsSvc running? Start it")
    sources = chosen_sources(options.get("sources"))
    if isinstance(sources, Refusal):
        return sources
    parts = [_part(facts, openings, use, options, sources) for use in _uses(options, settings)]
    refusals = [part for part in parts if isinstance(part, Refusal)]
    wanted = [each for part in parts if not isinstance(part, Refusal) for each in part]
    # What only the settings ask for does not stand in the way of something else.
    if refusals and (options.get("groups") or not wanted):
        return refusals[0]
    made = states.changes(facts, wanted)
    if not made:
        return Unchanged({"state": "let in"}, _reason(openings))
    told = {True: _told(made, after=True), False: _told(made, after=False)}
    return Plan(
        "firewall_rules", told[False], told[True], "refused", "let in", (), timeout_seconds(options), changes=made
    )


def _part(
    facts: Facts,
    openings: Sequence[Any],
    use: str,
    options: Mapping[str, Json],
    sources: tuple[str, ...],
) -> Part:
    asked = _asked(openings, use, options)
    if isinstance(asked, Refusal):
        return asked
    closed = [each for each in asked if not _is_open(each, sources)]
    for each in closed:
        refused = _refused(each, sources)
        if refused:
            return refused
    profiles = firewall_groups.numbers([each["profile"] for each in closed])
    if not profiles:
        return []
    try:
        found = states.state_of(facts, _thing(use))
        if use == "multi_vm":
            return [(RULE, firewall_own_rule.opened(found, profiles, sources))]
        doors = firewall_groups.doors(use, closed[0]["port"])
        return [(_thing(use), firewall_groups.opened(found, doors, profiles))]
    except states.StateUnknown as error:
        return Refusal(f"{use}: {error}; {_BY_HAND} and run again")


def _asked(openings: Sequence[Any], use: str, options: Mapping[str, Json]) -> Union[list[Any], Refusal]:
    """Return the openings of the profiles that are asked for."""
    mine = [each for each in openings if each["use"] == use]
    named = options.get("profiles")
    if isinstance(named, list) and named:
        return [each for each in mine if each["profile"] in named]
    active = [each for each in mine if each["active"]]
    if use == "remote_desktop":
        # A network in Azure is public until Windows knows better.
        return [each for each in mine if each["active"] or each["profile"] == "public"]
    if use != "multi_vm" and any(each["profile"] == "public" and not _is_open(each, ()) for each in active):
        return Refusal(
            f"{use}: it is the public profile that is active, in which this is not opened by default; give the network"
            " another category, or name the profile in the option profiles of firewall_rules if you trust the network"
        )
    return active


def _is_open(opening: Mapping[str, Any], sources: tuple[str, ...]) -> bool:
    """Whether everybody, or all of the networks, are let in; without networks some are enough for TCP 20004."""
    if opening["allowed"] == "yes":
        return True
    if opening["use"] != "multi_vm" or opening["obstacle"] or not opening["sources"]:
        return False
    return all(covered(source, opening["sources"]) for source in sources)


def _refused(opening: Mapping[str, Any], sources: tuple[str, ...]) -> Union[Refusal, None]:
    use, where = opening["use"], f"{opening['use']} in the profile {opening['profile']}"
    if opening["obstacle"]:
        return Refusal(f"{where}: {opening['obstacle']}, and run again")
    if use == "multi_vm":
        return None if sources else _NO_SOURCES
    if opening["allowed"] == "unknown":
        return Refusal(f"{where}: {opening['reason']}, as somebody decided; {_BY_HAND} and open it further there")
    return None


def _reason(openings: Sequence[Any]) -> str:
    off = [each["profile"] for each in openings if each["use"] == "multi_vm" and not each["enabled"]]
    more = f" (Windows Firewall is off in the profile {' and '.join(off)})" if off else ""
    return f"Windows Firewall lets this in already{more}; a firewall of another maker, if there is one, is not asked"


def _told(made: Sequence[Change], *, after: bool) -> Json:
    """Return the states for people, a group rule by rule."""
    told: dict[str, Json] = {}
    for change in made:
        state = change.after if after else change.before
        told[str(change.thing)] = [*state.split(";")] if change.thing.kind == "firewall_group" else state
    return told


def _owns(thing: Thing, state: str) -> bool:
    """Groups as a whole, whose rules are only switched and moved between profiles; the own rule as it is made here."""
    if thing == RULE:
        return state == "absent" or firewall_own_rule.own_rule(state) is not None
    if thing not in [_thing(use) for use in GROUPS]:
        return False
    try:
        return bool(firewall_groups.parsed(state))
    except states.StateUnknown:
        return False


def _makes(change: Change) -> bool:
    """Of a group only what lets these services in: a record cannot make other rules of the group another."""
    if change.thing == RULE:
        return firewall_own_rule.widens(change.before, change.after)
    use = next((use for use in GROUPS if _thing(use) == change.thing), None)
    try:
        return use is not None and firewall_groups.opens(use, change.before, change.after)
    except states.StateUnknown:
        return False


FIX = Fix(
    name="firewall_rules",
    safety="opt_in",
    why="lets in connections that Windows Firewall refused",
    needs=(),
    wishes=(_OPENINGS,),
    scripts=("firewall_group_state.ps1", "firewall_rule_state.ps1"),
    planner=_plan,
    options={
        "groups": {"type": "list", "elements": "str", "choices": list(_CHOICES)},
        "profiles": {"type": "list", "elements": "str", "choices": ["domain", "private", "public"]},
        "sources": {"type": "list", "elements": "str", "default": []},
    },
    platform="windows",
    things=_things,
    owns=_owns,
    makes=_makes,
)
