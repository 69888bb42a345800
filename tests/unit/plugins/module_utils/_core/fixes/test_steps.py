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
    verdicts_after,
    with_permissions,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report import sample_fleet


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


@pytest.mark.parametrize(
    ("state", "before", "after"),
    [
        ("refused", "ready_after_fix", "blocked"),
        ("failed", "unknown", "blocked"),
        ("planned", "ready_after_fix", "ready_after_fix"),
        ("not_allowed", "ready_after_fix", "ready_after_fix"),
    ],
)
def test_blocker_whose_fix_is_refused_or_does_not_hold_is_beyond_repair(state: str, before: str, after: str) -> None:
    blocker = sample_fleet.finding("linux.hosts_entries", "fail", [], status_2017="pass")
    document = sample_fleet.machine("a", (before, "ready"), [{**blocker, "severity": "blocker"}])
    document["fixes"] = [sample_fleet.fix_record("hosts_file", state, ["linux.hosts_entries"])]
    found = verdicts_after(document)
    assert {name: verdict["verdict"] for name, verdict in found.items()} == {"current": after, "2017": "ready"}
    if after == "blocked":
        assert (found["current"]["because"], found["current"]["permissions"]) == (["linux.hosts_entries"], [])


def test_warning_whose_fix_is_refused_blocks_nothing() -> None:
    warning = {**sample_fleet.finding("linux.hosts_entries", "fail", []), "severity": "warning"}
    document = sample_fleet.machine("a", ("ready", "ready"), [warning])
    document["fixes"] = [sample_fleet.fix_record("hosts_file", "refused", ["linux.hosts_entries"])]
    assert verdicts_after(document) == document["verdicts"]
