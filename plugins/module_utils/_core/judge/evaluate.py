# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judges one machine: every requirement, by both baselines, over its facts. Private to this collection.

Nothing here reads or writes anything. A fact that is not known makes a finding unknown, a mistake of the catalogue does
too; neither is ever a pass and neither stops the others from being judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..catalogue.requirement import Baseline, Requirement
from ..facts.fact import Facts, Json
from .finding import FAIL, MANUAL, NOT_APPLICABLE, PASS, UNKNOWN, Finding, Outcome
from .functions import CatalogueFunctions, Undetermined
from .language import Options, TreeInterpreter
from .paths import Expression
from .places import Path, missing
from .plain import plain
from .strict import ExpressionError, StrictInterpreter
from .waivers import ATTESTATION, WAIVER, Waivers

#: So many unknown places are named; of a machine with 60 disks nobody reads more.
NAMED = 5


@dataclass(frozen=True)
class _Answer:
    """A status, and why it is neither pass nor fail."""

    status: str
    reason: str = ""


def judge(
    facts: Facts,
    requirements: Iterable[Requirement],
    settings: Mapping[str, Json],
    waivers: Waivers,
    machine_name: str,
    now: datetime,
) -> list[Finding]:
    """Judge one machine by both baselines.

    Args:
        facts: what is known of the machine.
        requirements: as selected for its scenario.
        settings: every declared setting (``catalogue.settings.resolve``).
        waivers: as parsed; :meth:`Waivers.notices` says which have no effect.
        now: the time of judging, with its zone.
    """
    machine = _Machine(facts, settings, now)
    return [_with_waivers(machine.finding(each), waivers, str(plain(machine_name)), now) for each in requirements]


def _with_waivers(finding: Finding, waivers: Waivers, machine: str, now: datetime) -> Finding:
    statuses = {outcome.status for outcome in finding.baselines.values()}
    if not waivers.entries or not statuses & {FAIL, MANUAL}:
        return finding
    return Finding(
        finding.requirement,
        finding.baselines,
        waivers.find(WAIVER, finding.id, machine, now) if FAIL in statuses else None,
        waivers.find(ATTESTATION, finding.id, machine, now) if MANUAL in statuses else None,
    )


class _Machine:
    """One machine's facts, made plain once, and the interpreters that look at them."""

    def __init__(self, facts: Facts, settings: Mapping[str, Json], now: datetime) -> None:
        tree = plain(facts.tree)
        self.tree: dict[str, Json] = tree if isinstance(tree, dict) else {}
        self.reasons = facts.reasons
        self.root: dict[str, Json] = {**self.tree, "settings": plain(settings)}
        self.missing: dict[Path, list[str]] = {}
        functions = CatalogueFunctions(now)
        self.strict = StrictInterpreter(functions)
        self.lenient = TreeInterpreter(Options(custom_functions=functions))

    def finding(self, requirement: Requirement) -> Finding:
        """Judge one requirement; baselines with the same limits share the work."""
        known: list[tuple[Mapping[str, Json], _Answer]] = []
        answers: dict[str, _Answer] = {}
        for name, baseline in requirement.baselines.items():
            answer = next((each for limits, each in known if limits == baseline.limits), None)
            if not baseline.applies:
                answer = _Answer(NOT_APPLICABLE, baseline.note)
            elif answer is None:
                answer = self._answer(requirement, baseline.limits)
                known.append((baseline.limits, answer))
            answers[name] = answer
        concerned = any(answer.status != NOT_APPLICABLE for answer in answers.values())
        observed = self._observed(requirement) if concerned else None
        outcomes = {name: _outcome(each, answers[name], observed) for name, each in requirement.baselines.items()}
        return Finding(requirement, outcomes)

    def _answer(self, requirement: Requirement, limits: Mapping[str, Json]) -> _Answer:
        self.root["limits"] = dict(limits)
        condition = self._applies(requirement.applies_when)
        if condition is not None:
            return condition
        if requirement.expression is None:
            return _Answer(MANUAL, requirement.manual)
        gaps = self._gaps(requirement.expression, requirement.observed)
        if gaps:
            return _Answer(UNKNOWN, self._because(gaps))
        return self._decided(requirement.expression, _Answer(PASS), _Answer(FAIL))

    def _applies(self, conditions: Sequence[Expression]) -> _Answer | None:
        """Give nothing when the requirement applies; one part that is false settles that it does not."""
        doubt: _Answer | None = None
        for condition in conditions:
            gaps = self._gaps(condition)
            if gaps:
                doubt = doubt or _Answer(UNKNOWN, f"whether it applies is not known: {self._because(gaps)}")
                continue
            no = _Answer(NOT_APPLICABLE, f"it applies only when {condition.text}")
            answer = self._decided(condition, _Answer(PASS), no)
            if answer is no:
                return no
            if answer.status == UNKNOWN:
                doubt = doubt or answer
        return doubt

    def _decided(self, expression: Expression, yes: _Answer, no: _Answer) -> _Answer:
        try:
            return yes if self.strict.decide(expression.tree, self.root) else no
        except Undetermined as error:
            return _Answer(UNKNOWN, str(error))
        except ExpressionError as error:
            return _Answer(UNKNOWN, f"catalogue error: {error}; correct the requirement")
        except Exception as error:  # whatever JMESPath and the functions may raise must not stop the judging
            text = " ".join(str(error).split())
            return _Answer(UNKNOWN, f"catalogue error: {type(error).__name__}: {text}; correct the requirement")

    def _gaps(self, *expressions: Expression | None) -> list[str]:
        """Name every place that some expressions need and the facts do not hold; each path is walked once."""
        paths = [path for each in expressions if each is not None for path in each.facts]
        for path in paths:
            if path not in self.missing:
                self.missing[path] = missing(self.tree, path)
        return list(dict.fromkeys(gap for path in paths for gap in self.missing[path]))

    def _observed(self, requirement: Requirement) -> Json:
        """Show what is there, also where parts are unknown; showing never decides."""
        if requirement.observed is None:
            return None
        self.root.pop("limits", None)
        try:
            value: Any = self.lenient.visit(requirement.observed.tree, self.root)
        except Exception:  # showing is a convenience: nothing is shown of facts that do not have the expected form
            return None
        return plain(value)

    def _because(self, gaps: Sequence[str]) -> str:
        """Name the places and why each is not known."""
        reasons: dict[str, list[str]] = {}
        for gap in gaps[:NAMED]:
            reasons.setdefault(self._reason(gap), []).append(gap)
        parts = [f"{', '.join(places)} not known ({reason})" for reason, places in reasons.items()]
        more = len(gaps) - NAMED
        return "; ".join(parts) + (f"; and {more} more" if more > 0 else "")

    def _reason(self, place: str) -> str:
        """Find the reason of a place, or of the nearest place above it."""
        while place:
            if place in self.reasons:
                return str(plain(self.reasons[place]))
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return "it was not collected"


def _outcome(baseline: Baseline, answer: _Answer, observed: Json) -> Outcome:
    shown = None if answer.status == NOT_APPLICABLE else observed
    return Outcome(answer.status, baseline.required, shown, answer.reason, baseline.standing, baseline.note)
