# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that take no connections of Remote Desktop."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.remote_desktop import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)

SERVER = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"


def closed(own: Any, *, service: Any = None, policy: Any = "absent", authentication: int = 1) -> dict[str, Any]:
    """Return a machine with this value, these states of the service and its helper, and what group policy says."""
    helper = {"state": "Running" if service is None else "Stopped", "start": 3}
    return machine(
        registry={
            SERVER: {"fDenyTSConnections": own} if own else {},
            rf"{SERVER}\WinStations\RDP-Tcp": {
                "PortNumber": {"DWord": 3389},
                "UserAuthentication": {"DWord": authentication},
            },
            POLICY: policy,
        },
        services={
            "TermService": service or {"state": "Running", "start": 3, "used_by": "UmRdpService"},
            "UmRdpService": helper,
        },
    )


CASES = {
    "denied": Case(FIX, closed({"DWord": 1})),
    "2008 R2, without network level authentication": Case(FIX, closed({"DWord": 1}, authentication=0)),
    "service disabled, value of the wrong type": Case(
        FIX, closed({"String": "0"}, service={"state": "Stopped", "start": 4, "used_by": "UmRdpService"})
    ),
    "half done": Case(FIX, closed({"DWord": 0}, service={"state": "Stopped", "start": 2, "used_by": "UmRdpService"})),
    "never set": Case(FIX, closed(None, policy={"fSingleSessionPerUser": {"DWord": 1}})),
}
