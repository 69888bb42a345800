# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines without an account for the push installation."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.push_account import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)

SID = "S-1-5-21-1111111111-222222222-3333333333"
GROUP = "S-1-5-32-544"
PASSWORD = "Tr0ub4dor & 3 horses"
MARK = "Made by preflight.azure, whose restore deletes it: "


def server(kind: int = 3, **parts: Any) -> dict[str, Any]:
    """Return a machine with its first account and group; kind 2 is a domain controller."""
    first = {"sid": f"{SID}-500", "password_expires": False}
    system = {
        **{"Version": "6.1.7601", "ProductType": kind, "ServicePackMajorVersion": 1, "OSLanguage": 1031},
        **{"CSName": "MACHINE", "SystemDrive": "C:", "OperatingSystemSKU": 7},
    }
    whole: dict[str, Any] = {
        "wmi": {r"root\cimv2": {"Win32_OperatingSystem": system}},
        "accounts": {"Administrator": first},
        "groups": {GROUP: [[f"{SID}-500", "WinNT://WORKGROUP/MACHINE/Administrator"]]},
    }
    return machine(**{**whole, **parts})


HALF_DONE = {
    "Administrator": {"sid": f"{SID}-500", "password_expires": False},
    "preflight-push": {"sid": f"{SID}-1009", "password_expires": False, "description": f"{MARK}{SID}-1009"},
}

CASES = {
    "no account": Case(FIX, server(), {"account_password": PASSWORD}),
    "a name and a password that are not English": Case(
        FIX,
        server(
            accounts={
                "Administrator": {"sid": f"{SID}-500"},
                "Jürgen Groß": {"sid": f"{SID}-1003", "enabled": False, "description": "Büro"},
            },
            groups={GROUP: [[f"{SID}-500", "WinNT://X/Y/Administrator"], [f"{SID}-1003", "WinNT://X/Y/Jürgen Groß"]]},
        ),
        {"account_name": "Über Nacht", "account_password": "Größe 'O\"8, Straße"},
    ),
    "a machine of the setting's account": Case(
        FIX, server(), {"account_password": PASSWORD}, {"push_account": "asr-push"}
    ),
    "no member in the group": Case(FIX, server(groups={GROUP: []}), {"account_password": PASSWORD}),
}
