# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import json

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import Repair
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.finding import Acceptance, Finding, Outcome
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.verdict import Permission, verdict
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import our_catalogue

RULE = our_catalogue().requirements[0]
WORD = Acceptance("because", "somebody", "2026-12-31")


def finding(status: str, severity: str = "blocker", fix: str = "", accepted: bool = False, name: str = "") -> Finding:
    rule = dataclasses.replace(
        RULE, id=name or f"t.{status}", severity=severity, fix=Repair(fix, "automatic", "why") if fix else None
    )
    result = Outcome(status, "", None, "", "unchanged", "")
    return Finding(
        rule,
        {"current": result, "2017": dataclasses.replace(result, status="pass")},
        WORD if accepted and status == "fail" else None,
        WORD if accepted and status == "manual" else None,
    )


PASS, FAIL, UNKNOWN, MANUAL = finding("pass"), finding("fail"), finding("unknown"), finding("manual")
FIXABLE = finding("fail", fix="lsof", name="t.fixable")


@pytest.mark.parametrize(
    ("findings", "expected", "because"),
    [
        ([], "unknown", ()),
        ([finding("not_applicable")], "unknown", ()),
        ([finding("unknown", "warning")], "unknown", ()),
        ([PASS], "ready", ()),
        ([finding("fail", "warning")], "ready", ()),
        ([PASS, finding("unknown", "warning"), finding("manual", "information")], "ready", ()),
        ([PASS, FAIL], "blocked", ("t.fail",)),
        ([FAIL, UNKNOWN, FIXABLE], "blocked", ("t.fail",)),
        ([PASS, UNKNOWN], "unknown", ("t.unknown",)),
        ([PASS, MANUAL], "unknown", ("t.manual",)),
        ([UNKNOWN, MANUAL, FIXABLE], "unknown", ("t.unknown", "t.manual")),
        ([PASS, FIXABLE], "ready_after_fix", ("t.fixable",)),
        ([PASS, finding("fail", accepted=True)], "ready", ()),
        ([finding("fail", accepted=True)], "ready", ()),
        ([finding("fail", fix="lsof", accepted=True), PASS], "ready", ()),
        ([finding("manual", accepted=True)], "ready", ()),
    ],
)
def test_the_first_that_holds_decides(findings: list[Finding], expected: str, because: tuple[str, ...]) -> None:
    found = verdict(findings, "current")
    assert (found.verdict, found.because) == (expected, because)


def test_permissions_are_named_once() -> None:
    again = finding("fail", fix="lsof", name="t.again")
    assert verdict([FIXABLE, again], "current").permissions == (Permission("lsof", "automatic"),)
    assert verdict([FIXABLE, FAIL], "current").permissions == ()


def test_fix_that_one_finding_may_only_have_with_permission_is_not_named_automatic() -> None:
    rule = dataclasses.replace(FIXABLE.requirement, id="t.install", fix=Repair("lsof", "opt_in", "why"))
    install = dataclasses.replace(FIXABLE, requirement=rule)
    assert verdict([FIXABLE, install], "current").permissions == (Permission("lsof", "opt_in"),)


def test_each_baseline_has_its_own_verdict() -> None:
    assert verdict([FAIL], "2017").verdict == "ready"
    assert verdict([FAIL], "current").verdict == "blocked"


def test_counts_and_what_is_not_judged_are_said() -> None:
    found = verdict([PASS, FAIL, finding("fail", accepted=True), MANUAL], "current").to_json()
    counts = {"pass": 1, "fail": 2, "unknown": 0, "manual": 1, "not_applicable": 0, "waived": 1}
    assert found["counts"] == counts
    assert found["not_judged"] == ["target", "fleet"]
    assert set(found) == {"verdict", "because", "permissions", "not_judged", "counts"}
    json.dumps(found)
