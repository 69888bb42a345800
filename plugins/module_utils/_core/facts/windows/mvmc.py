# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine that runs Microsoft Virtual Machine Converter (MVMC). Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import Read
from ...collector.recording import Recording
from ...collector.windows_read import certificates, rows
from ..fact import Element, Fact, Subject, Unknown, Value
from . import installed_programs, registry_values
from .collecting_process import ENVIRONMENT, told

#: Windows PowerShell 3.0 and newer write here, older ones below "1".
POWERSHELL = tuple(
    registry_values.read(rf"HKLM\SOFTWARE\Microsoft\PowerShell\{number}\PowerShellEngine", "PowerShellVersion")
    for number in (3, 1)
)
DOTNET_35 = registry_values.read(r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v3.5", "Install")
#: Stores of the account that collects.
PERSONAL = certificates("CurrentUser", "My")
ROOTS = certificates("CurrentUser", "Root")
_CONVERTER = "Microsoft Virtual Machine Converter"
_VISUAL_C = "Microsoft Visual C++ 2012"


def _newest(versions: list[str] | Unknown) -> str | Unknown:
    """Return the highest version; empty where there is none."""
    if isinstance(versions, Unknown):
        return versions
    if not versions:
        return ""
    numbers = [tuple(int(part) for part in each.split(".") if part.isdigit()) for each in versions]
    best = max(numbers)
    return ".".join(map(str, best)) if best else Unknown("an installed program does not tell its version")


def _powershell(recording: Recording) -> str | Unknown:
    found: str | Unknown = ""
    for read in POWERSHELL:
        found = registry_values.text(recording, read, "PowerShellVersion", absent="")
        if found:
            break
    return found


def _certificates(recording: Recording, of: Read) -> Value:
    """Return the certificates of a store of the account that collected."""
    answer = recording.answer(of)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    found: list[Value] = []
    for words in rows(answer.lines):
        if len(words) < 6 or not re.fullmatch(r"[0-9A-Fa-f]{40}", words[0]) or words[5] not in ("True", "False"):
            return Unknown("a certificate in the store could not be understood")
        found.append(
            {
                "sha1": words[0].upper(),
                "subject": words[1],
                "until": words[4],
                "has_private_key": words[5] == "True",
            }
        )
    return found


def _parse(recording: Recording) -> Mapping[str, Value]:
    converter = installed_programs.versions(recording, _CONVERTER, both_views=True)
    framework = registry_values.number(recording, DOTNET_35, "Install", absent=0)
    return {
        "installed": converter if isinstance(converter, Unknown) else bool(converter),
        "version": _newest(converter),
        "powershell_version": _powershell(recording),
        "dotnet_35": framework if isinstance(framework, Unknown) else framework == 1,
        "visual_c_version": _newest(installed_programs.versions(recording, _VISUAL_C, both_views=True)),
        "account": told(recording, "user"),
        "personal_certificates": _certificates(recording, PERSONAL),
        "trusted_roots": _certificates(recording, ROOTS),
    }


_PROGRAMS = (installed_programs.PROGRAMS, installed_programs.PROGRAMS_32_BIT, ENVIRONMENT)
_LIST = "the list of installed programs"
_ELEMENTS = (
    Element("sha1", "str", "SHA-1 of the certificate (its thumbprint), in upper-case hexadecimal digits."),
    Element("subject", "str", "The name of its owner."),
    Element("until", "str", "When it expires, in UTC."),
    Element("has_private_key", "bool", "Whether its private key is there."),
)

SUBJECT = Subject(
    "mvmc",
    (
        Fact("mvmc.installed", "bool", f"Whether {_CONVERTER} is installed.", _LIST, _PROGRAMS),
        Fact("mvmc.version", "str", "Its version; empty where it is not installed.", _LIST, _PROGRAMS),
        Fact(
            "mvmc.powershell_version",
            "str",
            "The version of Windows PowerShell, whichever PowerShell answered; empty without it.",
            "PowerShellVersion in the registry",
            (*POWERSHELL, ENVIRONMENT),
        ),
        Fact(
            "mvmc.dotnet_35",
            "bool",
            "Whether .NET Framework 3.5 is installed.",
            "the registry",
            (DOTNET_35, ENVIRONMENT),
        ),
        Fact(
            "mvmc.visual_c_version",
            "str",
            "The newest Visual C++ 2012 redistributable; empty without one.",
            _LIST,
            _PROGRAMS,
        ),
        Fact("mvmc.account", "str", "The account that collected, by its SID.", "the process", (ENVIRONMENT,)),
        Fact(
            "mvmc.personal_certificates",
            "list",
            "The personal certificates of the account that collected.",
            "the store My of that account",
            (PERSONAL,),
            elements=_ELEMENTS,
        ),
        Fact(
            "mvmc.trusted_roots",
            "list",
            "The root certificates that the account that collected trusts; those of the machine are among them.",
            "the store Root of that account",
            (ROOTS,),
            elements=_ELEMENTS,
        ),
    ),
    _parse,
)
