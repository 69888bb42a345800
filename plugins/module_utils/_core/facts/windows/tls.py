# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which versions of TLS Windows and .NET use. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import registry_tree
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values
from .collecting_process import ENVIRONMENT
from .operating_system import SYSTEM, version

_PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
PROTOCOLS = {
    name: registry_tree(rf"{_PROTOCOLS}\{name}", "Enabled", "DisabledByDefault")
    for name in ("TLS 1.0", "TLS 1.1", "TLS 1.2")
}
_WINHTTP = r"Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp"
_DOTNET = r"Microsoft\.NETFramework\v4.0.30319"
_DOTNET_VALUES = ("SchUseStrongCrypto", "SystemDefaultTlsVersions")
WINHTTP = (
    registry_values.read(rf"HKLM\SOFTWARE\{_WINHTTP}", "DefaultSecureProtocols"),
    registry_values.read(rf"HKLM\SOFTWARE\WOW6432Node\{_WINHTTP}", "DefaultSecureProtocols"),
)
DOTNET = (
    registry_values.read(rf"HKLM\SOFTWARE\{_DOTNET}", *_DOTNET_VALUES),
    registry_values.read(rf"HKLM\SOFTWARE\WOW6432Node\{_DOTNET}", *_DOTNET_VALUES),
)
RELEASE = registry_values.read(r"HKLM\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full", "Release", "Version")
#: The bit for TLS 1.2 in DefaultSecureProtocols.
_WINHTTP_TLS12 = 0x800
_WINDOWS_7 = (6, 1)
_WINDOWS_8 = (6, 2)
_WINDOWS_8_1 = (6, 3)
#: Windows Server 2025 no longer offers TLS 1.0 and 1.1 by itself.
_WITHOUT_OLD_TLS = 26100


def _numbers(recording: Recording) -> tuple[int, ...] | Unknown:
    found = version(recording)
    if isinstance(found, Unknown):
        return found
    parts = found.split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return Unknown(f"Windows gives its version as {found[:40]!r}")
    return tuple(int(part) for part in parts)


def enabled(recording: Recording, protocol: str, side: str) -> bool | Unknown:
    """Whether a side (Client, Server) uses a protocol where the program does not choose: registry, else default."""
    rows = registry_values.present(recording, PROTOCOLS[protocol])
    numbers = _numbers(recording)
    if isinstance(rows, Unknown):
        return rows
    if isinstance(numbers, Unknown):
        return numbers
    given: dict[str, str] = {}
    for words in rows:
        if words[0].lower() != side.lower():
            continue
        if len(words) != 4 or words[2] != "DWord" or not words[3].isdigit():
            return Unknown(f"{protocol}, {side} in the registry holds something else than numbers")
        given[words[1].lower()] = words[3]
    old = protocol != "TLS 1.2"
    by_default = _by_default(numbers, protocol, old)
    if given.get("enabled") == "0":
        return False
    if "disabledbydefault" in given:
        return given["disabledbydefault"] == "0"
    return by_default or (old and "enabled" in given)


def _by_default(numbers: tuple[int, ...], protocol: str, old: bool) -> bool:
    if numbers[:2] < _WINDOWS_8:
        return protocol == "TLS 1.0"
    return not old or numbers[2] < _WITHOUT_OLD_TLS


def _winhttp(recording: Recording) -> bool | Unknown:
    """Whether WinHTTP, and so what runs as a service, uses TLS 1.2 by itself in both views."""
    numbers = _numbers(recording)
    if isinstance(numbers, Unknown):
        return numbers
    by_default = 0 if numbers[:2] < _WINDOWS_8_1 else _WINHTTP_TLS12
    for read in WINHTTP:
        found = registry_values.number(recording, read, "DefaultSecureProtocols", absent=by_default)
        if isinstance(found, Unknown):
            return found
        if not found & _WINHTTP_TLS12:
            return False
    return True


def _dotnet(recording: Recording, name: str) -> bool | Unknown:
    """Whether a switch of .NET 4 is on in both views; unset is off."""
    for read in DOTNET:
        found = registry_values.number(recording, read, name, absent=0)
        if isinstance(found, Unknown):
            return found
        if found != 1:
            return False
    return True


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "client_tls10": enabled(recording, "TLS 1.0", "Client"),
        "server_tls10": enabled(recording, "TLS 1.0", "Server"),
        "client_tls11": enabled(recording, "TLS 1.1", "Client"),
        "client_tls12": enabled(recording, "TLS 1.2", "Client"),
        "server_tls12": enabled(recording, "TLS 1.2", "Server"),
        "winhttp_tls12": _winhttp(recording),
        "dotnet_strong_crypto": _dotnet(recording, "SchUseStrongCrypto"),
        "dotnet_system_default": _dotnet(recording, "SystemDefaultTlsVersions"),
    }


def _parse_dotnet(recording: Recording) -> Mapping[str, Value]:
    return {
        "release": registry_values.number(recording, RELEASE, "Release", absent=0),
        "version": registry_values.text(recording, RELEASE, "Version", absent=""),
    }


_SCHANNEL = "the SCHANNEL keys in the registry, and the defaults of this Windows"
_BOTH_VIEWS = "the registry, in the views of 64-bit and of 32-bit programs"


def _protocol(name: str, protocol: str, side: str) -> Fact:
    what = f"Whether {side} use {protocol} where they do not choose themselves."
    return Fact(f"tls.{name}", "bool", what, _SCHANNEL, (PROTOCOLS[protocol], SYSTEM))


SUBJECT = Subject(
    "tls",
    (
        _protocol("client_tls10", "TLS 1.0", "clients"),
        _protocol("server_tls10", "TLS 1.0", "servers"),
        _protocol("client_tls11", "TLS 1.1", "clients"),
        _protocol("client_tls12", "TLS 1.2", "clients"),
        _protocol("server_tls12", "TLS 1.2", "servers"),
        Fact(
            "tls.winhttp_tls12",
            "bool",
            "Whether WinHTTP uses TLS 1.2 by itself.",
            f"DefaultSecureProtocols in {_BOTH_VIEWS}; on 2008 R2 and 2012 it needs an update as well",
            (*WINHTTP, SYSTEM, ENVIRONMENT),
        ),
        Fact(
            "tls.dotnet_strong_crypto",
            "bool",
            "Whether SchUseStrongCrypto is 1 for .NET 4.",
            _BOTH_VIEWS,
            (*DOTNET, ENVIRONMENT),
        ),
        Fact(
            "tls.dotnet_system_default",
            "bool",
            "Whether SystemDefaultTlsVersions is 1 for .NET 4.",
            _BOTH_VIEWS,
            (*DOTNET, ENVIRONMENT),
        ),
    ),
    _parse,
)

FRAMEWORK = Subject(
    "dotnet",
    (
        Fact(
            "dotnet.release",
            "int",
            "The release of .NET Framework 4: 378389 is 4.5, 394254 is 4.6.1, 461808 is 4.7.2, 528040 is 4.8; 0 where "
            "there is neither 4.5 nor newer.",
            "the registry",
            (RELEASE, ENVIRONMENT),
        ),
        Fact("dotnet.version", "str", "Its version; empty without it.", "the registry", (RELEASE, ENVIRONMENT)),
    ),
    _parse_dotnet,
)
