# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.clock_sync import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_clock_sync import (
    CASES,
    POLICY,
    W32TIME,
    clock,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    plan,
    restore,
    without_journal,
)

_SERVICE = "service W32Time"
_TYPE = rf"registry {W32TIME}\Parameters|Type"
_SERVERS = rf"registry {W32TIME}\Parameters|NtpServer"
_RUNNING = {"state": "Running", "start": 3}
_ONE = {"servers": ["ntp1.example.com"]}


def _planned(model: dict[str, Any], **options: Any) -> Any:
    return plan(Case(FIX, model, options), model)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("stopped", {_SERVICE: "automatic running"}),
        (
            "disabled, in a domain, told to follow nothing",
            {
                rf"registry {W32TIME}\TimeProviders\NtpClient|Enabled": "DWord 1",
                _TYPE: "String NT5DS",
                _SERVICE: "automatic running",
            },
        ),
        (
            "servers, type of the wrong type",
            {_TYPE: "String NTP", _SERVERS: "String ntp1.example.com,0x8 192.0.2.123,0x8"},
        ),
        ("only these servers", {_SERVERS: "String ntp1.example.com,0x8"}),
        ("not registered, in a domain", {"time_service W32Time": "automatic running NT5DS"}),
        ("not registered, servers", {"time_service W32Time": "automatic running NTP ntp1.example.com,0x8"}),
    ],
)
def test_service_runs_and_follows_what_was_asked_for(case: str, expected: dict[str, str]) -> None:
    planned = plan(CASES[case], CASES[case].machine())
    assert isinstance(planned, Plan)
    assert isinstance(planned.after, dict)
    assert {name: state for name, state in planned.after.items() if name != "correction"} == expected


@pytest.mark.parametrize(
    ("kind", "servers", "replace", "expected"),
    [
        ("NTP", "time.windows.com,0x9", False, {_SERVERS: "String time.windows.com,0x9 ntp1.example.com,0x8"}),
        ("AllSync", "a.example,0x1", False, {_SERVERS: "String a.example,0x1 ntp1.example.com,0x8"}),
        ("AllSync", "a.example,0x1", True, {_TYPE: "String NTP", _SERVERS: "String ntp1.example.com,0x8"}),
        ("NT5DS", "NTP1.example.com,0x9", False, {_TYPE: "String NTP", _SERVERS: "String ntp1.example.com,0x8"}),
    ],
)
def test_servers_that_count_are_kept_with_their_flags(
    kind: str, servers: str, replace: bool, expected: dict[str, str]
) -> None:
    planned = _planned(clock(_RUNNING, kind=kind, servers=servers), replace=replace, **_ONE)
    assert isinstance(planned, Plan)
    assert {**planned.after, "correction": ""} == {**expected, "correction": ""}


@pytest.mark.parametrize(
    ("model", "options"),
    [
        (clock(_RUNNING), {}),
        (clock({"state": "Running", "start": 2, "delayed": 1}, kind="NT5DS", member=True), {}),
        (clock(_RUNNING, servers="x.example,0x1 NTP1.example.com,0x9"), _ONE),
        (clock(_RUNNING, kind="NoSync", policy={"Parameters": {"Type": {"String": "NT5DS"}}}, member=True), {}),
    ],
)
def test_service_that_runs_by_a_trigger_and_follows_something_is_unchanged(
    model: dict[str, Any], options: dict[str, Any]
) -> None:
    assert isinstance(_planned(model, **options), Unchanged)


@pytest.mark.parametrize(
    ("model", "options", "told"),
    [
        (clock(kind="NoSync"), {}, "name time servers with the option servers"),
        (clock(kind="NT5DS"), {}, "told to follow the domain, and the machine is no member"),
        (clock("absent"), {}, "name time servers with the option servers"),
        (clock(), {"servers": ["a b"]}, "expected names or addresses of time servers, found 'a b'"),
        (clock(), {"servers": ["x,0x1"]}, "found 'x,0x1'"),
        (clock(), {"replace": True}, "replace: expected servers"),
        (
            clock(policy={r"TimeProviders\NtpClient": {"Enabled": {"DWord": 0}}}),
            {},
            rf"{POLICY}\TimeProviders\NtpClient|Enabled to be absent or DWord 1",
        ),
        (clock(policy={"Parameters": {"NtpServer": {"String": "dc1,0x9"}}}), _ONE, "found String dc1,0x9"),
        (
            clock(kind="NT5DS", member=True, policy={"Parameters": {"Type": {"String": "NoSync"}}}),
            {},
            "to be absent or String NT5DS, found String NoSync",
        ),
        (clock(registry={rf"{W32TIME}\Config": "absent"}), {}, "run w32tm /unregister and w32tm /register by hand"),
        (clock({"state": "StopPending", "start": 2}), {}, "'automatic stoppending'"),
        ({**clock(), "unreadable_states": {_TYPE: "Access is denied"}}, {}, "Access is denied"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    model: dict[str, Any], options: dict[str, Any], told: str
) -> None:
    refused = _planned(model, **options)
    assert isinstance(refused, Refusal)
    assert told in refused.reason


_TOOLS = {"services": {"VMTools": _RUNNING}, "vmware_time_sync": "enabled"}
_HYPERV = {"services": {"vmictimesync": _RUNNING}}


def test_clock_that_the_host_keeps_is_left_to_it() -> None:
    assert "the clock is kept by VMware Tools" in _planned(clock(**_TOOLS)).reason
    assert isinstance(_planned(clock(**_TOOLS)), Unchanged)
    for host in (_TOOLS, _HYPERV):
        refused = _planned(clock(clock_offset_seconds=120, **host))
        assert isinstance(refused, Refusal)
        assert "correct the clock of the host" in refused.reason
    assert isinstance(_planned(clock(**{**_TOOLS, "vmware_time_sync": "disabled"})), Plan)
    assert isinstance(_planned(clock(**_TOOLS), **_ONE), Plan)


def test_hyperv_keeps_the_clock_with_the_help_of_windows_time() -> None:
    assert isinstance(_planned(clock(**_HYPERV)), Plan)


def test_service_reads_its_settings_anew_and_asks_its_servers() -> None:
    case = CASES["servers, type of the wrong type"]
    model = {**case.machine(), "clock_offset_seconds": 3, "time_source_offset_seconds": 0}
    made = apply(case, model, plan(case, model))
    assert (made.state, made.reason) == ("applied", "Windows Time was told to ask its servers now.")
    assert (model["actions"], model["clock_offset_seconds"]) == (["time_update", "time_resync"], 0)
    restore(model)
    assert model["actions"][2:] == ["time_update"], "the clock is not set again by what was there before"


def test_service_that_cannot_be_registered_and_started_is_not_left_half_done() -> None:
    case = CASES["not registered, servers"]
    model = {**case.machine(), "time_service_start_error": "The service cannot be started"}
    made = apply(case, model, plan(case, model))
    assert (made.state, "The service cannot be started" in made.reason) == ("failed", True)
    del model["time_service_start_error"]
    assert without_journal(model) == without_journal(case.machine())


@pytest.mark.parametrize(
    ("kind", "name", "state", "own"),
    [
        ("time_service", "W32Time", "absent", True),
        ("time_service", "W32Time", "automatic running NTP a.example,0x8", False),
        ("time_service", "Spooler", "absent", False),
        ("service", "W32Time", "manual stopped", True),
        ("service", "W32Time", "absent", False),
        ("service", "Winmgmt", "disabled stopped", False),
        ("registry", rf"{W32TIME}\Parameters|Type", "String NT5DS", True),
        ("registry", rf"{W32TIME}\Parameters|ServiceDll", "String evil.dll", False),
        ("registry", rf"{W32TIME}\Config|MaxAllowedPhaseOffset", "DWord 1", False),
        ("vmware_time_sync", "VMTools", "enabled", False),
    ],
)
def test_only_what_the_fix_could_have_found_is_put_back(kind: str, name: str, state: str, own: bool) -> None:
    assert FIX.owns(Thing(kind, name), state) is own
