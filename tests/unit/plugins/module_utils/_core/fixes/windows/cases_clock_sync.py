# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines whose clock nothing keeps."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.clock_sync import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)

W32TIME = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\W32Time"
_CONFIG = {
    "MaxAllowedPhaseOffset": 300,
    "PhaseCorrectRate": 1,
    "UpdateInterval": 30000,
    "MaxPosPhaseCorrection": 54000,
    "MaxNegPhaseCorrection": 54000,
}


def clock(
    service: Any = None,
    *,
    kind: Any = "NTP",
    servers: str = "time.windows.com,0x9",
    member: bool = False,
    client: int = 1,
    policy: Any = None,
    **more: Any,
) -> dict[str, Any]:
    """Return a machine with this service and source; ``policy`` are values of group policy by key."""
    computer = {
        "Manufacturer": "Dell Inc.",
        "Model": "PowerEdge",
        "TotalPhysicalMemory": 8589332480,
        "NumberOfLogicalProcessors": 4,
        "PartOfDomain": member,
        "Domain": "corp.example.com" if member else "WORKGROUP",
    }
    hardware = {
        "Win32_ComputerSystem": computer,
        "Win32_ComputerSystemProduct": {"Vendor": "Dell Inc.", "Name": "PowerEdge", "UUID": "4C4F1D56"},
        "Win32_BIOS": {"Manufacturer": "Dell Inc.", "SMBIOSBIOSVersion": "1.0", "Version": "DELL"},
    }
    settings: dict[str, Any] = {
        "Parameters": {"NtpServer": {"String": servers}, "Type": {"String": kind} if isinstance(kind, str) else kind},
        "Config": {name: {"DWord": number} for name, number in _CONFIG.items()},
        r"TimeProviders\NtpClient": {"Enabled": {"DWord": client}},
        r"TimeProviders\VMICTimeProvider": {"Enabled": {"DWord": 1}},
    }
    registry: dict[str, Any] = {
        rf"{W32TIME}\{below}": "absent" if service == "absent" else values for below, values in settings.items()
    }
    registry |= {rf"{POLICY}\{below}": values for below, values in (policy or {}).items()}
    registry |= more.pop("registry", {})
    registry[r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI"] = {}
    return machine(
        registry=registry,
        services={"W32Time": service or {"state": "Stopped", "start": 3}, **more.pop("services", {})},
        wmi={r"root\cimv2": hardware},
        **more,
    )


CASES = {
    "stopped": Case(FIX, clock()),
    "disabled, in a domain, told to follow nothing": Case(
        FIX, clock({"state": "Stopped", "start": 4}, kind="NoSync", member=True, client=0)
    ),
    "servers, type of the wrong type": Case(
        FIX,
        clock({"state": "Running", "start": 3}, kind={"ExpandString": "NT5DS"}),
        {"servers": ["ntp1.example.com", "192.0.2.123"]},
    ),
    "only these servers": Case(
        FIX, clock({"state": "Running", "start": 2}), {"servers": ["ntp1.example.com"], "replace": True}
    ),
    "not registered, in a domain": Case(FIX, clock("absent", member=True)),
    "not registered, servers": Case(FIX, clock("absent"), {"servers": ["ntp1.example.com"]}),
    "2008 R2, two minutes off": Case(FIX, clock(clock_offset_seconds=-120)),
    "an hour off, a step allowed": Case(FIX, clock(clock_offset_seconds=3600), {"step": True}),
}
