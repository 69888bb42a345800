# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import CatalogueError
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.select import (
    facts_needed,
    scenarios_of,
    select,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import our_catalogue

CATALOGUE = our_catalogue()


def ids(**choice: object) -> list[str]:
    arguments = {"scenario": "vmware_to_azure", "machine": "source", "platform": "linux", **choice}
    return [each.id for each in select(CATALOGUE, **arguments)]  # type: ignore[arg-type]


def test_a_scenario_has_its_requirements_in_the_order_of_ids() -> None:
    found = ids()
    assert found == sorted(found)
    assert "linux.lsof" in found
    assert "azure_vm.disk_count_hyperv" not in found


def test_another_scenario_has_the_shared_ones() -> None:
    assert "azure_vm.os_disk_size" in ids(scenario="hyperv_to_azure")
    assert "linux.lsof" not in ids(scenario="hyperv_to_azure")


@pytest.mark.parametrize("choice", [{"machine": "azure_target"}, {"scope": "fleet"}])
def test_what_does_not_fit_is_left_out(choice: dict[str, str]) -> None:
    assert ids(**choice) == []


def test_one_for_any_platform_has_the_evidence_of_the_machine() -> None:
    windows, linux = ids(platform="windows"), ids()
    assert not [each for each in windows if each.startswith("linux.")]
    assert "azure_vm.os_disk_size" in {*windows} & {*linux}
    (found,) = select(CATALOGUE, "vmware_to_azure", "source", "windows", ["azure_vm.os_disk_size"])
    assert any("Win32_DiskDrive" in read for read in found.evidence)


def test_ids_and_patterns_narrow_the_choice() -> None:
    assert ids(only=["linux.lsof", "linux.clock_*"]) == [
        "linux.clock_15_minutes",
        "linux.clock_5_minutes",
        "linux.lsof",
    ]
    assert all(each.startswith("azure_vm.") for each in ids(only=["azure_vm.*"]))


def test_aliases_are_names_too() -> None:
    (lsof,) = select(CATALOGUE, "vmware_to_azure", "source", "linux", ["linux.lsof"])
    first = dataclasses.replace(lsof, aliases=("azure_vm.bitness",))
    catalogue = dataclasses.replace(CATALOGUE, requirements=(first,))
    (found,) = select(catalogue, "vmware_to_azure", "source", "linux", ["azure_vm.bitness"])
    assert found is first


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"scenario": "vmware"}, "scenario: expected one of vmware_to_azure, hyperv_to_azure"),
        ({"machine": "sources"}, "machine: expected one of source, configuration_server"),
        ({"platform": "bsd"}, "platform: expected one of linux, windows, any, found 'bsd'"),
        ({"only": ["linux.lsoff"]}, "requirement linux.lsoff: there is none of that name; did you mean linux.lsof"),
        ({"only": ["zzz"]}, "known groups: azure_vm.*, "),
    ],
)
def test_unknown_words_are_explained(choice: dict[str, object], expected: str) -> None:
    with pytest.raises(CatalogueError) as error:
        ids(**choice)
    assert expected in str(error.value)


def test_only_the_facts_that_are_looked_at_are_needed() -> None:
    chosen = select(CATALOGUE, "vmware_to_azure", "source", "linux", ["linux.lsof", "azure_vm.data_disk_size"])
    assert facts_needed(chosen) == {"commands.lsof", "os.id", "os.major", "storage.data_disks"}


def test_scenarios_of_a_part_are_those_with_requirements_for_it() -> None:
    assert scenarios_of(CATALOGUE, "vmm_server", "windows") == ("vmm_to_azure", "vmm_to_site")
    assert scenarios_of(CATALOGUE, "vmm_server", "linux") == ()
    assert "vmware_to_azure" in scenarios_of(CATALOGUE, "source", "linux")
