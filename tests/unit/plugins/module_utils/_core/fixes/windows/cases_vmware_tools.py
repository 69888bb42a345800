# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machines of VMware whose tools do not run, or will not after the next start."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.vmware_tools import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)


def virtual_machine(tools: Any, maker: str = "VMware, Inc.") -> dict[str, Any]:
    """Return a virtual machine with the service of its tools."""
    hardware = {
        "Win32_ComputerSystem": {
            "Manufacturer": maker,
            "Model": "Virtual Machine",
            "TotalPhysicalMemory": 8589332480,
            "NumberOfLogicalProcessors": 4,
            "PartOfDomain": False,
            "Domain": "WORKGROUP",
        },
        "Win32_ComputerSystemProduct": {"Vendor": maker, "Name": "Virtual Machine", "UUID": "4C4F1D56"},
        "Win32_BIOS": {"Manufacturer": "Phoenix", "SMBIOSBIOSVersion": "6.00", "Version": "INTEL"},
    }
    registry = {r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI": {}}
    return machine(services={"VMTools": tools}, wmi={r"root\cimv2": hardware}, registry=registry)


CASES = {
    "stopped": Case(FIX, virtual_machine({"state": "Stopped", "start": 2})),
    "delayed": Case(FIX, virtual_machine({"state": "Stopped", "start": 2, "delayed": 1})),
    "runs until the next start": Case(FIX, virtual_machine({"state": "Running", "start": 3})),
    "disabled": Case(FIX, virtual_machine({"state": "Stopped", "start": 4})),
}
