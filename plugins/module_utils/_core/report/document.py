# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shapes of the two documents, as they stand in JSON. Private to this collection.

``machine.schema.json`` and ``report.schema.json`` next to this file are the published description of the same shapes.
"""

from __future__ import annotations

from typing import TypedDict, Union

Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]

MACHINE_FORMAT = "preflight.azure/machine/1"
REPORT_FORMAT = "preflight.azure/report/1"
BASELINES = ("current", "2017")
#: Worst first: the order in which machines are listed.
VERDICTS = ("blocked", "unknown", "ready_after_fix", "ready")


class Outcome(TypedDict):
    """One finding by one baseline."""

    status: str
    required: str
    observed: Json
    reason: str
    standing: str
    note: str


class FixOffer(TypedDict):
    """The fix that a requirement names."""

    name: str
    safety: str
    why: str


class Acceptance(TypedDict):
    """A waiver or an attestation: who accepts what, until when."""

    reason: str
    approver: str
    expires: str | None
    ticket: str | None


class Source(TypedDict):
    """Where a requirement is written down."""

    title: str
    url: str
    dated: str


class Finding(TypedDict):
    """One requirement judged for one machine."""

    id: str
    title: str
    severity: str
    baselines: dict[str, Outcome]
    consequence: str
    remedy: str
    fix: FixOffer | None
    waiver: Acceptance | None
    attestation: Acceptance | None
    evidence: list[str]
    prevents: list[str]
    covers: list[str]
    sources: list[Source]


class Permission(TypedDict):
    """A fix that stands between a machine and ``ready``."""

    fix: str
    safety: str


class Verdict(TypedDict):
    """What all findings of a machine come to, by one baseline."""

    verdict: str
    because: list[str]
    permissions: list[Permission]
    not_judged: list[str]
    counts: dict[str, int]


class Catalogue(TypedDict):
    """The catalogue that was judged with."""

    version: str
    digest: str
    requirements: int


class Origin(TypedDict):
    """How the answers of a machine were had."""

    kind: str
    connection: str
    user: int | None
    recording: str | None
    complete: bool


class MachineError(TypedDict):
    """Why a machine could not be judged."""

    kind: str
    message: str


class FixRecord(TypedDict):
    """One fix on one machine: what was or would be done."""

    fix: str
    safety: str
    requirements: list[str]
    state: str
    reason: str
    before: Json
    after: Json
    permission: str


class Before(TypedDict):
    """What the audit said before fixes were applied."""

    verdicts: dict[str, Verdict]
    findings: dict[str, dict[str, str]]


class MachineEntry(TypedDict):
    """A machine as it stands in a report: a machine document without its facts."""

    format: str
    name: str
    machine: str
    platform: str
    scenario: str
    run: str
    collected_at: str | None
    judged_at: str
    baseline: str
    catalogue: Catalogue
    verdicts: dict[str, Verdict]
    findings: list[Finding]
    unknown_facts: dict[str, str]
    origin: Origin
    error: MachineError | None
    fixes: list[FixRecord]
    before: Before | None


class Machine(MachineEntry):
    """A machine document as the audit writes it."""

    facts: dict[str, Json]


class Problem(TypedDict):
    """A file that should have been a machine document, or a document that was left out."""

    file: str
    reason: str


class Summary(TypedDict):
    """The counts of a report, per baseline and verdict."""

    machines: int
    missing: int
    not_collected: int
    verdicts: dict[str, dict[str, int]]


class Report(TypedDict):
    """Everything that the renderers need."""

    format: str
    created_at: str
    run: str
    scenario: str
    baseline: str
    catalogue: Catalogue
    settings: dict[str, Json]
    summary: Summary
    machines: list[MachineEntry]
    missing: list[str]
    problems: list[Problem]
    fleet: list[Finding]
