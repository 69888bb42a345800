# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.firewall_own_rule import RULE
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.firewall_rules import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Change, Thing
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows import (
    cases_firewall_rules as cases,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    apply,
    plan,
    restore,
)

POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
ALL: dict[str, Any] = {"groups": ["file_and_printer_sharing", "wmi", "remote_desktop"]}


def refusal(model: Model, options: dict[str, Any]) -> str:
    planned = plan(Case(FIX, model, options), model)
    assert isinstance(planned, Refusal), planned
    return planned.reason


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        ([], "would be open to everybody"),
        (["0.0.0.0/0"], "is everybody"),
        (["somewhere"], "expected networks"),
        (["fd00::/8"], "only IPv4"),
        (["10.1.2.3/24"], "expected networks"),
    ],
)
def test_sources_are_refused_as_on_linux(sources: list[str], told: str) -> None:
    assert told in refusal(cases.closed("source_2019"), {**cases.MULTI_VM, "sources": sources})


@pytest.mark.parametrize("options", [{"groups": ["wmi"]}, cases.MULTI_VM], ids=["a group", "the own rule"])
def test_rules_that_would_not_count_are_not_made(options: dict[str, Any]) -> None:
    by_policy = cases.closed("source_2012r2")
    assert "group policy lets only its own rules count" in refusal(by_policy, options)
    shut = cases.closed("source_2019")
    shut["firewall"]["profiles"][1]["block_all"] = True
    assert "blocks all incoming connections" in refusal(shut, options)
    port = "135" if "wmi" in options["groups"] else "20004"
    blocked = cases.closed(
        "source_2019", Block={"ports": port, "action": 0, "profiles": 1, "remote": "192.0.2.0/255.255.255.0"}
    )
    assert f"a rule that blocks TCP {port} wins" in refusal(blocked, options)
    policy = cases.closed("source_2019")
    policy["registry"][POLICY] = {}
    text = f"v2.10|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort={port}|"
    policy["registry"][rf"{POLICY}\FirewallRules"] = {"{1}": {"String": text}}
    for profile in ("Domain", "Private", "Standard", "Public"):
        policy["registry"][rf"{POLICY}\{profile}Profile"] = "absent"
    assert f"a rule that blocks TCP {port} wins" in refusal(policy, options)


def test_stopped_firewall_is_told() -> None:
    model = {**cases.closed("source_2019"), "firewall": "absent"}
    assert "is its service MpsSvc running" in refusal(model, ALL)


def test_policy_from_elsewhere_is_told() -> None:
    model = cases.closed("source_2019")
    model["firewall"]["policy"]["modify_state"] = 1
    assert "a policy overrides the rules of the machine" in refusal(model, ALL)


def test_public_profile_must_be_named_for_sharing_and_wmi_only() -> None:
    model = cases.in_profile(cases.closed("source_2019"), 4)
    for group in ("file_and_printer_sharing", "wmi"):
        assert "it is the public profile that is active" in refusal(model, {"groups": [group]})
    assert isinstance(plan(Case(FIX, model, {"groups": ["remote_desktop"]}), model), Plan)
    assert isinstance(plan(Case(FIX, model, cases.MULTI_VM), model), Plan)


def test_what_settings_ask_for_does_not_hinder_the_rest() -> None:
    model = cases.in_profile(cases.closed("source_2019"), 4)
    planned = plan(Case(FIX, model), model)
    assert isinstance(planned, Plan)
    assert [change.thing.name for change in planned.changes] == [cases.DESKTOP]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (None, "the group has no rule for TCP 445"),
        ({"remote": "LocalSubnet"}, "is for LocalSubnet only"),
        ({"remote": "10.1.1.1", "enabled": True}, "lets only 10.1.1.1 in"),
        ({"application": r"C:\x.exe"}, "no rule for TCP 445"),
        ({"service": "a|b"}, "a bar or a semicolon"),
    ],
)
def test_group_that_somebody_changed_is_refused(change: dict[str, Any] | None, told: str) -> None:
    rule = {"group": cases.SHARING, "enabled": False, "ports": "445", "profiles": 7}
    model = cases.closed("source_2019", **{cases.SMB: None if change is None else {**rule, **change}})
    assert told in refusal(model, {"groups": ["file_and_printer_sharing"]})


def test_other_port_of_remote_desktop_is_refused() -> None:
    model = cases.closed("source_2019")
    model["registry"][r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp"]["PortNumber"] = {
        "DWord": 3390
    }
    assert "no rule for TCP 3390" in refusal(model, {"groups": ["remote_desktop"]})


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": False, "remote": "10.1.2.0/255.255.255.0"},
        {"group": "", "remote": "10.9.0.0/255.255.0.0"},
        {"remote": "10.9.0.0/255.255.0.0", "application": r"C:\agent.exe"},
        {"remote": "10.9.0.1-10.9.0.8"},
    ],
)
def test_rule_of_our_name_that_is_not_ours_is_not_touched(change: dict[str, Any]) -> None:
    model = cases.closed("source_2019", **{RULE.name: {**cases.OWN, "profiles": 1, **change}})
    assert "not as this collection makes it" in refusal(model, cases.MULTI_VM)


def test_several_rules_of_our_name_are_not_touched() -> None:
    own = {**cases.OWN, "profiles": 1, "remote": "10.9.0.0/255.255.0.0"}
    model = cases.closed("source_2019", **{RULE.name: own, "other": {**own, "name": RULE.name, "direction": 2}})
    assert "several rules of this name: 2" in refusal(model, cases.MULTI_VM)


@pytest.mark.parametrize(
    ("thing", "state", "owned"),
    [
        (RULE, "absent", True),
        (RULE, cases.OWN_STATE.format(3, "10.1.2.0/24"), True),
        (RULE, cases.OWN_STATE.format(3, "0.0.0.0/0"), False),
        (RULE, cases.OWN_STATE.format(3, "*"), False),
        (RULE, cases.OWN_STATE.format(3, "10.1.2.3/24"), False),
        (RULE, cases.OWN_STATE.format(3, "10.1.2.0/24").replace("20004", "445"), False),
        (RULE, cases.OWN_STATE.format(8, "10.1.2.0/24"), False),
        (Thing("firewall_rule", "Other"), "absent", False),
        (Thing("firewall_group", cases.SHARING), "6|445|*|System||1|7|off", True),
        (Thing("firewall_group", cases.SHARING), "absent", False),
        (Thing("firewall_group", cases.SHARING), "6|445", False),
        (Thing("firewall_group", "@FirewallAPI.dll,-30267"), "6|5985|*|System||1|7|off", False),
        (Thing("registry", r"HKLM\SOFTWARE|x"), "absent", False),
    ],
)
def test_only_own_things_are_put_back(thing: Thing, state: str, owned: bool) -> None:
    assert FIX.owns(thing, state) is owned


@pytest.mark.parametrize(
    ("before", "after", "made"),
    [
        ("6|445|*|System||1|7|off", "6|445|*|System||1|1|on", True),
        ("6|445|*|System||1|2|on", "6|445|*|System||1|3|on", True),
        ("6|445|*|System||1|7|on", "6|445|*|System||1|7|off", False),
        ("6|445|*|System||1|7|on", "6|445|*|System||1|1|on", False),
        ("6|RPC|*|spoolsv.exe|Spooler|1|7|off", "6|RPC|*|spoolsv.exe|Spooler|1|7|on", False),
        ("6|445|*|System||1|7|off", "6|139|*|System||1|7|on", False),
        ("6|445|*|System||1|7|off", "6|139|*|System||1|7|on;6|445|*|System||1|7|off", False),
    ],
)
def test_record_of_what_the_fix_never_does_is_not_believed(before: str, after: str, made: bool) -> None:
    assert FIX.makes(Change(Thing("firewall_group", cases.SHARING), before, after)) is made


def test_forged_record_opens_nothing() -> None:
    case = cases.CASES["2019"]
    model = case.machine()
    apply(case, model, plan(case, model))
    (name,) = model["journal"]
    forged = [
        line.replace("spoolsv.exe|Spooler|1|7|off", "spoolsv.exe|Spooler|1|7|on", 1) for line in model["journal"][name]
    ]
    assert forged != model["journal"][name]
    model["journal"][name] = forged
    before = copy.deepcopy(model)
    (refused,) = restore(model, force=True)
    assert (refused.state, model) == ("refused", before)
    assert "somebody else wrote this record" in refused.reason


def test_forced_restore_opens_no_rule_that_the_record_calls_open_before_and_after() -> None:
    case = cases.CASES["2019"]
    model = case.machine()
    apply(case, model, plan(case, model))
    (name,) = model["journal"]
    model["journal"][name] = [
        line.replace("spoolsv.exe|Spooler|1|7|off", "spoolsv.exe|Spooler|1|7|on") for line in model["journal"][name]
    ]
    rules = copy.deepcopy(model["firewall"]["rules"])
    (told,) = restore(model, force=True)
    assert "restore only closes" in told.reason
    assert told.state == "failed"
    on = {key for key, rule in model["firewall"]["rules"].items() if rule.get("enabled", True)}
    assert on <= {key for key, rule in rules.items() if rule.get("enabled", True)}
