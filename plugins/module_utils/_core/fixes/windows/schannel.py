# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Protocols that SCHANNEL, and so Windows itself, is told to use. Private to this collection."""

from __future__ import annotations

from .states import Target, number_of
from .thing import Thing

#: It is there on every Windows, with what switches SSL 2.0 off.
_PROTOCOLS = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
WINDOWS_8_1 = 9600
#: What runs keeps what it read.
RESTART_PROGRAMS = "Programs and services that run already take the new values when they are started anew."
RESTART_WINDOWS = "Restart Windows, too: this release reads the SCHANNEL keys when it starts."
RESTART_OLD_WINDOWS = "Windows Server 2012 and older read the SCHANNEL keys when they start, so restart these, too."


def enabled(protocol: str) -> list[tuple[Thing, Target]]:
    """Return what enables a protocol for clients and for servers; no other protocol is touched."""
    rows: list[tuple[Thing, Target]] = [(Thing("registry_key", rf"{_PROTOCOLS}\{protocol}"), "present")]
    for side in ("Client", "Server"):
        key = rf"{_PROTOCOLS}\{protocol}\{side}"
        rows += [
            (Thing("registry_key", key), "present"),
            (Thing("registry", rf"{key}|Enabled"), _not_zero),
            (Thing("registry", rf"{key}|DisabledByDefault"), "DWord 0"),
        ]
    return rows


def _not_zero(state: str) -> str:
    """Return the state in which a switch is on; any DWORD but 0 is, and Microsoft's pages name two of them."""
    return state if number_of(state) else "DWord 1"
