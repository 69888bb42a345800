# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An audit from the question to the answer, without the visit between them. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .catalogue.requirement import BASELINES, Catalogue, Requirement
from .catalogue.select import facts_needed
from .catalogue.select import select as select_requirements
from .catalogue.settings import resolve
from .collector.read import Read
from .collector.recording import Recording
from .facts.assemble import assemble
from .facts.fact import Facts, Json, Subject
from .facts.select import Selection
from .facts.select import select as select_facts
from .judge import waivers as waiving
from .judge.evaluate import judge
from .judge.finding import NOT_APPLICABLE, Finding
from .judge.verdict import Verdict, verdict
from .judge.waivers import Waivers


@dataclass(frozen=True)
class Question:
    """What is asked about a machine: the requirements, the choices they are judged by, and what must be collected."""

    scenario: str
    machine: str
    platform: str
    baseline: str
    requirements: tuple[Requirement, ...]
    settings: Mapping[str, Json]
    waivers: Waivers
    selection: Selection

    @property
    def reads(self) -> tuple[Read, ...]:
        return self.selection.reads


@dataclass(frozen=True)
class Conclusion:
    """What is known about a machine, and what follows; verdicts by baseline."""

    facts: Facts
    findings: tuple[Finding, ...]
    verdicts: Mapping[str, Verdict]


def ask(
    catalogue: Catalogue,
    subjects: Sequence[Subject],
    *,
    scenario: str,
    machine: str,
    platform: str,
    baseline: str,
    only: Sequence[str] | None,
    settings: Mapping[str, Any],
    waivers: Any,
) -> Question:
    """Choose the requirements and what must be collected for them.

    Args:
        only: ids or patterns that limit the requirements; ``None`` for all of the scenario, empty for none.
        waivers: the list of entries as it came from YAML.

    Raises:
        CatalogueError, WaiverError: with every mistake in the words given.
    """
    requirements = select_requirements(catalogue, scenario, machine, platform, only or ())
    if only is not None and not only:
        requirements = ()
    chosen = resolve(catalogue.settings, settings)
    asked = [requirement for requirement in requirements if not _settled(requirement, chosen)]
    return Question(
        scenario,
        machine,
        platform,
        baseline,
        requirements,
        chosen,
        waiving.parse(waivers, catalogue.requirements),
        select_facts(sorted(facts_needed(asked)), subjects),
    )


def _settled(requirement: Requirement, settings: Mapping[str, Json]) -> bool:
    """Whether the settings alone make a requirement not applicable: then nothing is collected for it."""
    if not requirement.applies_when:
        return False
    [finding] = judge(Facts(), [requirement], settings, Waivers(), "", datetime.now(timezone.utc))
    return {outcome.status for outcome in finding.baselines.values()} == {NOT_APPLICABLE}


def conclude(question: Question, recording: Recording, machine_name: str, now: datetime) -> Conclusion:
    """Parse a recording and judge it by both baselines."""
    facts = assemble(recording, question.selection.subjects)
    findings = judge(facts, question.requirements, question.settings, question.waivers, machine_name, now)
    return Conclusion(facts, tuple(findings), {baseline: verdict(findings, baseline) for baseline in BASELINES})
