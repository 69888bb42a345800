# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.choose import (
    Choice,
    choose,
    permission_problems,
)


def finding(identifier: str, fix: str | None, safety: str = "automatic", **other: Any) -> dict[str, Any]:
    statuses = {"current": "fail", "2017": "pass", **other.get("statuses", {})}
    return {
        "id": identifier,
        "fix": {"name": fix, "safety": safety, "why": ""} if fix else None,
        "waiver": other.get("waiver"),
        "baselines": {name: {"status": status} for name, status in statuses.items()},
    }


def test_automatic_fix_needs_no_permission() -> None:
    assert choose([finding("linux.lsof", "lsof")], "current", [], []) == [
        Choice("lsof", "automatic", ("linux.lsof",), "")
    ]


def test_one_fix_serves_several_requirements() -> None:
    [choice] = choose([finding("linux.a", "x"), finding("linux.b", "x")], "current", [], [])
    assert choice.requirements == ("linux.a", "linux.b")


@pytest.mark.parametrize("order", [1, -1])
def test_what_one_finding_may_only_have_with_permission_is_not_automatic_for_the_other(order: int) -> None:
    findings = [finding("linux.running", "x"), finding("linux.installed", "x", "opt_in")][::order]
    [choice] = choose(findings, "current", [], [])
    assert (choice.safety, choice.permission) == ("opt_in", "preflight_allow: [x]")
    [choice] = choose(findings[:1] if order == 1 else findings[1:], "current", [], [])
    assert choice.allowed


@pytest.mark.parametrize(
    ("safety", "allow", "allow_weakening", "permission"),
    [
        ("opt_in", [], [], "preflight_allow: [x]"),
        ("opt_in", ["x"], [], ""),
        ("opt_in", [], ["x"], "preflight_allow: [x]"),
        ("weakening", ["x"], [], "preflight_allow_weakening: [x]"),
        ("weakening", [], ["x"], ""),
    ],
)
def test_permission_that_is_missing_is_named(
    safety: str, allow: list[str], allow_weakening: list[str], permission: str
) -> None:
    [choice] = choose([finding("linux.a", "x", safety)], "current", allow, allow_weakening)
    assert (choice.permission, choice.allowed) == (permission, not permission)


@pytest.mark.parametrize(
    "unfit",
    [
        finding("linux.a", None),
        finding("linux.a", "x", waiver={"reason": "accepted"}),
        finding("linux.a", "x", statuses={"current": "unknown"}),
        finding("linux.a", "x", statuses={"current": "pass", "2017": "fail"}),
    ],
)
def test_only_failing_findings_of_the_baseline_are_repaired(unfit: dict[str, Any]) -> None:
    assert choose([unfit], "current", ["x"], ["x"]) == []


def test_wrong_permissions_are_named() -> None:
    known = {"lsof": "automatic", "token": "weakening"}
    assert permission_problems(known, ["lsof"], ["token"]) == []
    first, second = permission_problems(known, ["losf", "token"], [])
    assert "expected names of fixes (lsof, token), found 'losf'" in first
    assert "name it in preflight_allow_weakening" in second
