# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the steps of a change do where a state cannot be told, or where a step hangs."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import changes
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows import (
    cases_hotfix,
    cases_token_filter_policy,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    apply,
    killed,
    plan,
    records,
    script_of,
    visit,
)

_CASE = cases_token_filter_policy.CASES["not set"]
_VALUE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System|LocalAccountTokenFilterPolicy"


def _left_behind(model: Model) -> None:
    """Leave a planned record, whose state cannot be read any more."""
    planned = plan(_CASE, model)
    assert isinstance(planned, Plan)
    script = script_of(_CASE, planned, "run-1")
    lines = [line for line in script.splitlines() if line.startswith("Invoke-Step ")]
    killed(model, script, next(at for at, line in enumerate(lines) if "'set'" in line))
    assert [record.state for record in records(model)] == ["planned"]
    model["unreadable_states"] = {f"registry {_VALUE}": "Requested registry access is not allowed."}


def test_leftover_that_cannot_be_read_does_not_block_other_changes() -> None:
    model = _CASE.machine()
    planned = plan(_CASE, model)
    assert isinstance(planned, Plan)
    _left_behind(model)
    made = apply(_CASE, model, planned, "run-2")
    assert made.state == "failed"
    assert made.reason.startswith("expect registry"), "the state that it needs itself, not the one of the leftover"
    assert [record.state for record in records(model)] == ["planned"]


def test_state_that_cannot_be_read_back_is_told_and_found_out_later() -> None:
    model = _CASE.machine()
    planned = plan(_CASE, model)
    assert isinstance(planned, Plan)
    script = script_of(_CASE, planned, "run-1")
    # The state can be read until it is given; so the model forgets how behind the last "set".
    model["unreadable_after_set"] = {f"registry {_VALUE}": "Requested registry access is not allowed."}
    [made] = changes.parse_changes(visit(model, script), [planned])
    assert (made.state, made.reason) == ("failed", "finish: Requested registry access is not allowed.")
    assert [record.state for record in records(model)] == ["planned"]


def test_step_that_hangs_keeps_the_lock_until_the_visit_ends() -> None:
    slow = next(case for case in cases_hotfix.CASES.values() if case.options.get("path"))
    model = {**slow.machine(), **{key: value for key, value in _CASE.machine().items() if key != "registry"}}
    model["registry"] = {**slow.machine()["registry"], **_CASE.machine()["registry"]}
    for file in model["files"].values():
        if isinstance(file, dict) and file.get("holds"):
            file["holds"] = {**file["holds"], "slow": True}
    both = [_planned(slow, model), _planned(_CASE, model)]
    script = changes.compose_changes(both, [slow.fix, _CASE.fix], "run-1", "1")
    first, second = changes.parse_changes(visit(model, script), both)
    assert (first.state, second.state) == ("failed", "refused")
    assert "another run is changing this machine" in second.reason


def _planned(case: Case, model: Model) -> Plan:
    planned = plan(case, model)
    assert isinstance(planned, Plan), planned
    return planned


def test_note_of_a_record_that_could_not_be_closed_is_not_lost() -> None:
    text = (Path(changes.__file__).parent / "change.ps1").read_text(encoding="ascii")
    body = re.search(r"function Complete-Change \{(.+?)\n    \}\n", text, re.DOTALL)
    assert body is not None
    closed, kept = body[1].index("Close-Record $change.wanted"), body[1].index("$reason = $change.reason")
    assert closed < kept, "what Close-Record adds to the reason belongs to it"
