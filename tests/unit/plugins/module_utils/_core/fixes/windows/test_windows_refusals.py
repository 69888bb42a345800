# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every fix for Windows does where it must not or cannot change the machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Unchanged
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    plan,
    restore,
    without_journal,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_fix_cases import (
    CASES,
)

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
_DISTRUST = "the journal is not trusted, so nothing was changed"
_LOCKED = "another run is changing this machine"


def planned_for(case: Case) -> Plan:
    planned = plan(case, case.machine())
    assert isinstance(planned, Plan), planned
    return planned


@every_case
@pytest.mark.parametrize(
    ("part", "value", "told"),
    [
        ("elevated", False, "the rights of an administrator are needed"),
        ("journal_distrust", _DISTRUST, _DISTRUST),
        ("journal_locked", _LOCKED, _LOCKED),
    ],
    ids=["no rights", "journal of somebody else", "another run"],
)
def test_machine_that_must_not_be_changed_is_refused_and_left_alone(
    case: Case, part: str, value: object, told: str
) -> None:
    planned = planned_for(case)
    model = {**case.machine(), part: value}
    made = apply(case, model, planned)
    assert made.state == "refused"
    assert told in made.reason
    assert {**without_journal(model), part: None} == {**without_journal(case.machine()), part: None}
    assert not model.get("journal")


@every_case
def test_what_somebody_changed_since_the_look_is_refused_and_left_alone(case: Case) -> None:
    planned = planned_for(case)
    seen = replace(planned.changes[-1], before="somewhat else")
    model = case.machine()
    made = apply(case, model, replace(planned, changes=(*planned.changes[:-1], seen)))
    assert made.state == "refused"
    assert "it was changed since" in made.reason
    assert without_journal(model) == without_journal(case.machine())


@every_case
def test_state_that_a_policy_sets_back_is_told_and_the_rest_can_be_restored(case: Case) -> None:
    planned = planned_for(case)
    model = {**case.machine(), "reverted_states": [str(planned.changes[-1].thing)]}
    made = apply(case, model, planned)
    assert made.state == "failed"
    assert made.journal is not None
    assert made.journal["state"] == "failed"
    assert str(planned.changes[-1].thing) in made.reason
    assert made.reason.endswith("look for it (gpresult /r) and run again")
    assert {each.state for each in restore(model)} <= {"restored", "unchanged"}
    del model["reverted_states"]
    assert without_journal(model) == without_journal(case.machine())


@every_case
def test_change_that_windows_refuses_is_told_in_its_words_and_can_be_made_later(case: Case) -> None:
    planned = planned_for(case)
    model = {**case.machine(), "unwritable_states": {str(planned.changes[-1].thing): "Access is denied."}}
    made = apply(case, model, planned)
    assert made.state == "failed"
    assert "Access is denied." in made.reason
    del model["unwritable_states"]
    again = plan(case, model)
    assert isinstance(again, Plan), again
    assert apply(case, model, again, "run-2").state == "applied"
    assert isinstance(plan(case, model), Unchanged)
    assert {each.state for each in restore(model)} <= {"restored", "unchanged"}
    assert without_journal(model) == without_journal(case.machine())
