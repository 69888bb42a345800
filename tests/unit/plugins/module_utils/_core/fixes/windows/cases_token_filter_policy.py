# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that filter the rights of local administrators."""

from __future__ import annotations

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.token_filter_policy import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)

_SYSTEM = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"

CASES = {
    "not set": Case(FIX, machine(registry={_SYSTEM: {"EnableLUA": {"DWord": 1}}})),
    "a text": Case(FIX, machine(registry={_SYSTEM: {"LocalAccountTokenFilterPolicy": {"String": "1"}}})),
}
