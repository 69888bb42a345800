# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines with an old PowerShell, and the file of a newer one."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.powershell_runtime import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_hotfix import (
    options,
    with_file,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
)

PATHS = {
    "6.1.7601": r"C:\install\Win7AndW2K8R2-KB3191566-x64.msu",
    "6.3.9600": r"C:\install\Win8.1AndW2K12R2-KB3191564-x64.msu",
}
PACKAGES = {
    "6.1.7601": "Microsoft-Windows-WinMan-WinIP-Package-TopLevel~31bf3856ad364e35~amd64~~7.3.7601.16384",
    "6.3.9600": "Package_for_KB3191564~31bf3856ad364e35~amd64~~6.3.1.2",
}
_DOTNET = r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP"
_POWERSHELL = r"HKLM\SOFTWARE\Microsoft\PowerShell"


def windows(version: str, powershell: str, release: int, registry: dict[str, Any] | None = None, **more: Any) -> Model:
    """Return a Windows with these versions of PowerShell and .NET."""
    engine = {"PowerShellVersion": {"String": powershell}}
    newer = not powershell.startswith("2.")
    keys = {
        rf"{_POWERSHELL}\3": {} if newer else "absent",
        rf"{_POWERSHELL}\3\PowerShellEngine": engine if newer else "absent",
        rf"{_POWERSHELL}\1\PowerShellEngine": {"PowerShellVersion": {"String": "2.0"}},
        rf"{_DOTNET}\v4\Full": {"Release": {"DWord": release}, "Version": {"String": "4"}} if release else "absent",
        **(registry or {}),
    }
    system = {
        "Version": version,
        "ProductType": 3,
        "ServicePackMajorVersion": more.pop("service_pack", 1 if version.startswith("6.1.") else 0),
        "OSLanguage": 1033,
        "CSName": "SERVER",
        "SystemDrive": "C:",
        "OperatingSystemSKU": 7,
    }
    holds = {"package": PACKAGES.get(version, PACKAGES["6.3.9600"]), **more.pop("holds", {})}
    path = PATHS.get(version, PATHS["6.3.9600"])
    whole = with_file(path, holds, keys, wmi={r"root\cimv2": {"Win32_OperatingSystem": system}}, **more)
    whole["environment"] = {**whole["environment"], "process_bits": "64", "architecture": "AMD64"}
    return whole


_NET = r"C:\install\Windows8.1-KB4486105-x64.cab"
CASES = {
    "2012 R2": Case(FIX, windows("6.3.9600", "4.0", 379893), options(PATHS["6.3.9600"], kb="KB3191564")),
    "2008 R2 with a package that is not named after its number": Case(
        FIX,
        windows("6.1.7601", "2.0", 528040),
        options(PATHS["6.1.7601"], package=PACKAGES["6.1.7601"].partition("~")[0]),
    ),
    ".NET for it, where it is too old": Case(
        FIX,
        {
            **windows("6.3.9600", "4.0", 378675),
            "files": {
                _NET: {
                    "text": f"content of {_NET}",
                    "holds": {"package": "Package_for_KB4486105~31bf3856ad364e35~amd64~~6.3.1.0"},
                }
            },
        },
        options(_NET, kb="KB4486105", runtime="dotnet"),
    ),
}
