# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a requirement is once it has been read and checked. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..facts.fact import Json
from ..judge.paths import Expression

CURRENT, DOCUMENTS_2017 = "current", "2017"
BASELINES = (CURRENT, DOCUMENTS_2017)
SEVERITIES = ("blocker", "warning", "information")
STANDINGS = ("unchanged", "obsolete", "dangerous")
SAFETIES = ("automatic", "opt_in", "weakening")
SCENARIOS = (
    "vmware_to_azure",
    "hyperv_to_azure",
    "vmm_to_azure",
    "vmm_to_site",
    "azure_to_azure",
    "aws_to_azure",
    "mvmc_to_azure",
)
MACHINES = (
    "source",
    "configuration_server",
    "hyperv_host",
    "vmm_server",
    "mvmc_machine",
    "azure_target",
    "vsphere",
)
PLATFORMS = ("linux", "windows", "any")
SCOPES = ("machine", "fleet")


class CatalogueError(ValueError):
    """The catalogue, a user's addition to it or a selection from it is wrong; ``problems`` holds every mistake."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        count = len(problems)
        lines = "".join(f"\n- {problem}" for problem in problems)
        super().__init__(f"{count} mistake{'s' * (count != 1)} in the requirements or in what was chosen:{lines}")


@dataclass(frozen=True)
class Source:
    """One of Microsoft's pages; ``dated`` is the date that the page itself bears."""

    title: str
    url: str
    dated: str


@dataclass(frozen=True)
class Repair:
    """The fix that makes a requirement hold, how far it may be trusted, and why."""

    name: str
    safety: str
    why: str


@dataclass(frozen=True)
class Baseline:
    """What one generation of the documents makes of a requirement; ``required`` is the sentence with its limits."""

    applies: bool
    limits: Mapping[str, Json]
    standing: str
    note: str
    since: str
    required: str


@dataclass(frozen=True)
class Requirement:
    """One condition, checked and compiled.

    ``applies_when`` holds the parts that ``&&`` joins; ``expression`` is ``None`` where only a person can tell
    (``manual`` says what to look at). ``facts`` are the declared facts that it needs, ``evidence`` the reads of those
    on the platform of the machine: :func:`select` chooses them for a requirement of any platform.
    """

    id: str
    title: str
    severity: str
    scenarios: tuple[str, ...]
    machine: str
    platform: str
    scope: str
    applies_when: tuple[Expression, ...]
    expression: Expression | None
    manual: str
    observed: Expression | None
    consequence: str
    remedy: str
    fix: Repair | None
    baselines: Mapping[str, Baseline]
    prevents: tuple[str, ...]
    covers: tuple[str, ...]
    sources: tuple[Source, ...]
    aliases: tuple[str, ...]
    facts: tuple[str, ...]
    evidence: tuple[str, ...]
    evidence_by_platform: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """A choice of the operator that expressions can ask for."""

    name: str
    type: str
    default: Json
    description: str


@dataclass(frozen=True)
class Catalogue:
    """All requirements and settings, with the version and the digest that go into every report."""

    requirements: tuple[Requirement, ...]
    settings: tuple[Setting, ...]
    version: str
    digest: str
