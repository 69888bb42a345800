# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What judging says: findings and their outcomes. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..catalogue.requirement import Requirement
from ..facts.fact import Json

PASS, FAIL, UNKNOWN, MANUAL, NOT_APPLICABLE = "pass", "fail", "unknown", "manual", "not_applicable"
STATUSES = (PASS, FAIL, UNKNOWN, MANUAL, NOT_APPLICABLE)


@dataclass(frozen=True)
class Acceptance:
    """A person's word on a requirement: a waiver of a failing one, or an attestation that a manual one holds."""

    reason: str
    approver: str
    expires: str
    ticket: str = ""

    def to_json(self) -> dict[str, Json]:
        """Give the form that documents hold."""
        return {"reason": self.reason, "approver": self.approver, "expires": self.expires, "ticket": self.ticket}


@dataclass(frozen=True)
class Outcome:
    """What one baseline makes of a requirement; ``reason`` says why it is neither pass nor fail."""

    status: str
    required: str
    observed: Json
    reason: str
    standing: str
    note: str

    def to_json(self) -> dict[str, Json]:
        """Give the form that documents hold."""
        return {
            "status": self.status,
            "required": self.required,
            "observed": self.observed,
            "reason": self.reason,
            "standing": self.standing,
            "note": self.note,
        }


@dataclass(frozen=True)
class Finding:
    """One requirement judged for one machine, by both baselines."""

    requirement: Requirement
    baselines: Mapping[str, Outcome]
    waiver: Acceptance | None = None
    attestation: Acceptance | None = None

    @property
    def id(self) -> str:
        """The id of the requirement."""
        return self.requirement.id

    def status(self, baseline: str) -> str:
        """Give the status by one baseline; a waiver does not change it."""
        return self.baselines[baseline].status

    def to_json(self) -> dict[str, Any]:
        """Give the form that documents hold."""
        rule = self.requirement
        fix = {"name": rule.fix.name, "safety": rule.fix.safety, "why": rule.fix.why} if rule.fix else None
        return {
            "id": rule.id,
            "title": rule.title,
            "severity": rule.severity,
            "baselines": {name: outcome.to_json() for name, outcome in self.baselines.items()},
            "consequence": rule.consequence,
            "remedy": rule.remedy,
            "fix": fix,
            "waiver": self.waiver.to_json() if self.waiver else None,
            "attestation": self.attestation.to_json() if self.attestation else None,
            "evidence": list(rule.evidence),
            "prevents": list(rule.prevents),
            "covers": list(rule.covers),
            "sources": [{"title": each.title, "url": each.url, "dated": each.dated} for each in rule.sources],
        }
