# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.san_policy import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_san_policy import (
    CASES,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    apply,
    machine,
    plan,
    restore,
)

_PARAMETERS = r"HKLM\SYSTEM\CurrentControlSet\Services\partmgr\Parameters"


def test_policy_is_a_number_and_it_is_told_when_windows_reads_it() -> None:
    model = CASES["a text"].machine()
    made = apply(CASES["a text"], model, plan(CASES["a text"], model))
    assert model["registry"][_PARAMETERS] == {"SanPolicy": {"DWord": 1}, "Other": {"DWord": 7}}
    assert "when it starts" in made.reason


def test_key_that_got_other_values_since_is_kept_and_that_is_told() -> None:
    model = CASES["never set"].machine()
    apply(CASES["never set"], model, plan(CASES["never set"], model))
    model["registry"][_PARAMETERS]["Attributes"] = {"DWord": 0}
    (kept,) = restore(model)
    assert kept.state == "failed"
    assert "the key is not empty" in kept.reason
    assert model["registry"][_PARAMETERS] == {"Attributes": {"DWord": 0}}


@pytest.mark.parametrize("name", [_PARAMETERS, rf"{_PARAMETERS}|Attributes", r"HKLM\SYSTEM|SanPolicy"])
def test_nothing_else_is_put_back(name: str) -> None:
    assert not FIX.owns(Thing("registry", name), "DWord 2")


def test_a_32_bit_process_sees_this_key_as_it_is() -> None:
    model: Model = machine(registry={_PARAMETERS: {"SanPolicy": {"DWord": 2}}})
    model["environment"] = {"powershell": "5.1", "process_bits": "32", "architecture": "AMD64"}
    case = Case(FIX, model)
    assert apply(case, case.machine(), plan(case, case.machine())).state == "applied"
