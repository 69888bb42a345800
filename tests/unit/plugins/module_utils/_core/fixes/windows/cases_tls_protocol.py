# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that do not offer TLS 1.2 by themselves, as SCHANNEL, WinHTTP and .NET stand in their registry."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Fix
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.tls_protocol import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    machine,
)

PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
SOFTWARE = r"HKLM\SOFTWARE"
WOW = r"HKLM\SOFTWARE\WOW6432Node"
DOTNET = r"Microsoft\.NETFramework\v4.0.30319"
SETTINGS = r"Microsoft\Windows\CurrentVersion\Internet Settings"
_PACKAGES = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages"


def with_absent_keys(fix: Fix, registry: Mapping[str, object]) -> dict[str, object]:
    """Return a registry that tells of every key which a fix makes; of those above a key it tells with that."""
    paths = [thing.name for thing in fix.things({}, {}) if thing.kind == "registry_key"]
    return {**{path: "absent" for path in paths if not any(key.startswith(path) for key in registry)}, **registry}


def server(version: str, **registry: object) -> Model:
    """Return a machine of a release; ``registry`` holds keys that its usual ones are not enough for, by their path."""
    usual = {
        rf"{PROTOCOLS}\SSL 2.0\Client": {"DisabledByDefault": {"DWord": 1}},
        rf"{SOFTWARE}\{SETTINGS}": {},
        rf"{WOW}\{SETTINGS}": {},
        r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion": {"CurrentBuild": {"String": version.split(".")[2]}},
        _PACKAGES: {},
    }
    names = ("ProductType", "ServicePackMajorVersion", "OSLanguage", "CSName", "SystemDrive", "OperatingSystemSKU")
    system = {"Version": version, **dict.fromkeys(names, 3)}
    told = with_absent_keys(FIX, {**usual, **registry})
    environment = {"powershell": "2.0", "process_bits": "64", "architecture": "AMD64"}
    return machine(environment=environment, registry=told, wmi={r"root\cimv2": {"Win32_OperatingSystem": system}})


CASES = {
    "2008 R2 without .NET 4": Case(FIX, server("6.1.7601")),
    "2008 R2 with TLS 1.2 for clients only, and its update": Case(
        FIX,
        server(
            "6.1.7601",
            **{
                rf"{PROTOCOLS}\TLS 1.2\Client": {"Enabled": {"DWord": 4294967295}, "DisabledByDefault": {"DWord": 0}},
                rf"{SOFTWARE}\{SETTINGS}\WinHttp": {"DefaultSecureProtocols": {"DWord": 160}},
                rf"{_PACKAGES}\Package_for_KB3140245~31bf3856ad364e35~amd64~~6.1.1.0": {},
            },
        ),
    ),
    "2012 R2 switched off": Case(
        FIX,
        server(
            "6.3.9600",
            **{
                rf"{PROTOCOLS}\TLS 1.2\Client": {"Enabled": {"DWord": 0}, "DisabledByDefault": {"DWord": 1}},
                rf"{PROTOCOLS}\TLS 1.2\Server": {"Enabled": {"DWord": 0}},
                rf"{WOW}\{SETTINGS}\WinHttp": {"DefaultSecureProtocols": {"DWord": 128}},
                rf"{SOFTWARE}\{DOTNET}": {"SchUseStrongCrypto": {"DWord": 1}},
                rf"{WOW}\{DOTNET}": {"SchUseStrongCrypto": {"DWord": 0}, "Other": {"String": "x"}},
            },
        ),
    ),
    "2016 with values of other types": Case(
        FIX,
        server(
            "10.0.14393",
            **{
                rf"{PROTOCOLS}\TLS 1.2\Client": {"Enabled": {"String": "1"}, "DisabledByDefault": {"QWord": 0}},
                rf"{SOFTWARE}\{SETTINGS}\WinHttp": {"DefaultSecureProtocols": {"Binary": "000A0000"}},
                rf"{SOFTWARE}\{DOTNET}": {"SystemDefaultTlsVersions": {"String": ""}},
            },
        ),
    ),
}
