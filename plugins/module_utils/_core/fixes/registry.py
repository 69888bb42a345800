# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All fixes by platform and name. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from . import (
    boot_devices,
    ca_certificates,
    clock_sync,
    firewall_port,
    hosts_entry,
    hyperv_drivers,
    lsof,
    push_account,
    ssh_server,
    vmware_tools,
)
from .contract import Fix, Safety
from .windows.registry import FIXES as WINDOWS

_LINUX = (
    boot_devices.FIX,
    ca_certificates.FIX,
    clock_sync.FIX,
    firewall_port.FIX,
    hosts_entry.FIX,
    hyperv_drivers.FIX,
    lsof.FIX,
    push_account.FIX,
    ssh_server.FIX,
    vmware_tools.FIX,
)
FIXES: Mapping[str, Mapping[str, Fix]] = {"linux": {fix.name: fix for fix in _LINUX}, "windows": WINDOWS}
_SAFETIES: tuple[Safety, ...] = ("automatic", "opt_in", "weakening")


def variants(name: str) -> list[Fix]:
    """Return the fixes of this name, one for each platform that has one."""
    return [fixes[name] for fixes in FIXES.values() if name in fixes]


def safeties() -> dict[str, Safety]:
    """Return the safety of every fix by its name; of two platforms the one that asks for more."""
    names = sorted({name for fixes in FIXES.values() for name in fixes})
    return {name: max((fix.safety for fix in variants(name)), key=_SAFETIES.index) for name in names}
