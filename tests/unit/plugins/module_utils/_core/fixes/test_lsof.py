# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.lsof import FIX


def facts(lsof: Any, manager: Any, **reasons: str) -> Facts:
    return Facts({"commands": {"lsof": lsof}, "packages": {"manager": manager}}, reasons)


@pytest.mark.parametrize("manager", ["apt", "dnf", "yum", "zypper"])
def test_missing_command_is_installed_with_the_machines_manager(manager: str) -> None:
    plan = FIX.plan(facts(False, manager), {}, {})
    assert isinstance(plan, Plan)
    assert (plan.before, plan.after) == ({"lsof": "missing"}, {"lsof": "installed"})
    assert plan.arguments == (manager,)


def test_option_sets_the_time_limit() -> None:
    plan = FIX.plan(facts(False, "apt"), {"timeout_seconds": 900}, {})
    assert isinstance(plan, Plan)
    assert plan.timeout_seconds == 900


def test_command_that_is_there_changes_nothing() -> None:
    assert isinstance(FIX.plan(facts(True, "apt"), {}, {}), Unchanged)


def test_no_package_manager_is_refused() -> None:
    refusal = FIX.plan(facts(False, "none"), {}, {})
    assert isinstance(refusal, Refusal)
    assert "install it by hand" in refusal.reason


@pytest.mark.parametrize(
    ("lsof", "manager", "path"), [(None, "apt", "commands.lsof"), (False, None, "packages.manager")]
)
def test_unknown_fact_is_refused_with_its_reason(lsof: Any, manager: Any, path: str) -> None:
    refusal = FIX.plan(Facts(facts(lsof, manager).tree, {path: "names could not be read"}), {}, {})
    assert isinstance(refusal, Refusal)
    assert f"{path} is not known: names could not be read" in refusal.reason


def test_fact_that_was_not_collected_is_refused() -> None:
    assert isinstance(FIX.plan(Facts(), {}, {}), Refusal)
