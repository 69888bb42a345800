# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that need a fix, for the contract of all fixes."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.registry import FIXES
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
)

_SYSTEM = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"


def model(**parts: Any) -> Model:
    """Return a machine of which only these parts are known."""
    return {"environment": {"powershell": "2.0", "process_bits": "64"}, **parts}


CASES = {
    "token_filter_policy": Case(FIXES["token_filter_policy"], model(registry={_SYSTEM: {"EnableLUA": {"DWord": 1}}})),
    "token_filter_policy, a text": Case(
        FIXES["token_filter_policy"], model(registry={_SYSTEM: {"LocalAccountTokenFilterPolicy": {"String": "1"}}})
    ),
}
