# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong on a machine costs what hangs on it, is named, and is never taken for an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.preflight.azure.tests.doubles.machine_file import load, merged
from ansible_collections.preflight.azure.tests.integration.windows.machine_doubles import Visited, visit

AUDIT = "vmware_to_azure.source"
_TURKISH = {
    "environment": {"culture": ["tr-TR", "tr-TR"]},
    "wmi": {r"root\cimv2": {"Win32_OperatingSystem": {"OSLanguage": 1055}}},
    "groups": {"S-1-5-32-544": [["S-1-5-21-1-2-3-500", "WinNT://ÇALIŞMAGRUBU/APP01/Yönetici"]]},
}
_CERTIFICATES = [
    {
        "thumbprint": f"{number:040X}",
        "subject": f"CN=Authority {number:05d}, OU=Public Key Infrastructure, O=Example Certificates, C=NL",
        "from": "2015-01-01T00:00:00Z",
        "until": "2035-01-01T00:00:00Z",
    }
    for number in range(10_000)
]


def faulty(pattern: str, ends: str, said: str = "") -> dict[str, Any]:
    """A model with one fault: reads that fit the pattern end so."""
    return {"faults": {pattern: {"ends": ends, "said": said} if said else ends}}


@dataclass(frozen=True)
class Fault:
    """What is changed in a machine where all is well, and what must come of it.

    ``findings`` are the statuses of some findings with a piece of their reason; only facts whose names begin as one of
    ``unknown`` may be unknown, and as one of ``changed`` may differ.
    """

    model: dict[str, Any]
    verdict: str
    findings: dict[str, tuple[str, str]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


FAULTS = {
    "all_well": Fault({}, "ready", {"windows.install_space": ("pass", "")}),
    "key_denied": Fault(
        faulty(r"registry HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System *", "unreadable"),
        "unknown",
        {"windows.token_filter_policy": ("unknown", "could not be read")},
        ("remote_access.token_filter_policy",),
    ),
    "class_denied": Fault(
        faulty(r"wmi root\cimv2 Win32_Volume *", "unreadable"),
        "unknown",
        {"windows.install_space": ("unknown", "could not be read"), "azure_vm.os_disk_size": ("unknown", "")},
        ("storage.",),
    ),
    "wmi_broken": Fault(
        faulty("wmi *", "1", 'Exception calling "ExecQuery" with "3" argument(s): "Generic failure "'),
        "unknown",
        {"windows.release": ("unknown", "Generic failure"), "windows.install_space": ("unknown", "Generic failure")},
        ("os.", "hardware.", "storage.", "network.", "tls.", "updates.", "boot."),
        ("boot.",),
    ),
    "wmi_without_classes": Fault(
        faulty("wmi *", "absent"),
        "unknown",
        {"windows.release": ("unknown", "does not exist"), "azure_vm.os_disk_count": ("unknown", "does not exist")},
        ("os.", "hardware.", "storage.", "network.", "tls.", "updates.", "boot."),
        ("boot.",),
    ),
    "hanging_read": Fault(
        faulty(r"wmi root\cimv2 Win32_DiskDrive *", "timed_out"),
        "unknown",
        {"azure_vm.os_disk_count": ("unknown", "within its time limit"), "windows.install_space": ("pass", "")},
        ("storage.",),
    ),
    "every_read_hangs": Fault(
        faulty("*", "timed_out"),
        "unknown",
        {"windows.release": ("unknown", ""), "windows.push_firewall": ("unknown", "time for all reads was used up")},
        ("",),
        ("",),
    ),
    "wrong_type": Fault(
        {"registry": {r"HKLM\SYSTEM\CurrentControlSet\Control": {"PEFirmwareType": {"String": "2"}}}},
        "unknown",
        {"windows.generation": ("unknown", "expected a number"), "azure_vm.os_disk_size": ("unknown", "")},
        ("boot.",),
    ),
    "services_denied": Fault(
        faulty("services *", "1", "Cannot open Service Control Manager on computer '.'. Access is denied."),
        "unknown",
        {"windows.vmware_tools_running": ("unknown", "Access is denied")},
        ("services.", "vmware_tools.", "drivers.", "boot.missing_drivers", "clock.daemon", "storage.cluster_signs"),
    ),
    "firewall_stopped": Fault(
        {"firewall": "absent"},
        "unknown",
        {"windows.push_firewall": ("unknown", "not running")},
        ("firewall.",),
    ),
    "process_of_32_bits": Fault(
        {"environment": {"process_bits": 32}},
        "unknown",
        {"windows.token_filter_policy": ("unknown", "32-bit process")},
        (
            *("os.name", "os.revision", "os.installation_type", "remote_access.token_filter_policy", "reboot."),
            *("tls.winhttp_tls12", "tls.dotnet_", "dotnet.", "updates.", "proxy.", "outbound.", "storage.encrypted"),
        ),
        ("os.collected_by_bits", "outbound."),
    ),
    "turkish": Fault(_TURKISH, "ready", {}, (), ("os.language", "remote_access.administrators")),
    "clock_years_off": Fault(
        {"clock_offset_seconds": -94_608_000},
        "ready",
        {"windows.clock_15_minutes": ("fail", ""), "windows.clock_5_minutes": ("fail", "")},
        (),
        ("clock.",),
    ),
    "ten_thousand_certificates": Fault(
        {"certificates": {r"LocalMachine\Root": _CERTIFICATES}},
        "ready",
        {"windows.trusted_roots": ("unknown", "cut at its size limit")},
        ("certificates.roots",),
    ),
    "not_elevated": Fault(
        merged({"elevated": False}, faulty(r"wmi root\cimv2\Security\MicrosoftVolumeEncryption *", "unreadable")),
        "unknown",
        {"azure_vm.disk_encryption": ("unknown", "could not be read")},
        ("storage.encrypted",),
    ),
}


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Visited]:
    healthy = load("source_2019")
    return visit(
        {name: merged(healthy, fault.model) for name, fault in FAULTS.items()}, tmp_path_factory.mktemp("faults")
    )


@pytest.mark.parametrize("name", FAULTS)
def test_fault_decides_as_far_as_it_goes(visited: dict[str, Visited], name: str) -> None:
    fault, machine = FAULTS[name], visited[name]
    assert machine.documents[AUDIT]["error"] is None
    assert machine.documents[AUDIT]["verdicts"]["current"]["verdict"] == fault.verdict
    for requirement, (status, reason) in fault.findings.items():
        outcome = machine.finding(AUDIT, requirement)["baselines"]["current"]
        assert outcome["status"] == status, requirement
        assert reason in outcome["reason"]


@pytest.mark.parametrize("name", FAULTS)
def test_all_that_does_not_hang_on_the_fault_stays_known(visited: dict[str, Visited], name: str) -> None:
    fault, machine, healthy = FAULTS[name], visited[name], visited["all_well"]
    for path in machine.info["unknown"]:
        assert path.startswith(fault.unknown), path
    for subject, facts in healthy.info["facts"].items():
        for fact, value in facts.items():
            path = f"{subject}.{fact}"
            if path.startswith(fault.unknown + fault.changed + ("clock.offset", "clock.uncertainty")):
                continue
            assert machine.info["facts"][subject][fact] == value, path


@pytest.mark.parametrize("name", FAULTS)
def test_faulty_machine_sees_one_command_for_each_task_and_is_not_changed(
    visited: dict[str, Visited], name: str
) -> None:
    machine = visited[name]
    assert (len(machine.info_commands), len(machine.audit_commands)) == (1, 1)
    assert machine.session.machine == machine.model
    assert machine.session.unknown == []


def test_fact_that_a_fault_took_is_unknown_for_its_reason(visited: dict[str, Visited]) -> None:
    told = visited["every_read_hangs"].info
    assert "within its time limit" in told["unknown"]["os.version"]
    assert "time for all reads was used up" in told["unknown"]["certificates.roots"]
    assert "32-bit process" in visited["process_of_32_bits"].info["unknown"]["os.name"]


def test_clock_that_is_years_off_is_told_with_its_offset(visited: dict[str, Visited]) -> None:
    offset = visited["clock_years_off"].fact("clock.offset_seconds")
    assert abs(offset + 94_608_000) < 60
