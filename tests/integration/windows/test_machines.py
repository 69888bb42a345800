# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every machine file, visited as it is: the facts are those of the file, and so are the verdicts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jmespath
import pytest
from ansible_collections.preflight.azure.tests.doubles.machine_file import MACHINES, load
from ansible_collections.preflight.azure.tests.doubles.session import decoded
from ansible_collections.preflight.azure.tests.integration.windows.machine_doubles import Visited, visit

NAMES = sorted(file.stem for file in MACHINES.glob("*.yml"))
BASELINES = ("current", "2017")

_CIMV2 = r'wmi."root\\cimv2"'
_CURRENT = r'registry."HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"'
#: A fact, where the machine file has it, and how the one is made of the other.
FACTS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("os.name", f"{_CURRENT}.ProductName.String", str),
    ("os.installation_type", f"{_CURRENT}.InstallationType.String", str),
    ("os.revision", f"{_CURRENT}.UBR.DWord", lambda number: number or 0),
    ("os.version", f"{_CIMV2}.Win32_OperatingSystem.Version", str),
    ("os.build", f"{_CIMV2}.Win32_OperatingSystem.Version", lambda version: int(version.split(".")[2])),
    ("os.service_pack", f"{_CIMV2}.Win32_OperatingSystem.ServicePackMajorVersion", int),
    ("os.language", f"{_CIMV2}.Win32_OperatingSystem.OSLanguage", int),
    ("os.hostname", f"{_CIMV2}.Win32_OperatingSystem.CSName", str),
    ("os.edition", f"{_CIMV2}.Win32_OperatingSystem.OperatingSystemSKU", int),
    ("os.powershell_version", "environment.powershell", str),
    ("os.collected_by_bits", "environment.process_bits", int),
    ("hardware.vendor", f"{_CIMV2}.Win32_ComputerSystem.Manufacturer", str),
    ("hardware.bios_uuid", f"{_CIMV2}.Win32_ComputerSystemProduct.UUID", lambda text: text.lower()),
    ("hardware.memory_bytes", f"{_CIMV2}.Win32_ComputerSystem.TotalPhysicalMemory", int),
    ("hardware.processors", f"{_CIMV2}.Win32_ComputerSystem.NumberOfLogicalProcessors", int),
    ("hardware.domain_member", f"{_CIMV2}.Win32_ComputerSystem.PartOfDomain", bool),
    (
        "storage.disks[].name",
        f"{_CIMV2}.Win32_DiskDrive[].Index",
        lambda all: [f"PHYSICALDRIVE{n}" for n in sorted(all)],
    ),
    (
        "storage.volumes[].letter",
        f"{_CIMV2}.Win32_Volume[?DriveType==`3`]",
        lambda volumes: [volume["DriveLetter"] or "" for volume in volumes],
    ),
    (
        "network.host_addresses",
        f"{_CIMV2}.Win32_NetworkAdapterConfiguration[?IPEnabled].IPAddress[]",
        lambda addresses: [address for address in addresses if ":" not in address],
    ),
    ("services.vss.running", "services.VSS.state", lambda state: state == "Running"),
    ("firewall.profiles[].enabled", "firewall.profiles.*.enabled", list),
    ("remote_access.administrators[].sid", 'groups."S-1-5-32-544"[*][0]', list),
    (
        "dotnet.release",
        r'registry."HKLM\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full".Release.DWord',
        lambda number: number or 0,
    ),
)


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Visited]:
    return visit({name: load(name) for name in NAMES}, tmp_path_factory.mktemp("machines"))


@pytest.mark.parametrize("name", NAMES)
def test_machine_file_tells_all_that_was_asked(visited: dict[str, Visited], name: str) -> None:
    assert visited[name].session.unknown == []


@pytest.mark.parametrize("name", NAMES)
def test_machine_sees_one_command_for_each_task_and_is_not_changed(visited: dict[str, Visited], name: str) -> None:
    machine = visited[name]
    assert len(machine.info_commands) == 1
    assert len(machine.audit_commands) == len(machine.model["expect"]["audits"])
    for seen in (*machine.info_commands, *machine.audit_commands):
        assert len(seen.command_line) <= 2000
        assert "Read-Answer" not in (decoded(seen.command_line) or seen.command_line)
    assert machine.session.machine == machine.model


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("fact", "place", "made"), FACTS, ids=[fact for fact, _place, _made in FACTS])
def test_fact_is_what_the_machine_file_says(
    visited: dict[str, Visited], name: str, fact: str, place: str, made: Callable[[Any], Any]
) -> None:
    machine = visited[name]
    assert jmespath.search(fact, machine.info["facts"]) == made(jmespath.search(place, machine.model))


@pytest.mark.parametrize("name", NAMES)
def test_named_facts_are_as_expected_and_no_other_is_unknown(visited: dict[str, Visited], name: str) -> None:
    machine, expected = visited[name], visited[name].model["expect"]
    facts = machine.info["facts"]
    assert {path: jmespath.search(path, facts) for path in expected["facts"]} == expected["facts"]
    assert sorted(machine.info["unknown"]) == sorted(expected.get("unknown", []))


@pytest.mark.parametrize("name", NAMES)
def test_verdict_rests_on_the_expected_findings(visited: dict[str, Visited], name: str) -> None:
    machine = visited[name]
    for asked in machine.model["expect"]["audits"]:
        document = machine.documents[f"{asked['scenario']}.{asked['machine']}"]
        assert document["error"] is None
        for baseline in BASELINES:
            verdict = document["verdicts"][baseline]
            assert [verdict["verdict"], sorted(verdict["because"])] == [
                asked[f"verdict_{baseline}"],
                sorted(asked.get(f"because_{baseline}", [])),
            ], f"{asked['scenario']}, {baseline}"


def test_no_secret_of_a_machine_is_told(visited: dict[str, Visited]) -> None:
    told = str([machine.info for machine in visited.values()]) + str([m.documents for m in visited.values()])
    assert "Pa55" not in told
    assert "[redacted]" in told


def test_every_release_of_windows_has_a_machine() -> None:
    builds = {load(name)["wmi"][r"root\cimv2"]["Win32_OperatingSystem"]["Version"].split(".")[2] for name in NAMES}
    assert builds >= {"7601", "9200", "9600", "14393", "17763", "20348", "26100"}
    assert all(Path(MACHINES / f"{name}.yml").stat().st_size < 20_000 for name in NAMES)
