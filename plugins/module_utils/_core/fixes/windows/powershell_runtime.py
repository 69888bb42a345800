# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installs Windows Management Framework 5.1, or the .NET Framework for it, from a file. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from ...facts.fact import Facts, Json
from ..contract import Refusal, Unchanged
from . import states
from .thing import Thing
from .update_fix import update_fix
from .update_wish import Wish

#: The update that brings version 5.1 to each Windows that does not have it by itself.
_UPDATES = {"6.1": "3191566", "6.2": "3191565", "6.3": "3191564"}
#: .NET Framework 4.5.2.
_DOTNET = 379893
#: Programs with which version 5.1 does not work or was not tested, and what shows that they are there.
_PROGRAMS = {
    Thing("registry_key", r"HKLM\SOFTWARE\Microsoft\ExchangeServer\v14\Setup"): "Exchange Server 2010",
    Thing("registry_key", r"HKLM\SOFTWARE\Microsoft\ExchangeServer\v15\Setup"): "Exchange Server 2013 or newer",
    Thing(
        "registry", r"HKLM\SOFTWARE\Microsoft\Shared Tools\Web Server Extensions\14.0|SharePoint"
    ): "SharePoint Server 2010",
    Thing("registry_key", r"HKLM\SYSTEM\CurrentControlSet\Services\SCVMMService"): "Virtual Machine Manager",
}


def _check(facts: Facts, options: Mapping[str, Json], wish: Wish) -> Refusal | Unchanged | None:
    """Say why this machine must not or need not get version 5.1."""
    if options.get("runtime", "wmf_5_1") != "wmf_5_1":
        return None
    found = str(_fact(facts, "mvmc", "powershell_version"))
    if _numbers(found) >= (5, 1):
        return Unchanged({"powershell": found}, f"Windows PowerShell {found} is installed already")
    windows = str(_fact(facts, "os", "version"))
    reason = _wrong_windows(facts, windows, wish) or _wrong_base(facts, windows, found) or _incompatible(facts)
    return Refusal(reason) if reason else None


def _wrong_windows(facts: Facts, windows: str, wish: Wish) -> str:
    number = _UPDATES.get(windows.rpartition(".")[0])
    if number is None:
        return (
            "expected Windows Server 2008 R2, 2012 or 2012 R2 for Windows Management Framework 5.1, found Windows"
            f" {windows}, for which there is none; leave the machine out"
        )
    if windows.startswith("6.1.") and _fact(facts, "os", "service_pack") < 1:
        return "expected Service Pack 1 of Windows Server 2008 R2, found none; install it first"
    if wish.identity.startswith("{"):
        return (
            "expected the .msu or .cab of Windows Management Framework 5.1, found a .msi, which it is not; name the"
            " right file, or set runtime to dotnet"
        )
    if re.fullmatch(r"Package_for_KB\d+", wish.identity) and wish.identity != f"Package_for_KB{number}":
        return (
            f"expected KB{number}, which is Windows Management Framework 5.1 for Windows {windows}, found"
            f" {wish.identity[12:]}; name the right file, or use the module hotfix for another update"
        )
    return ""


def _wrong_base(facts: Facts, windows: str, powershell: str) -> str:
    release = _fact(facts, "dotnet", "release")
    if release < _DOTNET:
        return (
            f"expected .NET Framework 4.5.2 (release {_DOTNET}) or newer, found release {release}; install it first,"
            " with runtime set to dotnet where it is a .msu, .cab or .msi"
        )
    if windows.startswith("6.1.") and _numbers(powershell)[:1] == (3,):
        return (
            "expected Windows Management Framework 3.0 to be gone from Windows Server 2008 R2, found it installed;"
            " installed above it, version 5.1 loses the module path: remove it (KB2506143) first"
        )
    return ""


def _incompatible(facts: Facts) -> str:
    there = [name for thing, name in _PROGRAMS.items() if states.state_of(facts, thing) != "absent"]
    if not there:
        return ""
    return (
        f"expected no program that Windows Management Framework 5.1 breaks or was not tested with, found"
        f" {', '.join(there)}; leave the version of PowerShell as it is on this machine"
    )


def _fact(facts: Facts, subject: str, name: str) -> Any:
    return cast(Any, facts.tree[subject])[name]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


FIX = update_fix(
    "powershell_runtime",
    "gives every program that uses PowerShell or .NET another base, and needs a restart",
    check=_check,
    looks=tuple(_PROGRAMS),
    options={"runtime": {"type": "str", "choices": ["wmf_5_1", "dotnet"], "default": "wmf_5_1"}},
    needs=("os.version", "os.service_pack", "dotnet.release", "mvmc.powershell_version"),
)
