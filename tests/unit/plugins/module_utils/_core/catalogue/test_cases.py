# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every requirement against the cases under cases/: a machine with a few facts changed, and the status it must get.

A case of a requirement for any platform holds on a machine of each, unless it has the key ``platform``.
"""

from __future__ import annotations

import functools
import os
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import BASELINES, Requirement
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import (
    HERE,
    changed,
    judged,
    our_catalogue,
    platforms,
    read,
)


@functools.cache
def cases(identifier: str) -> list[dict[str, Any]]:
    path = os.path.join("cases", *identifier.split(".")) + ".yml"
    return list(read(path)) if os.path.exists(os.path.join(HERE, path)) else []


REQUIREMENTS = our_catalogue().requirements
ALL = [
    pytest.param(requirement, platform, case, id=f"{requirement.id}: {case['name']} ({platform})")
    for requirement in REQUIREMENTS
    for platform in platforms(requirement)
    for case in cases(requirement.id)
    if case.get("platform", platform) == platform
]


@pytest.mark.parametrize(("requirement", "platform", "case"), ALL)
def test_case_has_the_expected_status(requirement: Requirement, platform: str, case: dict[str, Any]) -> None:
    tree = changed(case.get("facts", {}), case.get("repeat"), requirement.machine, platform)
    (finding,) = judged(tree, requirement.id, case.get("settings"))
    found = {name: outcome.status for name, outcome in finding.baselines.items()}
    assert found == case["expect"], finding.baselines
    assert all(bool(each.reason) == (each.status not in ("pass", "fail")) for each in finding.baselines.values())
    assert not any("catalogue error" in each.reason for each in finding.baselines.values())


@pytest.mark.parametrize("requirement", [pytest.param(each, id=each.id) for each in REQUIREMENTS])
def test_requirement_has_every_kind_of_case(requirement: Requirement) -> None:
    for baseline in BASELINES:
        found = {case["expect"][baseline] for case in cases(requirement.id)}
        assert kinds(requirement, baseline) <= found, f"{requirement.id} lacks cases by baseline {baseline}"


#: What time has settled for every machine: Azure takes nothing from the converter any more, and took it in 2017.
SETTLED = {
    ("mvmc.uploads", "current"): {"fail", "unknown"},
    ("mvmc.source", "current"): {"fail", "unknown"},
    ("mvmc.source", "2017"): {"pass", "unknown"},
}


def kinds(requirement: Requirement, baseline: str) -> set[str]:
    """The statuses that a requirement can have by a baseline."""
    if (requirement.id, baseline) in SETTLED:
        return SETTLED[requirement.id, baseline]
    if not requirement.baselines[baseline].applies:
        return {"not_applicable"}
    wanted = {"manual"} if requirement.manual else {"pass", "fail", "unknown"}
    if requirement.applies_when:
        wanted |= {"not_applicable"}
    # A condition over nothing but the operator's choices is never unknown.
    return wanted | ({"unknown"} if any(each.facts for each in requirement.applies_when) else set())


def test_there_are_no_cases_without_a_requirement() -> None:
    found = {
        f"{group}.{name[: -len('.yml')]}"
        for group in os.listdir(os.path.join(HERE, "cases"))
        for name in os.listdir(os.path.join(HERE, "cases", group))
    }
    assert found == {requirement.id for requirement in REQUIREMENTS}
