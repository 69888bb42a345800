# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Windows it is, and what the answers of the collecting process are worth. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import wmi
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values, wmi_objects
from .collecting_process import ENVIRONMENT, told

_KEY = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
VERSION = registry_values.read(_KEY, "ProductName", "CurrentBuild", "UBR", "InstallationType", "CSDVersion")
SYSTEM = wmi(
    r"root\cimv2",
    "Win32_OperatingSystem",
    *("Version", "ProductType", "ServicePackMajorVersion", "OSLanguage", "CSName", "SystemDrive", "OperatingSystemSKU"),
)


def version(recording: Recording) -> str | Unknown:
    """Return the version of Windows, as ``6.1.7601`` or ``10.0.17763``."""
    found = wmi_objects.one(recording, SYSTEM)
    return found if isinstance(found, Unknown) else wmi_objects.text(found, "Version")


def _part(version: str | Unknown, index: int) -> int | Unknown:
    if isinstance(version, Unknown):
        return version
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    return int(found[index]) if found else Unknown(f"Windows gives its version as {version[:40]!r}")


def _number(text: str | Unknown) -> int | Unknown:
    if isinstance(text, Unknown):
        return text
    return int(text) if re.fullmatch(r"\d{1,9}", text) else Unknown(f"expected a number, found {text[:40]!r}")


def _architecture(recording: Recording) -> str | Unknown:
    found = told(recording, "architecture")
    return (
        found
        if isinstance(found, Unknown)
        else {"AMD64": "x86_64", "x86": "i686", "ARM64": "aarch64"}.get(found, found)
    )


def _parse(recording: Recording) -> Mapping[str, Value]:
    number = version(recording)
    system = wmi_objects.one(recording, SYSTEM)
    kind = wmi_objects.number(system, "ProductType")
    return {
        "name": registry_values.text(recording, VERSION, "ProductName"),
        "version": number,
        "major": _part(number, 1),
        "minor": _part(number, 2),
        "build": _part(number, 3),
        "revision": registry_values.number(recording, VERSION, "UBR", absent=0),
        "service_pack": wmi_objects.number(system, "ServicePackMajorVersion"),
        "server": kind if isinstance(kind, Unknown) else kind in (2, 3),
        "domain_controller": kind if isinstance(kind, Unknown) else kind == 2,
        "installation_type": registry_values.text(recording, VERSION, "InstallationType", absent=""),
        "language": wmi_objects.number(system, "OSLanguage"),
        "hostname": wmi_objects.text(system, "CSName"),
        "system_drive": wmi_objects.text(system, "SystemDrive"),
        "edition": wmi_objects.number(system, "OperatingSystemSKU"),
        "architecture": _architecture(recording),
        "powershell_version": told(recording, "powershell"),
        "collected_by_bits": _number(told(recording, "process_bits")),
    }


_WMI = "Win32_OperatingSystem"
_REGISTRY = f"{_KEY} in the registry"

SUBJECT = Subject(
    "os",
    (
        Fact(
            "os.name",
            "str",
            "The name of the product; names nothing safely, for it is for people.",
            _REGISTRY,
            (VERSION, ENVIRONMENT),
        ),
        Fact("os.version", "str", "The version, as 6.1.7601 (2008 R2) or 10.0.17763 (2019).", _WMI, (SYSTEM,)),
        Fact("os.major", "int", "The first number of the version.", _WMI, (SYSTEM,)),
        Fact("os.minor", "int", "The second number of the version.", _WMI, (SYSTEM,)),
        Fact("os.build", "int", "The third number of the version.", _WMI, (SYSTEM,)),
        Fact(
            "os.revision",
            "int",
            "The update build revision (UBR); 0 where this Windows keeps none.",
            _REGISTRY,
            (VERSION, ENVIRONMENT),
        ),
        Fact("os.service_pack", "int", "The service pack; 0 for none.", _WMI, (SYSTEM,)),
        Fact("os.server", "bool", "Whether it is a server or a domain controller, not a workstation.", _WMI, (SYSTEM,)),
        Fact("os.domain_controller", "bool", "Whether it is a domain controller.", _WMI, (SYSTEM,)),
        Fact(
            "os.installation_type",
            "str",
            "Server, Server Core, Client; empty where this Windows does not tell.",
            _REGISTRY,
            (VERSION, ENVIRONMENT),
        ),
        Fact("os.language", "int", "The language of the installation (LCID; 1033 is English).", _WMI, (SYSTEM,)),
        Fact("os.hostname", "str", "The name of the machine.", _WMI, (SYSTEM,)),
        Fact("os.system_drive", "str", "The drive that Windows is installed on, as C:.", _WMI, (SYSTEM,)),
        Fact(
            "os.edition",
            "int",
            "The edition by its number (OperatingSystemSKU): 7 Standard, 8 Datacenter, 143 and 144 Nano Server.",
            _WMI,
            (SYSTEM,),
        ),
        Fact("os.architecture", "str", "x86_64, i686 or aarch64.", "the environment of the process", (ENVIRONMENT,)),
        Fact(
            "os.powershell_version",
            "str",
            "The version of PowerShell that answered.",
            "$PSVersionTable",
            (ENVIRONMENT,),
        ),
        Fact(
            "os.collected_by_bits",
            "int",
            "Whether a 32 or a 64 bit process answered: the first sees other keys and files on a 64 bit Windows.",
            "the process",
            (ENVIRONMENT,),
            "bits",
        ),
    ),
    _parse,
)
