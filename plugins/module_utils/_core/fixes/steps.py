# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixes of one machine: planned from what an audit saw, and what became of them. Private to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..facts.fact import Facts, Json
from ..report.document import FixRecord, Machine, Verdict
from .choose import Choice, choose
from .contract import Fix, FixResult, Planned, Refusal, Unchanged
from .registry import variants


@dataclass(frozen=True)
class Step:
    """One fix that failing findings call for, and what its planner says; no plan where it is not allowed."""

    choice: Choice
    planned: Planned | None


def choices(document: Machine, allow: Collection[str], allow_weakening: Collection[str]) -> list[Choice]:
    """Return the fixes that the failing findings of a machine document call for."""
    return choose(document["findings"], document["baseline"], allow, allow_weakening)


def plan_steps(
    chosen: Iterable[Choice],
    fixes: Mapping[str, Fix],
    facts: Facts,
    options: Mapping[str, Mapping[str, Json]],
    settings: Mapping[str, Json],
) -> list[Step]:
    """Plan every fix that is allowed; ``fixes`` are those of the machine's platform, ``options`` what the operator
    chose, both by the name of the fix."""
    return [
        Step(choice, _plan(choice, fixes, facts, options, settings) if choice.allowed else None) for choice in chosen
    ]


def _plan(
    choice: Choice,
    fixes: Mapping[str, Fix],
    facts: Facts,
    options: Mapping[str, Mapping[str, Json]],
    settings: Mapping[str, Json],
) -> Planned:
    if choice.fix not in fixes:
        return Refusal("there is no fix of this name for this kind of machine; do by hand what the findings say")
    return fixes[choice.fix].plan(facts, options.get(choice.fix, {}), settings)


def with_permissions(given: Mapping[str, Any], allow: Collection[str]) -> dict[str, Any]:
    """Return the options of fixes with what naming a fix in ``preflight_allow`` permits: to install its package."""
    permitted = {name: {"install": True} for name in allow if any("install" in fix.options for fix in variants(name))}
    return {
        **permitted,
        **{
            name: {**permitted.get(name, {}), **options} if isinstance(options, dict) else options
            for name, options in given.items()
        },
    }


def verdicts_after(document: Machine) -> dict[str, Verdict]:
    """Return the verdicts of a machine whose fixes were planned or made: what a fix refused, or could not make hold, is
    beyond repair as what has no fix is."""
    beyond_repair = {
        identifier
        for record in document["fixes"]
        if record["state"] in ("refused", "failed")
        for identifier in record["requirements"]
    }
    found = {}
    for baseline, verdict in document["verdicts"].items():
        left = [
            finding["id"]
            for finding in document["findings"]
            if finding["id"] in beyond_repair
            and finding["severity"] == "blocker"
            and finding["baselines"][baseline]["status"] == "fail"
            and not finding["waiver"]
        ]
        if left and verdict["verdict"] != "blocked":
            verdict = {**verdict, "verdict": "blocked", "because": left, "permissions": []}
        found[baseline] = verdict
    return found


def fix_record(step: Step, result: FixResult | None) -> FixRecord:
    """Return what a machine document says of a step; ``result`` is what became of it, if it was carried out."""
    choice, planned = step.choice, step.planned
    record: FixRecord = {
        "fix": choice.fix,
        "safety": choice.safety,
        "requirements": list(choice.requirements),
        "state": "not_allowed",
        "reason": "",
        "before": None,
        "after": None,
        "permission": choice.permission,
    }
    if isinstance(planned, Refusal):
        record["state"], record["reason"] = "refused", planned.reason
    elif isinstance(planned, Unchanged):
        record["state"], record["reason"] = "unchanged", planned.reason
        record["before"] = record["after"] = cast(Any, planned.state)
    elif planned is not None:
        record["state"], record["before"], record["after"] = (
            "planned",
            cast(Any, planned.before),
            cast(Any, planned.after),
        )
    if result is not None:
        record["state"], record["reason"] = result.state, result.reason
    return record
