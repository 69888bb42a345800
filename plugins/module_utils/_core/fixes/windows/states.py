# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the states that things have to a plan. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Union, cast

from ...collector.recording import Recording
from ...facts.fact import Facts, Json
from ..contract import Plan, Refusal, timeout_seconds
from .thing import Change, Thing

#: The subject of the facts in which the states stand that a probe found.
STATES = "states"
#: The types of a registry value that can be written back exactly.
VALUE_TYPES = ("DWord", "QWord", "String", "ExpandString", "MultiString", "Binary")
#: How a state of the registry looks; anything else was never told by a machine, and is never set.
_OF_REGISTRY = re.compile(
    r"absent|DWord [0-9]{1,10}|QWord -?[0-9]{1,19}|(String|ExpandString|MultiString) .*|Binary ([0-9A-F]{2})*"
)


#: The state that a thing gets, or what makes it of the state that it has; the same again where nothing is to be done.
Target = Union[str, Callable[[str], str]]


class StateUnknown(Exception):
    """The state of a thing could not be read, or is none that could be put back; the message says why."""

    @property
    def refusal(self) -> Refusal:
        """What a planner answers then."""
        return Refusal(f"{self}; look at it by hand and run again")


def look_line(thing: Thing) -> tuple[str, ...]:
    """Return the step that reads a state."""
    return ("look", "-", thing.kind, thing.name)


def with_states(facts: Facts, recording: Recording, things: Iterable[Thing]) -> Facts:
    """Return the facts with the states that the machine answered; what was not answered is unknown with its reason."""
    states: dict[str, Json] = {}
    reasons = dict(facts.reasons)
    for thing in things:
        key = " ".join(("step", *look_line(thing)))
        answer = recording.answers.get(key)
        if answer is not None and answer.answered and answer.code == 0 and len(answer.lines) == 1:
            states[str(thing)] = answer.lines[0]
        else:
            reasons[f"{STATES}.{thing}"] = answer.reason if answer is not None else "the machine gave no answer"
    return Facts({**facts.tree, STATES: cast(Json, states)}, reasons)


def state_of(facts: Facts, thing: Thing) -> str:
    """Return the state of a thing.

    Raises:
        StateUnknown: it was not told, or it is none that could be put back.
    """
    states = facts.tree.get(STATES)
    state = states.get(str(thing)) if isinstance(states, dict) else None
    if not isinstance(state, str):
        reason = facts.reasons.get(f"{STATES}.{thing}", "it was not looked at")
        raise StateUnknown(f"the state of {thing} is not known: {reason}")
    if not state.isprintable():
        raise StateUnknown(f"the state of {thing} is not printable text, so it could not be put back")
    if thing.kind == "registry" and state != "absent" and state.partition(" ")[0] not in VALUE_TYPES:
        raise StateUnknown(f"{thing} has the type {state.partition(' ')[0][:80]}, which could not be put back")
    if not _is_of_registry(thing.kind, state):
        raise StateUnknown(f"the state of {thing} is none of the registry: {state[:80]!r}")
    return state


def _is_of_registry(kind: str, state: str) -> bool:
    """Whether a state is one of the registry, where the thing belongs to that."""
    if kind == "registry_key":
        return state in ("present", "absent")
    return kind != "registry" or _OF_REGISTRY.fullmatch(state) is not None


def changes(facts: Facts, wanted: Iterable[tuple[Thing, Target]]) -> tuple[Change, ...]:
    """Return the changes of those things that are not as wanted, in the order given.

    Raises:
        StateUnknown: the state of a thing is not known.
    """
    made = []
    for thing, target in wanted:
        before = state_of(facts, thing)
        after = target(before) if callable(target) else target
        if before != after:
            made.append(Change(thing, before, after))
    return tuple(made)


def as_json(made: Iterable[Change], *, after: bool) -> dict[str, Json]:
    """Return the states before or after, for people and the diff."""
    return {str(change.thing): change.after if after else change.before for change in made}


def plan_of(
    fix: str,
    words: tuple[str, str],
    made: tuple[Change, ...],
    options: Mapping[str, Json],
    *,
    actions: tuple[tuple[str, ...], ...] = (),
    secrets: tuple[str, ...] = (),
    told: tuple[Mapping[str, Json], Mapping[str, Json]] = ({}, {}),
) -> Plan:
    """Return the plan that makes these changes.

    Args:
        words: the two words for the machine before and after, for the journal and for people.
        told: what people are told beside the states before and after.
    """
    return Plan(
        fix,
        {**as_json(made, after=False), **told[0]},
        {**as_json(made, after=True), **told[1]},
        *words,
        timeout_seconds=timeout_seconds(options),
        changes=made,
        secrets=secrets,
        actions=actions,
    )


def registry_values(key: str, values: Mapping[str, str], above: int) -> list[tuple[Thing, Target]]:
    """Return a key, as many keys above it as may be missing, too, and its values with the states wanted."""
    parts = key.split("\\")
    keys = ["\\".join(parts[: len(parts) - distance]) for distance in range(above, -1, -1)]
    return [
        *((Thing("registry_key", path), "present") for path in keys),
        *((Thing("registry", f"{key}|{name}"), state) for name, state in values.items()),
    ]


def number_of(state: str) -> Union[int, None]:
    """Return the number in the state of a value; ``None`` where it is absent or no DWORD."""
    found = re.fullmatch(r"DWord ([0-9]{1,10})", state)
    return int(found[1]) if found else None


def owner(things: Iterable[Thing]) -> Callable[[Thing, str], bool]:
    """Return what may be put back by a fix that changes these keys and values of the registry, and nothing else."""
    own = frozenset(things)

    def owns(thing: Thing, state: str) -> bool:
        return thing in own and _is_of_registry(thing.kind, state)

    return owns


def maker(wanted: Iterable[tuple[Thing, Target]]) -> Callable[[Change], bool]:
    """Return whether a fix that gives these things these states may have made a change.

    So nothing can be put back that the fix would have changed: what it switched on is only ever switched off again.
    """
    targets: dict[Thing, list[Target]] = {}
    for thing, target in wanted:
        targets.setdefault(thing, []).append(target)

    def makes(change: Change) -> bool:
        found = targets.get(change.thing, [])
        return change.before != change.after and any(_made_of(change.before, each) == change.after for each in found)

    return makes


def _made_of(before: str, target: Target) -> Union[str, None]:
    try:
        return target(before) if callable(target) else target
    except StateUnknown:
        return None
