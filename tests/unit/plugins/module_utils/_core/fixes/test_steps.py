# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.choose import Choice
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import FixResult
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.steps import (
    Step,
    choices,
    fix_record,
    plan_steps,
    with_permissions,
)


def machine(**facts: Any) -> Any:
    """A document whose finding on lsof fails."""
    tree = {"commands": {"lsof": False}, "packages": {"manager": "yum"}, **facts}
    finding = {
        "id": "linux.lsof",
        "fix": {"name": "lsof", "safety": "automatic", "why": ""},
        "waiver": None,
        "baselines": {"current": {"status": "fail"}, "2017": {"status": "fail"}},
    }
    reasons = {"packages.manager": "cut off"}
    return {"baseline": "current", "findings": [finding], "facts": tree, "unknown_facts": reasons}


def steps(document: Any, platform: str = "linux") -> list[Step]:
    facts = Facts(document["facts"], document["unknown_facts"])
    return plan_steps(choices(document, [], []), FIXES[platform], facts, {}, {})


@pytest.mark.parametrize(
    ("document", "state", "reason"),
    [
        (machine(), "planned", ""),
        (machine(commands={"lsof": True}), "unchanged", "lsof is there"),
        (machine(packages={"manager": None}), "refused", "packages.manager is not known: cut off"),
        (machine(packages={"manager": "none"}), "refused", "no package manager"),
    ],
)
def test_planned_step_is_told_as_its_planner_says(document: Any, state: str, reason: str) -> None:
    [step] = steps(document)
    record = fix_record(step, None)
    assert (record["fix"], record["state"], record["requirements"]) == ("lsof", state, ["linux.lsof"])
    assert reason in record["reason"]


def test_step_that_is_not_allowed_is_not_planned_and_names_the_permission() -> None:
    step = Step(Choice("hosts_entry", "opt_in", ("linux.hosts_file",), "preflight_allow: [hosts_entry]"), None)
    record = fix_record(step, None)
    assert (record["state"], record["permission"]) == ("not_allowed", "preflight_allow: [hosts_entry]")


def test_what_became_of_a_step_stands_in_its_record() -> None:
    [step] = steps(machine())
    record = fix_record(step, FixResult("lsof", "failed", "the repository could not be reached", None, None))
    assert (record["state"], record["reason"]) == ("failed", "the repository could not be reached")
    assert record["after"] == {"lsof": "installed"}


def test_fix_that_the_platform_does_not_have_is_refused() -> None:
    [step] = steps(machine(), "windows")
    record = fix_record(step, None)
    assert record["state"] == "refused"
    assert "no fix of this name for this kind of machine" in record["reason"]


@pytest.mark.parametrize(
    ("given", "allow", "expected"),
    [
        ({}, [], {}),
        ({}, ["ssh_server"], {"ssh_server": {"install": True}}),
        ({}, ["lsof"], {}),
        ({"ssh_server": {"install": False}}, ["ssh_server"], {"ssh_server": {"install": False}}),
        (
            {"ssh_server": {"timeout_seconds": 9}},
            ["ssh_server"],
            {"ssh_server": {"install": True, "timeout_seconds": 9}},
        ),
        ({"ssh_server": 5, "lsof": {"timeout_seconds": 9}}, [], {"ssh_server": 5, "lsof": {"timeout_seconds": 9}}),
    ],
)
def test_naming_a_fix_permits_to_install_its_package(given: Any, allow: list[str], expected: Any) -> None:
    assert with_permissions(given, allow) == expected
