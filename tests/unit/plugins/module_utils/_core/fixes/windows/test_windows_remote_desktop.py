# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.remote_desktop import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows import cases_remote_desktop
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    plan,
    restore,
)

CASES, POLICY, SERVER = cases_remote_desktop.CASES, cases_remote_desktop.POLICY, cases_remote_desktop.SERVER
closed = cases_remote_desktop.closed
_VALUE = f"registry {SERVER}|fDenyTSConnections"


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("denied", {_VALUE: "DWord 0"}),
        (
            "service disabled, value of the wrong type",
            {"terminal_service TermService": "manual running", _VALUE: "DWord 0"},
        ),
        ("half done", {"terminal_service TermService": "automatic running"}),
    ],
)
def test_only_what_denies_is_changed(case: str, expected: dict[str, str]) -> None:
    model = CASES[case].machine()
    planned = plan(CASES[case], model)
    assert isinstance(planned, Plan)
    assert planned.after == expected
    apply(CASES[case], model, planned)
    before = CASES[case].machine()["registry"]
    assert model["registry"][rf"{SERVER}\WinStations\RDP-Tcp"] == before[rf"{SERVER}\WinStations\RDP-Tcp"]


def _planned(model: dict[str, Any]) -> Any:
    return plan(Case(FIX, model), model)


def test_what_policy_allows_needs_no_value_of_the_machine() -> None:
    model = closed({"DWord": 1}, policy={"fDenyTSConnections": {"DWord": 0}})
    assert isinstance(_planned(model), Unchanged)


@pytest.mark.parametrize("policy", [{"DWord": 1}, {"String": "0"}])
def test_policy_that_forbids_is_refused_by_name(policy: dict[str, Any]) -> None:
    refused = _planned(closed({"DWord": 1}, policy={"fDenyTSConnections": policy}))
    assert isinstance(refused, Refusal)
    assert rf"expected {POLICY}|fDenyTSConnections to be absent or DWord 0" in refused.reason


def test_windows_without_remote_desktop_is_refused() -> None:
    refused = _planned(closed({"DWord": 1}, service="absent"))
    assert isinstance(refused, Refusal)
    assert "the service TermService is not there" in refused.reason


def test_value_that_cannot_be_read_is_refused() -> None:
    model = {**closed({"DWord": 1}), "unreadable_states": {_VALUE: "Access is denied"}}
    refused = _planned(model)
    assert isinstance(refused, Refusal)
    assert "Access is denied" in refused.reason


def test_missing_network_level_authentication_is_told() -> None:
    for case, told in (("denied", False), ("2008 R2, without network level authentication", True)):
        model = CASES[case].machine()
        made = apply(CASES[case], model, plan(CASES[case], model))
        assert made.state == "applied"
        assert ("Network level authentication is off" in made.reason) is told
    by_policy = closed({"DWord": 1}, authentication=0, policy={"UserAuthentication": {"DWord": 1}})
    assert _planned(by_policy).actions == ()


def test_helper_of_the_service_does_not_hinder_restore() -> None:
    case = CASES["service disabled, value of the wrong type"]
    model = case.machine()
    apply(case, model, plan(case, model))
    assert model["services"]["UmRdpService"]["state"] == "Running"
    assert [each.state for each in restore(model)] == ["restored"]
    assert model["services"]["UmRdpService"]["state"] == "Stopped"


@pytest.mark.parametrize(
    ("kind", "name", "state", "own"),
    [
        ("registry", rf"{SERVER}|fDenyTSConnections", "DWord 1", True),
        ("registry", rf"{SERVER}|fDenyTSConnections", "absent", True),
        ("registry", rf"{SERVER}|StartRCM", "DWord 1", False),
        ("registry", rf"{POLICY}|fDenyTSConnections", "DWord 1", False),
        ("registry", rf"{SERVER}\WinStations\RDP-Tcp|UserAuthentication", "DWord 0", False),
        ("terminal_service", "TermService", "disabled stopped", True),
        ("terminal_service", "TermService", "absent", False),
        ("terminal_service", "MpsSvc", "disabled stopped", False),
        ("service", "TermService", "disabled stopped", False),
    ],
)
def test_only_what_the_fix_could_have_found_is_put_back(kind: str, name: str, state: str, own: bool) -> None:
    assert FIX.owns(Thing(kind, name), state) is own
