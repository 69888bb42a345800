# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The proxies that services use: WinHTTP's, the system account's, Site Recovery's own. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.recording import Recording, Status
from ...collector.windows_read import text
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values
from .collecting_process import ENVIRONMENT

_SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
WINHTTP = registry_values.read(rf"HKLM\{_SETTINGS}\Connections", "WinHttpSettings")
#: Services run as the account S-1-5-18.
SYSTEM_ACCOUNT = registry_values.read(rf"HKU\S-1-5-18\{_SETTINGS}", "ProxyEnable", "ProxyServer", "AutoConfigURL")
SITE_RECOVERY = text(r"%ProgramData%\Microsoft Azure Site Recovery\Config\ProxyInfo.conf")
#: A proxy is set in WinHTTP's flags.
_HAS_PROXY = 2


def _winhttp(recording: Recording) -> tuple[str, str] | Unknown:
    """Return proxy and exceptions out of the binary value: header, counter, flags, then texts behind their lengths."""
    found = registry_values.value(recording, WINHTTP, "WinHttpSettings")
    if isinstance(found, Unknown):
        return found
    if found is None:
        return "", ""
    kind, data = found
    if kind != "Binary" or not data or not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", data[0]):
        return Unknown("WinHttpSettings is no binary value")
    content = bytes.fromhex(data[0])
    if len(content) < 12:
        return Unknown("WinHttpSettings is too short")
    if not int.from_bytes(content[8:12], "little") & _HAS_PROXY:
        return "", ""
    texts: list[str] = []
    position = 12
    for _part in ("proxy", "exceptions"):
        length = int.from_bytes(content[position : position + 4], "little")
        position += 4
        if position + length > len(content):
            return Unknown("WinHttpSettings is cut off")
        texts.append(content[position : position + length].decode("ascii", "replace"))
        position += length
    return texts[0], texts[1]


def _system_account(recording: Recording) -> str | Unknown:
    switched_on = registry_values.number(recording, SYSTEM_ACCOUNT, "ProxyEnable", absent=0)
    if isinstance(switched_on, Unknown):
        return switched_on
    return registry_values.text(recording, SYSTEM_ACCOUNT, "ProxyServer", absent="") if switched_on else ""


def _site_recovery(recording: Recording) -> str | Unknown:
    answer = recording.answer(SITE_RECOVERY)
    if answer.status is Status.ABSENT:
        return ""
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    given = {
        name.strip().lower(): value.strip()
        for name, sign, value in (line.partition("=") for line in answer.text.splitlines())
        if sign
    }
    address, port = given.get("address", ""), given.get("port", "")
    return f"{address}:{port}" if address and port else address


def _shown(found: str | Unknown) -> str | Unknown:
    """Return a proxy without what stands before its address."""
    if isinstance(found, Unknown):
        return found
    return re.sub(r"(^|//|[=;\s])[^\s/;=@]*@", r"\1[redacted]@", found)


def _every(recording: Recording) -> tuple[str | Unknown, str | Unknown, str | Unknown, str | Unknown]:
    """Return WinHTTP's, the system account's and Site Recovery's proxy, and the script of the system account."""
    winhttp = _winhttp(recording)
    return (
        winhttp if isinstance(winhttp, Unknown) else winhttp[0],
        _system_account(recording),
        _site_recovery(recording),
        registry_values.text(recording, SYSTEM_ACCOUNT, "AutoConfigURL", absent=""),
    )


def used(recording: Recording) -> bool | Unknown:
    """Whether services use any proxy."""
    found = _every(recording)
    if any(isinstance(each, str) and each for each in found):
        return True
    return next((each for each in found if isinstance(each, Unknown)), False)


def _parse(recording: Recording) -> Mapping[str, Value]:
    winhttp, every = _winhttp(recording), _every(recording)
    doubts = [each for each in every if isinstance(each, Unknown)]
    authenticated: bool | Unknown = any("@" in each for each in every if isinstance(each, str))
    if not authenticated and doubts:
        authenticated = doubts[0]
    return {
        "winhttp": _shown(every[0]),
        "winhttp_exceptions": winhttp if isinstance(winhttp, Unknown) else winhttp[1],
        "system_account": _shown(every[1]),
        "system_account_script": _shown(every[3]),
        "site_recovery": _shown(every[2]),
        "with_credentials": authenticated,
        "used": used(recording),
    }


#: What tells of any proxy.
READS = (WINHTTP, SYSTEM_ACCOUNT, SITE_RECOVERY, ENVIRONMENT)

SUBJECT = Subject(
    "proxy",
    (
        Fact(
            "proxy.winhttp",
            "str",
            "The proxy of WinHTTP, which services use; empty without one.",
            "WinHttpSettings in the registry",
            (WINHTTP, ENVIRONMENT),
        ),
        Fact(
            "proxy.winhttp_exceptions",
            "str",
            "What WinHTTP asks for directly.",
            "WinHttpSettings in the registry",
            (WINHTTP, ENVIRONMENT),
        ),
        Fact(
            "proxy.system_account",
            "str",
            "The proxy in the Internet settings of the system account; empty without one.",
            "the registry, below S-1-5-18",
            (SYSTEM_ACCOUNT,),
        ),
        Fact(
            "proxy.system_account_script",
            "str",
            "The script that chooses a proxy for the system account; empty without one.",
            "the registry, below S-1-5-18",
            (SYSTEM_ACCOUNT,),
        ),
        Fact(
            "proxy.site_recovery",
            "str",
            "The proxy that Site Recovery was told itself; empty without one.",
            "ProxyInfo.conf",
            (SITE_RECOVERY,),
        ),
        Fact("proxy.used", "bool", "Whether there is any of these.", "all of these", READS),
        Fact("proxy.with_credentials", "bool", "Whether one of these holds a user name.", "all of these", READS),
    ),
    _parse,
)
