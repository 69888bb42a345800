# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract of every fix for Windows, on models; each fix has its cases in ``windows_fix_cases``."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.registry import FIXES
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    killed,
    lines_of,
    plan,
    records,
    restore,
    script_of,
    without_journal,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_fix_cases import (
    CASES,
)

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def test_every_fix_has_a_case() -> None:
    assert {case.fix.name for case in CASES.values()} == set(FIXES)


@every_case
def test_looking_changes_nothing(case: Case) -> None:
    model = case.machine()
    planned = plan(case, model)
    assert isinstance(planned, Plan), planned
    assert planned.before != planned.after
    assert model == case.machine()


@every_case
def test_first_run_changes_and_second_finds_nothing_to_do(case: Case) -> None:
    model = case.machine()
    planned = plan(case, model)
    made = apply(case, model, planned)
    assert (made.state, made.journal and made.journal["state"]) == ("applied", "done"), made.reason
    changed = copy.deepcopy(model)
    assert isinstance(plan(case, model), Unchanged)
    assert apply(case, model, planned).state == "already_done"
    assert apply(case, model, planned, "run-2").state == "unchanged"
    assert model == changed


@every_case
def test_restore_brings_the_machine_back_and_a_second_one_changes_nothing(case: Case) -> None:
    model = case.machine()
    apply(case, model, plan(case, model))
    assert [each.state for each in restore(model)] == ["restored"]
    assert without_journal(model) == without_journal(case.machine())
    after = copy.deepcopy(model)
    assert restore(model) == []
    assert model == after


@every_case
def test_killed_before_any_line_the_state_is_the_old_one_or_can_be_restored(case: Case) -> None:
    planned = plan(case, case.machine())
    assert isinstance(planned, Plan)
    script = script_of(case, planned, "run-1")
    for line in range(lines_of(script)):
        model = case.machine()
        killed(model, script, line)
        assert without_journal(model) == without_journal(case.machine()) or records(model), line
        again = plan(case, model)
        if isinstance(again, Plan):
            assert apply(case, model, again, "run-2").state == "applied", line
        assert isinstance(plan(case, model), Unchanged), line
        assert {each.state for each in restore(model)} <= {"restored", "unchanged"}, line
        assert without_journal(model) == without_journal(case.machine()), line


@every_case
def test_what_somebody_changed_since_is_refused_unless_forced(case: Case) -> None:
    model = case.machine()
    planned = plan(case, model)
    assert isinstance(planned, Plan)
    apply(case, model, planned)
    model["reverted_states"] = [str(change.thing) for change in planned.changes]
    (refused,) = restore(model)
    assert refused.state == "failed", "a machine that does not take the old state back must be told"
