# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All fixes by name. Private to this collection."""

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
from .contract import Fix

_ALL = (
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
FIXES: Mapping[str, Fix] = {fix.name: fix for fix in _ALL}
