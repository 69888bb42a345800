# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import firewall
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.firewall_own_rule import RULE
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.firewall_rules import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.tests.doubles import states
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows import (
    cases_firewall_rules as cases,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    apply,
    plan,
    visit,
)

ALL: dict[str, Any] = {"groups": ["file_and_printer_sharing", "wmi", "remote_desktop"]}


def facts(model: Model) -> dict[str, Any]:
    reads = dict.fromkeys(read for fact in firewall.SUBJECT.facts for read in fact.reads)
    found = assemble(visit(model, compose_windows(list(reads), Limits())), [firewall.SUBJECT]).tree["firewall"]
    assert isinstance(found, dict)
    return found


def repaired(model: Model, options: dict[str, Any]) -> Model:
    case = Case(FIX, model, options)
    changed = case.machine()
    assert apply(case, changed, plan(case, changed)).state == "applied"
    return changed


@pytest.mark.parametrize("name", ["source_2008r2_german", "source_2012", "source_2019"])
@pytest.mark.parametrize("translated", [cases.german, copy.deepcopy], ids=["German names", "English names"])
def test_audit_finds_everything_let_in_afterwards(name: str, translated: Any) -> None:
    model = translated(cases.closed(name))
    before = facts(model)
    assert before["file_and_printer_sharing_allowed"] is before["wmi_allowed"] is False
    assert before["remote_desktop_allowed_in_public"] is before["multi_vm_allowed_now"] is False
    after = facts(repaired(model, {"groups": [*ALL["groups"], "multi_vm"], "sources": ["10.1.2.0/24"]}))
    assert after["file_and_printer_sharing_allowed"] is after["wmi_allowed"] is True
    assert after["remote_desktop_allowed"] is after["remote_desktop_allowed_in_public"] is True
    assert after["multi_vm_allowed_now"] is after["multi_vm_allowed_after_reboot"] is True
    assert after["multi_vm_sources"] == ["10.1.2.0/255.255.255.0"]


def test_names_make_no_difference() -> None:
    one, other = cases.closed("source_2008r2_german"), cases.german(cases.closed("source_2008r2_german"))
    for group in (cases.SHARING, cases.WMI, cases.DESKTOP):
        ends = {states.get(repaired(model, ALL), "firewall_group", group) for model in (one, other)}
        assert len(ends) == 1


def test_only_what_is_needed_is_switched_on_and_only_in_the_active_profile() -> None:
    rules = repaired(cases.closed("source_2019"), ALL)["firewall"]["rules"]
    groups = (cases.SHARING, cases.WMI, cases.DESKTOP)
    assert {name: rule["profiles"] for name, rule in rules.items() if rule["group"] in groups and rule["enabled"]} == {
        cases.SMB: 1,
        "File and Printer Sharing (NB-Session-In)": 1,
        "NB-Name": 1,
        "Windows Management Instrumentation (DCOM-In)": 1,
        "Windows Management Instrumentation (WMI-In)": 1,
        # A network in Azure is public at first.
        "Remote Desktop - User Mode (TCP-In)": 5,
    }


def test_rule_that_is_on_elsewhere_keeps_its_profiles() -> None:
    case = cases.CASES["a rule that is on elsewhere"]
    model = case.machine()
    assert apply(case, model, plan(case, model)).state == "applied"
    assert model["firewall"]["rules"][cases.SMB]["profiles"] == 3


def test_of_rules_for_one_thing_the_one_without_a_limit_is_taken() -> None:
    case = cases.CASES["several rules of one name"]
    model = case.machine()
    assert apply(case, model, plan(case, model)).state == "applied"
    rules = model["firewall"]["rules"]
    limited, free = rules["Windows Management Instrumentation (WMI-In)"], rules["WMI 2"]
    assert (limited["enabled"], free["enabled"]) == (False, True)
    assert (rules["Remote Desktop - User Mode (TCP-In)"]["profiles"], rules["Remote Desktop 2"]["enabled"]) == (3, True)


def test_all_profiles_stay_all_profiles() -> None:
    anywhere = {
        "group": cases.SHARING,
        "enabled": False,
        "ports": "445",
        "application": "System",
        "profiles": 2147483647,
    }
    model = cases.closed("source_2019", **{cases.SMB: anywhere})
    options = {"groups": ["file_and_printer_sharing"], "profiles": ["domain", "private", "public"]}
    assert repaired(model, options)["firewall"]["rules"][cases.SMB]["profiles"] == 2147483647


def test_own_rule_is_for_the_networks_and_profiles_only() -> None:
    model = repaired(
        cases.in_profile(cases.closed("source_2019"), 2),
        {**cases.MULTI_VM, "sources": ["10.1.2.0/25", "10.1.2.128/25"]},
    )
    assert states.get(model, *_words(RULE)) == cases.OWN_STATE.format(2, "10.1.2.0/24")


def test_own_rule_keeps_the_networks_that_it_had() -> None:
    case = cases.CASES["multi-VM consistency, other networks before"]
    model = case.machine()
    assert apply(case, model, plan(case, model)).state == "applied"
    assert states.get(model, *_words(RULE)) == cases.OWN_STATE.format(1, "10.1.2.0/24,10.1.3.17/32,10.9.0.0/16")


@pytest.mark.parametrize(
    ("rule", "sources"),
    [
        ({"ports": "20000-20010", "profiles": 1}, []),
        ({"ports": "20004", "profiles": 1, "remote": "10.1.0.0/255.255.0.0"}, ["10.1.2.0/24"]),
        ({"ports": "20004", "profiles": 1, "remote": "10.9.0.0/255.255.0.0"}, []),
    ],
)
def test_port_that_is_let_in_already_is_left_alone(rule: dict[str, Any], sources: list[str]) -> None:
    model = cases.closed("source_2019", Replication=rule)
    assert isinstance(plan(Case(FIX, model, {**cases.MULTI_VM, "sources": [*sources]}), model), Unchanged)


def _words(thing: Thing) -> tuple[str, str]:
    return thing.kind, thing.name


def test_group_that_another_rule_lets_in_is_left_alone() -> None:
    model = cases.closed("source_2019", Freigabe={"ports": "445", "profiles": 1})
    assert isinstance(plan(Case(FIX, model, {"groups": ["file_and_printer_sharing"]}), model), Unchanged)


def test_firewall_that_is_off_needs_nothing() -> None:
    model = cases.closed("source_2019")
    for profile in model["firewall"]["profiles"].values():
        profile["enabled"] = False
    planned = plan(Case(FIX, model, ALL), model)
    assert isinstance(planned, Unchanged)
    assert "off in the profile domain and private and public" in planned.reason


def test_people_are_told_rule_by_rule() -> None:
    model = cases.closed("source_2008r2_german")
    planned = plan(Case(FIX, model, {"groups": ["remote_desktop"]}), model)
    assert isinstance(planned, Plan)
    assert isinstance(planned.after, dict)
    assert "6|3389|*|System||1|5|on" in planned.after[f"firewall_group {cases.DESKTOP}"]  # type: ignore[operator]


def test_one_run_may_use_a_fix_twice_for_different_things() -> None:
    model = cases.closed("source_2019")
    for sources in (["10.1.2.0/24"], ["192.0.2.0/24"]):
        case = Case(FIX, model, {**cases.MULTI_VM, "sources": sources})
        planned = plan(case, model)
        assert apply(case, model, planned, "one-run").state == "applied"
        assert apply(case, model, planned, "one-run").state == "already_done"
        assert isinstance(plan(case, model), Unchanged)
    assert sorted(model["journal"]) == [f"00000{number}.firewall_rules.one-run.record" for number in (1, 2)]
