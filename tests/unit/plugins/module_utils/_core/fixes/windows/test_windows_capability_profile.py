# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.capability_profile import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows import (
    cases_capability_profile as cases,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    plan,
    restore,
    without_journal,
)

CASES, GOLD, SILVER, cloud, vmm = cases.CASES, cases.GOLD, cases.SILVER, cases.cloud, cases.vmm
_CLOUDS = "Get-SCCloud -VMMServer localhost"


def _planned(model: dict[str, Any], **options: Any) -> Any:
    return plan(Case(FIX, model, options), model)


def _clouds(model: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = model["modules"]["virtualmachinemanager"][_CLOUDS]
    return found


def test_profile_is_added_to_those_that_lack_it_and_others_stay() -> None:
    case = CASES["other profiles, and an identity in capitals"]
    model = case.machine()
    planned = plan(case, model)
    assert isinstance(planned, Plan)
    assert planned.before == {
        f"cloud_capability {GOLD}|Hyper-V": "absent",
        f"cloud_capability {SILVER}|Hyper-V": "absent",
        "clouds": {GOLD: "Gold", SILVER: 'Büro | "Süd"'},
    }
    assert apply(case, model, planned).state == "applied"
    profiles = [each["CapabilityProfiles.Name"] for each in _clouds(model)]
    assert profiles == [["ESX Server", "hyper-v", "Hyper-V"], ["Klein, schnell", "Hyper-V"]]


def test_clouds_that_are_not_named_stay_as_they_are() -> None:
    case = CASES["only the one that is named"]
    model = case.machine()
    apply(case, model, plan(case, model))
    assert [each["CapabilityProfiles.Name"] for each in _clouds(model)] == [[], ["Hyper-V"]]


def test_nothing_is_done_where_all_have_it() -> None:
    assert isinstance(_planned(vmm(cloud("Gold", GOLD, "Hyper-V"))), Unchanged)
    assert isinstance(_planned(vmm()), Unchanged)


@pytest.mark.parametrize(
    ("model", "options", "told"),
    [
        (vmm(cloud("Gold", GOLD)), {"clouds": ["Bronze"]}, "('Gold'), found 'Bronze'"),
        (vmm(cloud("Gold", "7")), {}, "has no identity that is known"),
    ],
)
def test_what_cannot_be_done_is_refused(model: dict[str, Any], options: dict[str, Any], told: str) -> None:
    refused = _planned(model, **options)
    assert isinstance(refused, Refusal)
    assert told in refused.reason


@pytest.mark.parametrize(
    ("module", "told"), [("absent", "install VMM's console"), ({_CLOUDS: "You cannot access VMM"}, "vmm.clouds")]
)
def test_clouds_that_cannot_be_read_are_refused(module: Any, told: str) -> None:
    model = vmm()
    model["modules"]["virtualmachinemanager"] = module
    if module != "absent":
        module["Get-SCVMHost -VMMServer localhost"] = []
    refused = _planned(model)
    assert isinstance(refused, Refusal)
    assert told in refused.reason


def test_vmm_without_the_profile_is_told_and_nothing_is_done() -> None:
    model = vmm(cloud("Gold", GOLD), **{"Get-SCCapabilityProfile -VMMServer localhost": [{"Name": "ESX Server"}]})
    case = Case(FIX, model)
    failed = apply(case, model, plan(case, model))
    assert failed.state == "failed"
    assert "expected one capability profile Hyper-V" in failed.reason
    assert without_journal(model) == without_journal(
        vmm(cloud("Gold", GOLD), **{"Get-SCCapabilityProfile -VMMServer localhost": [{"Name": "ESX Server"}]})
    )


def test_restore_tells_what_vmm_does_not_take_away() -> None:
    case = CASES["one cloud of two"]
    model = case.machine()
    apply(case, model, plan(case, model))
    _clouds(model)[1]["used_profiles"] = ["Hyper-V"]
    (failed,) = restore(model)
    assert (failed.state, "while virtual machines use it" in failed.reason) == ("failed", True)
    del _clouds(model)[1]["used_profiles"]
    assert [each.state for each in restore(model)] == ["restored"]


def test_restore_refuses_where_the_cloud_is_gone() -> None:
    case = CASES["one cloud of two"]
    model = case.machine()
    apply(case, model, plan(case, model))
    del _clouds(model)[1]
    (refused,) = restore(model)
    assert (refused.state, '"no cloud"' in refused.reason) == ("refused", True)


@pytest.mark.parametrize(
    ("thing", "state"),
    [
        (Thing("cloud_capability", f"{GOLD}|Hyper-V"), "present"),
        (Thing("cloud_capability", f"{GOLD}|ESX Server"), "absent"),
        (Thing("cloud_capability", "Gold|Hyper-V"), "absent"),
        (Thing("cloud_capability", f"{GOLD}'; x|Hyper-V"), "absent"),
        (Thing("account", f"{GOLD}|Hyper-V"), "absent"),
    ],
)
def test_what_the_fix_never_makes_is_not_its_own(thing: Thing, state: str) -> None:
    assert not FIX.owns(thing, state)
