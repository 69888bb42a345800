# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judges chains of firewall rules, whatever they were written in. Private to this collection.

The question is always the same: is a new TCP connection over IPv4, from outside, to one port of this machine let in?
A parser says of each rule whether it matches such a connection: rules that do not are left out; of the others it says
for which sources, or why that cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..fact import Unknown

#: What a rule does with a connection. Everything else that it may do (log, count, mark) leaves the rule out.
ACCEPT, DENY, RETURN, JUMP, GOTO = "accept", "deny", "return", "jump", "goto"
#: What cannot be told; such a rule always has a doubt.
EITHER = "either"

_DEPTH = 32
_STEPS = 100_000


@dataclass(frozen=True)
class Connection:
    """The connection asked about; ``interfaces`` are the machine's own adapters, none where they are not known."""

    port: int
    interfaces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """A rule that matches the connection: always, from ``sources`` only, or perhaps, for the reason in ``doubt``."""

    action: str
    chain: str = ""
    sources: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(frozen=True)
class Outcome:
    """Whether the connection is let in; ``sources`` are the only ones it is let in from, if there are such."""

    allowed: bool | Unknown
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Condition:
    sources: tuple[str, ...] = ()
    doubt: str = ""

    def and_for(self, rule: Rule) -> _Condition:
        doubt = self.doubt or rule.doubt
        if self.sources and rule.sources and self.sources != rule.sources:
            doubt = doubt or f"two rules together ask for sources: {', '.join((*self.sources, *rule.sources))}"
        return _Condition(self.sources or rule.sources, doubt)


@dataclass
class _Walk:
    chains: Mapping[str, Sequence[Rule]]
    seen: list[tuple[str, _Condition]] = field(default_factory=list)
    steps: int = 0

    def through(self, chain: str, condition: _Condition, depth: int = 0) -> str | None:
        """Return what the chain does with the connection; ``None`` where it comes out at its end."""
        if depth > _DEPTH or chain not in self.chains:
            self.seen.append((EITHER, _Condition(doubt=f"the firewall chain {chain} could not be followed")))
            return None
        inside = condition
        for rule in self.chains[chain]:
            self.steps += 1
            if self.steps > _STEPS:
                return None
            met = inside.and_for(rule)
            result: str | None = rule.action
            if rule.action in (JUMP, GOTO):
                result = self.through(rule.chain, met, depth + 1)
                if result is None and rule.action == JUMP:
                    continue
            always = not rule.doubt and rule.sources in ((), inside.sources)
            if always and inside == condition:
                return None if result == RETURN else result
            if result not in (None, RETURN):
                self.seen.append((str(result), met))
                if always:
                    return None  # what left the chain before goes on behind it
            elif always:
                return None
            else:
                # Some connections leave the chain here, so nothing that follows in it is certain.
                reason = rule.doubt or f"connections from {', '.join(rule.sources)} skip the rest of the chain {chain}"
                inside = _Condition(inside.sources, inside.doubt or reason)
        return None


def judge(chains: Mapping[str, Sequence[Rule]], chain: str, policy: str) -> Outcome:
    """Return what becomes of the connection in a chain that ends with the policy."""
    walk = _Walk(chains)
    final = walk.through(chain, _Condition()) or policy
    if walk.steps > _STEPS:
        return Outcome(Unknown("there are too many firewall rules to follow"))
    if final == EITHER:
        return Outcome(Unknown("what happens to connections that no firewall rule names could not be told"))
    for verdict, condition in walk.seen:
        if condition.doubt and verdict != final:
            return Outcome(Unknown(condition.doubt))
    if final == ACCEPT:
        denied = [x for verdict, condition in walk.seen if verdict == DENY for x in condition.sources if not _one(x)]
        if denied:
            return Outcome(Unknown(f"a new connection is not let in from {', '.join(denied[:10])}"))
        return Outcome(True)
    limited = [verdict for verdict, condition in walk.seen if any(not _one(x) for x in condition.sources)]
    if DENY in limited and ACCEPT in limited[limited.index(DENY) :]:
        return Outcome(Unknown("some sources are shut out and others let in, which may overlap"))
    doubt = ""
    for verdict, condition in walk.seen:
        if verdict == ACCEPT and doubt:
            return Outcome(Unknown(doubt))
        doubt = doubt or (condition.doubt if verdict == DENY else "")
    sources = dict.fromkeys(x for verdict, known in walk.seen if verdict == ACCEPT for x in known.sources)
    return Outcome(True, tuple(sources)) if sources else Outcome(False)


def all_of(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what becomes of a connection that must pass every one of them."""
    for outcome in outcomes:
        if outcome.allowed is False:
            return outcome
    for outcome in outcomes:
        if isinstance(outcome.allowed, Unknown):
            return outcome
    limited = {outcome.sources for outcome in outcomes if outcome.sources}
    if len(limited) > 1:
        return Outcome(Unknown("two sets of firewall rules let in different sources"))
    return Outcome(True, limited.pop() if limited else ())


def _one(source: str) -> bool:
    """Whether it is a single address: those that were locked out for a while say nothing about the others."""
    return "/" not in source or source.endswith(("/32", "/128"))
