# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VMM servers with clouds that lack the capability profile of Hyper-V."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.capability_profile import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)

GOLD = "5d2c7e10-4f3a-4b8e-9c61-a7d0e5b3f294"
SILVER = "6e3d8f21-5a4b-4c9f-8d72-b8e1f6c40a35"


def vmm(*clouds: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a VMM server with these clouds."""
    lines = {"Get-SCCloud -VMMServer localhost": list(clouds), "Get-SCVMHost -VMMServer localhost": [], **more}
    service = {"SCVMMService": {"state": "Running", "start": 2, "account": "LocalSystem"}}
    return machine(services=service, modules={"virtualmachinemanager": lines})


def cloud(name: str, identity: str, *profiles: str, **more: Any) -> dict[str, Any]:
    """Return a cloud with these capability profiles."""
    return {"Name": name, "ID": identity, "HostGroup.Path": [], "CapabilityProfiles.Name": list(profiles), **more}


CASES = {
    "one cloud of two": Case(FIX, vmm(cloud("Gold", GOLD, "Hyper-V"), cloud("Silver", SILVER))),
    "other profiles, and an identity in capitals": Case(
        FIX, vmm(cloud("Gold", GOLD.upper(), "ESX Server", "hyper-v"), cloud('Büro | "Süd"', SILVER, "Klein, schnell"))
    ),
    "only the one that is named": Case(FIX, vmm(cloud("Gold", GOLD), cloud("Silver", SILVER)), {"clouds": ["Silver"]}),
}
