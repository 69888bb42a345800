# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.tls_1_0 import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import choose
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_tls_1_0 import CASES
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_tls_protocol import (
    CASES as TLS_1_2,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_tls_protocol import (
    PROTOCOLS,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    apply,
    plan,
    records,
    restore,
    without_journal,
)


def test_only_tls_1_0_is_enabled_for_both_sides() -> None:
    case = CASES["hardened"]
    made = plan(case, case.machine())
    assert isinstance(made, Plan)
    assert {change.thing.name: change.after for change in made.changes} == {
        rf"{PROTOCOLS}\TLS 1.0\Client|Enabled": "DWord 1",
        rf"{PROTOCOLS}\TLS 1.0\Client|DisabledByDefault": "DWord 0",
        rf"{PROTOCOLS}\TLS 1.0\Server|Enabled": "DWord 1",
        rf"{PROTOCOLS}\TLS 1.0\Server|DisabledByDefault": "DWord 0",
    }


def test_it_is_restored_before_a_later_change_that_opens_nothing() -> None:
    weak, harmless = CASES["hardened"], TLS_1_2["2012 R2 switched off"]
    registry = {**weak.machine()["registry"], **harmless.machine()["registry"]}
    model = {**harmless.machine(), "registry": registry}
    before = copy.deepcopy(without_journal(model))
    apply(weak, model, plan(weak, model))
    apply(harmless, model, plan(harmless, model), "run-2")
    assert [record.fix for record in choose(records(model), FIXES)] == [FIX.name, "tls_protocol"]
    assert {each.state for each in restore(model)} == {"restored"}
    assert without_journal(model) == before


def test_restore_tells_that_what_runs_must_be_started_anew() -> None:
    model = CASES["hardened"].machine()
    made = apply(CASES["hardened"], model, plan(CASES["hardened"], model))
    (restored,) = restore(model)
    assert "started anew" in made.reason
    assert "started anew" in restored.reason


def test_it_says_what_it_opens_and_owns_nothing_of_the_other_protocols() -> None:
    assert FIXES[FIX.name].safety == "weakening"
    assert "read and changed on the way" in FIX.why
    assert not FIX.owns(Thing("registry", rf"{PROTOCOLS}\TLS 1.2\Client|Enabled"), "DWord 0")
