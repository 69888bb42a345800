# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that leave new disks offline."""

from __future__ import annotations

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.san_policy import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)

_SERVICE = r"HKLM\SYSTEM\CurrentControlSet\Services\partmgr"
_PARAMETERS = rf"{_SERVICE}\Parameters"

CASES = {
    "offline where shared": Case(FIX, machine(registry={_PARAMETERS: {"SanPolicy": {"DWord": 2}}})),
    "never set": Case(FIX, machine(registry={_SERVICE: {"Start": {"DWord": 0}}, _PARAMETERS: "absent"})),
    "a text": Case(FIX, machine(registry={_PARAMETERS: {"SanPolicy": {"String": "1"}, "Other": {"DWord": 7}}})),
}
