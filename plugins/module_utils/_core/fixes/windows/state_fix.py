# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixes that consist of states which things are given. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Union

from ...facts.fact import Facts, Json
from ..contract import Fix, Planned, Refusal, Safety, Unchanged
from . import states
from .thing import Change, Thing

#: Returns the things and what becomes of them, in the order in which they are changed, from options and settings.
Wanted = Callable[[Mapping[str, Json], Mapping[str, Json]], "list[tuple[Thing, states.Target]]"]
#: Returns why the states that were found must not be changed; empty where they may be.
Obstacle = Callable[[Facts, Mapping[str, Json]], str]
Owner = Callable[[Thing, str], bool]
Maker = Callable[[Change], bool]


def _no_obstacle(_facts: Facts, _options: Mapping[str, Json]) -> str:
    return ""


def state_fix(
    name: str,
    safety: Safety,
    why: str,
    wanted: Wanted,
    scripts: tuple[str, ...],
    words: tuple[str, str],
    *,
    owns: Union[Owner, None] = None,
    makes: Union[Maker, None] = None,
    obstacle: Obstacle = _no_obstacle,
    actions: tuple[tuple[str, ...], ...] = (),
    **more: Any,
) -> Fix:
    """Return the fix that gives things the states of ``wanted``.

    Args:
        words: the two words for the machine before and after, for the journal and for people.
        owns: what the fix may ever put back; without it the things of ``wanted`` without options, in any state.
        makes: the changes that the fix may ever make; without it those that ``wanted`` without options asks for.
        actions: what follows when the states were given, and when they were put back.
        more: ``needs``, ``wishes``, ``options``, ``files``, ``carries_connection`` of the fix.
    """

    def things(options: Mapping[str, Json], settings: Mapping[str, Json]) -> tuple[Thing, ...]:
        return tuple(thing for thing, _state in wanted(options, settings))

    def plan(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> Planned:
        try:
            made = states.changes(facts, wanted(options, settings))
        except states.StateUnknown as error:
            return error.refusal
        if not made:
            return Unchanged({"state": words[1]}, f"the machine is {words[1]} already")
        refused = obstacle(facts, options)
        if refused:
            return Refusal(refused)
        return states.plan_of(name, words, made, options, actions=actions)

    own = owns or (lambda thing, _state: thing in things({}, {}))
    return Fix(
        name=name,
        safety=safety,
        why=why,
        needs=more.pop("needs", ()),
        scripts=scripts,
        planner=plan,
        platform="windows",
        things=things,
        owns=own,
        makes=makes or states.maker(wanted({}, {})),
        actions=actions,
        **more,
    )
