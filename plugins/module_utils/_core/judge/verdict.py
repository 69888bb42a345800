# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the findings of one machine come to. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..facts.fact import Json
from .finding import FAIL, MANUAL, PASS, STATUSES, UNKNOWN, Finding

READY, READY_AFTER_FIX, NOT_KNOWN, BLOCKED = "ready", "ready_after_fix", "unknown", "blocked"
VERDICTS = (READY, READY_AFTER_FIX, NOT_KNOWN, BLOCKED)
#: What one machine's own audit cannot tell; the collation fills it in.
LATER = ("target", "fleet")


@dataclass(frozen=True)
class Permission:
    """A fix that has to be allowed, and how far it may be trusted."""

    fix: str
    safety: str


@dataclass(frozen=True)
class Verdict:
    """The answer for one machine by one baseline; ``because`` names the findings that decide it."""

    verdict: str
    because: tuple[str, ...]
    permissions: tuple[Permission, ...]
    not_judged: tuple[str, ...]
    counts: dict[str, int]

    def to_json(self) -> dict[str, Json]:
        """Give the form that documents hold."""
        return {
            "verdict": self.verdict,
            "because": list(self.because),
            "permissions": [{"fix": each.fix, "safety": each.safety} for each in self.permissions],
            "not_judged": list(self.not_judged),
            "counts": dict(self.counts),
        }


def verdict(findings: Sequence[Finding], baseline: str, not_judged: Sequence[str] = LATER) -> Verdict:
    """Decide by the first that holds: blocked, unknown, ready after fix, ready."""
    answer, because, permissions = _decide(findings, baseline)
    return Verdict(answer, tuple(because), tuple(permissions), tuple(not_judged), _counts(findings, baseline))


def _decide(findings: Sequence[Finding], baseline: str) -> tuple[str, list[str], list[Permission]]:
    blockers = [finding for finding in findings if finding.requirement.severity == "blocker"]
    failing = [finding for finding in blockers if finding.status(baseline) == FAIL and finding.waiver is None]
    beyond_repair = [finding.id for finding in failing if finding.requirement.fix is None]
    if beyond_repair:
        return BLOCKED, beyond_repair, []
    open_questions = [finding.id for finding in blockers if _is_open(finding, baseline)]
    if open_questions or not any(_is_judged(finding, baseline) for finding in findings):
        return NOT_KNOWN, open_questions, []
    if failing:
        return READY_AFTER_FIX, [finding.id for finding in failing], _permissions(failing)
    return READY, [], []


def _is_open(finding: Finding, baseline: str) -> bool:
    status = finding.status(baseline)
    return status == UNKNOWN or (status == MANUAL and finding.attestation is None)


def _is_judged(finding: Finding, baseline: str) -> bool:
    status = finding.status(baseline)
    return status in (PASS, FAIL) or (status == MANUAL and finding.attestation is not None)


def _permissions(failing: Iterable[Finding]) -> list[Permission]:
    fixes = [finding.requirement.fix for finding in failing if finding.requirement.fix is not None]
    needed = dict.fromkeys(Permission(fix.name, fix.safety) for fix in fixes)
    # What needs a permission for one finding is not automatic because another needs none.
    return [
        each
        for each in needed
        if each.safety != "automatic" or not any(other.fix == each.fix and other != each for other in needed)
    ]


def _counts(findings: Iterable[Finding], baseline: str) -> dict[str, int]:
    """Count by status; ``waived`` are those of the failing that a waiver covers."""
    counts = dict.fromkeys((*STATUSES, "waived"), 0)
    for finding in findings:
        counts[finding.status(baseline)] += 1
        counts["waived"] += finding.status(baseline) == FAIL and finding.waiver is not None
    return counts
