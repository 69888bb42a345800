# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.vmware_tools import FIX as TOOLS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.windows_service import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows import (
    cases_vmware_tools,
    cases_windows_service,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    plan,
    restore,
    without_journal,
)

CASES, services = cases_windows_service.CASES, cases_windows_service.services
virtual_machine = cases_vmware_tools.virtual_machine
_DISABLED = {"state": "Stopped", "start": 4}


def _planned(model: dict[str, Any], **options: Any) -> Any:
    return plan(Case(FIX, model, options), model)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("disabled", {"service_start VSS": "manual", "service_start COMSysApp": "manual"}),
        (
            "2008 R2, nothing for a push",
            {"service LanmanServer": "automatic running", "service Winmgmt": "delayed running"},
        ),
        (
            "configuration server",
            {
                "service cxprocessserver": "automatic running",
                "service tmansvc": "manual running",
                "service dra": "automatic running",
            },
        ),
        ("named", {"service_start swprv": "manual", "service VMTools": "automatic running"}),
    ],
)
def test_service_gets_what_it_is_needed_for_and_no_more(case: str, expected: dict[str, str]) -> None:
    planned = plan(CASES[case], CASES[case].machine())
    assert isinstance(planned, Plan)
    assert planned.after == expected


def test_tools_that_are_named_start_with_windows_from_then_on() -> None:
    named = {"services": ["VMTools", "tmansvc"]}
    model = services(VMTools={"state": "Running", "start": 3}, tmansvc={"state": "Running", "start": 3})
    assert _planned(model, **named).after == {"service VMTools": "automatic running"}


def test_healthy_machine_is_unchanged() -> None:
    assert isinstance(_planned(services()), Unchanged)


def test_agents_are_left_alone_where_no_process_server_is_set_up() -> None:
    assert isinstance(_planned(services(obengine={"state": "Stopped", "start": 3}, dra=_DISABLED)), Unchanged)


def test_services_of_a_push_are_left_alone_where_nothing_is_pushed() -> None:
    model = services(LanmanServer=_DISABLED)
    case = Case(FIX, model, settings={"push_installation": False})
    assert isinstance(plan(case, model), Unchanged)


@pytest.mark.parametrize(
    ("model", "options", "told"),
    [
        (services(VSS="absent"), {}, "expected the service VSS"),
        (services(), {"services": ["dra"]}, "expected the service dra"),
        (services(), {"services": ["Spooler"]}, "services: expected some of VSS"),
        (services(Winmgmt={"state": "StartPending", "start": 2}), {}, "'automatic startpending'"),
        (services(VSS={"state": "Running", "start": 1}), {}, "found ''"),
        ({**services(), "unreadable_states": {"service_start VSS": "Access is denied"}}, {}, "Access is denied"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(model: dict[str, Any], options: dict[str, Any], told: str) -> None:
    planned = _planned(model, **options)
    assert isinstance(planned, Refusal)
    assert told in planned.reason


def test_service_that_cannot_be_started_fails_with_the_words_of_windows_and_all_can_be_put_back() -> None:
    told = "The dependency service or group failed to start"
    model = services(VSS=_DISABLED, LanmanServer={**_DISABLED, "start_error": told})
    before = without_journal(Case(FIX, model).machine())
    made = apply(Case(FIX, model), model, _planned(model))
    assert (made.state, told in made.reason) == ("failed", True)
    assert model["services"]["LanmanServer"] == before["services"]["LanmanServer"]
    assert [each.state for each in restore(model)] == ["restored"]
    assert without_journal(model) == before


def test_policy_that_disables_a_service_again_is_told() -> None:
    model = {**services(VSS=_DISABLED), "reverted_states": ["service_start VSS"]}
    made = apply(Case(FIX, model), model, _planned(model))
    assert made.state == "failed"
    assert "a policy or another program may set it back" in made.reason


def test_service_that_others_use_by_then_is_left_running() -> None:
    model = services(LanmanServer={**_DISABLED, "used_by": "Browser"}, Browser=_DISABLED)
    apply(Case(FIX, model), model, _planned(model))
    model["services"]["Browser"] = {"state": "Running", "start": 3}
    (refused,) = restore(model)
    assert (refused.state, "Browser depends on it" in refused.reason) == ("failed", True)
    assert model["services"]["LanmanServer"]["start"] == 2
    model["services"]["Browser"]["state"] = "Stopped"
    assert [each.state for each in restore(model)] == ["restored"]


def test_snapshot_that_is_taken_meanwhile_does_not_hinder_restore() -> None:
    model = services(VSS=_DISABLED)
    apply(Case(FIX, model), model, _planned(model))
    model["services"]["VSS"]["state"] = "Running"
    assert [each.state for each in restore(model)] == ["restored"]
    assert model["services"]["VSS"] == {"state": "Running", "start": 4}


@pytest.mark.parametrize(
    ("kind", "name", "state", "own"),
    [
        ("service_start", "VSS", "disabled", True),
        ("service", "LanmanServer", "disabled stopped", True),
        ("service", "VSS", "disabled stopped", False),
        ("service_start", "VSS", "boot", False),
        ("service", "LanmanServer", "absent", False),
        ("service", "LanmanServer", 'manual running" & calc', False),
        ("service", "MpsSvc", "disabled stopped", False),
        ("registry", "VSS", "disabled", False),
    ],
)
def test_only_what_the_fix_could_have_found_is_put_back(kind: str, name: str, state: str, own: bool) -> None:
    assert FIX.owns(Thing(kind, name), state) is own


def test_tools_are_refused_where_they_are_missing_or_of_no_use() -> None:
    for model, told in (
        (virtual_machine("absent"), "VMware Tools are not installed"),
        (virtual_machine(_DISABLED, "Microsoft Corporation"), "found the virtualization hyperv"),
    ):
        planned = plan(Case(TOOLS, model), model)
        assert isinstance(planned, Refusal)
        assert told in planned.reason
    running = virtual_machine({"state": "Running", "start": 2, "delayed": 1})
    assert isinstance(plan(Case(TOOLS, running), running), Unchanged)
    assert not TOOLS.owns(Thing("service", "VSS"), "manual stopped")
    assert not TOOLS.owns(Thing("service", "VMTools"), "absent")
