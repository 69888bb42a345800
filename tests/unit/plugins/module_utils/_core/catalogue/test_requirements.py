# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for all of our own requirement files."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import REQUIREMENTS, load
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import BASELINES, SCENARIOS
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.storage_disks import LIMITS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import safeties
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.verdict import verdict
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import (
    healthy,
    judged,
    kinds_of_machines,
    our_catalogue,
)

CATALOGUE = our_catalogue()

#: The rows of the documents that a Linux source machine answers itself in the scenario vmware_to_azure.
ROWS_FROM_VMWARE = {
    *("vmware-tools-installed", "vmware-tools-running", "avm-guest-os-supported", "avm-arch-64bit", "avm-os-disk-size"),
    *("avm-os-disk-count", "avm-data-disk-count", "avm-data-disk-size", "avm-nics", "avm-no-shared-vhd"),
    *("avm-no-fc-disk", "avm-bitlocker-off", "avm-vm-name", "avm-vm-generation", "disk-size-max-1023"),
    *("install-drive-free-2gb", "port-20004-multi-vm", "machine-name-1-63", "machine-name-ends-alnum", "lin-64bit"),
    *("lin-os-rhel", "lin-os-centos", "lin-os-oracle", "lin-os-sles11", "lin-oracle-kernel", "lin-etc-hosts"),
    *("lin-sshd-autostart", "lin-firewall-ssh", "lin-names-english", "lin-mounts-english", "lin-devices-english"),
    *("lin-paths-english", "lin-system-dirs-same-disk", "lin-xfs-no-v5", "lin-lsof"),
}
#: Our scenarios by what the rows call them.
SCENARIOS_OF_ROWS = {
    "vmware-physical-to-azure": ("vmware_to_azure",),
    "hyperv-to-azure": ("hyperv_to_azure",),
    "aws-to-azure": ("aws_to_azure",),
    "azure-to-azure": ("azure_to_azure",),
    "mvmc-to-azure": ("mvmc_to_azure",),
    "all-to-azure": ("vmware_to_azure", "hyperv_to_azure", "vmm_to_azure", "aws_to_azure"),
}
#: Rows about source machines that only Azure's own interface answers, or only Linux.
NOT_FROM_THE_MACHINE = {
    *("a2a-linux-kernel", "a2a-storage-guidance-source", "a2a-ip-source", "a2a-ip-o365", "a2a-ip-asr"),
}
#: Cells of the table of names that say "not required".
NOT_REQUIRED = {"url-mysql-vmm-to-vmm", "url-mysql-vmm-to-azure", "url-mysql-hyperv-to-azure"}
#: What only a comparison of all hosts tells.
OF_MANY_HOSTS = {"hv-provider-same-version"}
#: What no machine can meet today, for Azure takes nothing from the converter any more.
CANNOT_BE_MET = {"mvmc.uploads", "mvmc.source"}


def test_every_row_that_a_linux_source_machine_answers_is_covered() -> None:
    assert not ROWS_FROM_VMWARE - covered("source", "linux", "vmware_to_azure")


def test_every_row_that_a_windows_source_machine_answers_is_covered() -> None:
    missing = [
        (row["id"], scenario)
        for row in table()
        if row["applies_to"].startswith("SRC-WIN") or row["applies_to"] in ("AZVM", "AZVM Windows")
        for scenario in SCENARIOS_OF_ROWS[row["scenario"]]
        if row["id"] not in NOT_FROM_THE_MACHINE and row["id"] not in covered("source", "windows", scenario)
    ]
    assert not missing


@pytest.mark.parametrize(
    ("machine", "scenario", "scenarios_of_rows"),
    [
        ("vmm_server", "vmm_to_azure", ("hyperv-vmm-to-azure", "vmm-to-azure")),
        ("vmm_server", "vmm_to_site", ("vmm-to-vmm",)),
        ("mvmc_machine", "mvmc_to_azure", ("mvmc-to-azure",)),
    ],
)
def test_every_row_that_vmm_or_the_converter_answers_is_covered(
    machine: str, scenario: str, scenarios_of_rows: tuple[str, ...]
) -> None:
    parts = {"vmm_server": {"VMM", "VMM+HVH", "HVH+VMM", "VMM + AZ"}, "mvmc_machine": {"MVMC", "operator"}}[machine]
    wanted = {row["id"] for row in table() if row["applies_to"] in parts and row["scenario"] in scenarios_of_rows}
    assert wanted
    assert not wanted - NOT_REQUIRED - covered(machine, "windows", scenario)


@pytest.mark.parametrize(
    ("scenario", "scenarios_of_rows"),
    [
        ("hyperv_to_azure", ("hyperv-to-azure", "all-to-azure")),
        ("vmm_to_azure", ("hyperv-vmm-to-azure", "vmm-to-azure", "all-to-azure")),
        ("vmm_to_site", ("vmm-to-vmm",)),
    ],
)
def test_every_row_that_a_hyperv_host_answers_is_covered(scenario: str, scenarios_of_rows: tuple[str, ...]) -> None:
    parts = {"HVH", "VMM+HVH", "HVH+VMM", "SRC-WIN/LIN / HVH"}
    wanted = {row["id"] for row in table() if row["applies_to"] in parts and row["scenario"] in scenarios_of_rows}
    assert wanted
    assert not wanted - NOT_REQUIRED - OF_MANY_HOSTS - covered("hyperv_host", "windows", scenario)


def test_every_row_that_the_operator_answers_is_covered() -> None:
    wanted = {row["id"] for row in table() if row["applies_to"] == "operator"}
    assert not wanted - {row for each in CATALOGUE.requirements for row in each.covers}


@pytest.mark.parametrize(
    ("scenario", "scenarios_of_rows"),
    [
        ("vmware_to_azure", ("vmware-physical-to-azure", "vmware-to-azure")),
        ("aws_to_azure", ("aws-to-azure",)),
    ],
)
def test_every_row_that_a_configuration_server_answers_is_covered(
    scenario: str, scenarios_of_rows: tuple[str, ...]
) -> None:
    parts = {"CS", "CS/VSP", "VSP+CS", "SRC-WIN/LIN+CS"}
    wanted = {row["id"] for row in table() if row["applies_to"] in parts and row["scenario"] in scenarios_of_rows}
    assert wanted
    assert not wanted - covered("configuration_server", "windows", scenario)


def covered(machine: str, platform: str, scenario: str) -> set[str]:
    """The rows that requirements for a kind of machine cover in a scenario."""
    return {row for each in select(CATALOGUE, scenario, machine, platform) for row in each.covers}


def table() -> list[dict[str, str]]:
    """The rows of the documents; the test is skipped where they are not at hand."""
    shared = Path(os.environ.get("PREFLIGHT_SHARED", Path(REQUIREMENTS).resolve().parents[5] / "shared"))
    path = shared / "reference" / "requirements.tsv"
    if not path.exists():
        pytest.skip("requirements.tsv is not at hand; set PREFLIGHT_SHARED to the folder that holds reference/")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_rows_exist() -> None:
    assert not {row for each in CATALOGUE.requirements for row in each.covers} - {row["id"] for row in table()}


def test_a_size_told_in_cylinders_is_unknown_near_every_limit_of_disks() -> None:
    found = {
        (each.id, size)
        for each in CATALOGUE.requirements
        if each.machine == "source" and each.platform in ("windows", "any")
        if {"storage.disks", "storage.data_disks", "storage.os_disk_sizes"} & {*each.facts}
        for baseline in each.baselines.values()
        for name, size in baseline.limits.items()
        if name.endswith("_bytes") and isinstance(size, int) and size >= 2**20
    }
    assert found
    assert {size for _identifier, size in found} <= {*LIMITS}, found


def test_ids_are_the_paths() -> None:
    files = {path.relative_to(REQUIREMENTS).with_suffix("") for path in Path(REQUIREMENTS).rglob("*.yml")}
    assert {".".join(path.parts) for path in files} == {each.id for each in CATALOGUE.requirements}


@pytest.mark.parametrize("requirement", [pytest.param(each, id=each.id) for each in CATALOGUE.requirements])
def test_requirement_is_complete(requirement) -> None:  # type: ignore[no-untyped-def]
    assert set(requirement.scenarios) <= set(SCENARIOS)
    assert set(requirement.baselines) == set(BASELINES)
    assert any(baseline.applies for baseline in requirement.baselines.values())
    assert requirement.observed is not None
    assert requirement.facts
    for baseline in requirement.baselines.values():
        assert baseline.standing == "unchanged" or baseline.note
        assert "{" not in baseline.required or not baseline.applies
    for text in (requirement.consequence, requirement.remedy, *(b.required for b in requirement.baselines.values())):
        assert text.endswith((".", ")")), text


def test_only_fixes_that_exist_are_named() -> None:
    assert {each.fix.name for each in CATALOGUE.requirements if each.fix} <= set(safeties())


@pytest.mark.parametrize(("machine", "platform"), kinds_of_machines())
@pytest.mark.parametrize("baseline", BASELINES)
def test_a_healthy_machine_is_ready(machine: str, platform: str, baseline: str) -> None:
    findings = judged(healthy(machine, platform, baseline), machine=machine, platform=platform)
    of_the_converter = {each.id for each in findings} & CANNOT_BE_MET
    found = verdict([each for each in findings if each.id not in CANNOT_BE_MET], baseline)
    assert found.verdict == "ready", found.because
    if of_the_converter and baseline == "current":
        assert set(verdict(findings, baseline).because) == of_the_converter


def test_no_machine_is_ready_for_the_retired_converter() -> None:
    for machine, platform in (("mvmc_machine", "windows"), ("source", "windows"), ("source", "linux")):
        ids = {each.id for each in select(CATALOGUE, "mvmc_to_azure", machine, platform)}
        findings = judged(healthy(machine, platform), machine=machine, platform=platform)
        found = [each for each in findings if each.id in ids]
        assert verdict(found, "current").verdict == "blocked"
        assert verdict(found, "2017").verdict == "ready"


def test_the_catalogue_fits_the_facts_that_are_collected() -> None:
    assert load(DECLARED).requirements
