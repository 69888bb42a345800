# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that need a fix, for the contract of all fixes: ``cases_NAME.py`` has those of the fix NAME."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
)

_HERE = "ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows"


def _all_cases() -> dict[str, Case]:
    return {
        f"{file.stem.removeprefix('cases_')}, {name}": case
        for file in sorted(Path(__file__).parent.glob("cases_*.py"))
        for name, case in import_module(f"{_HERE}.{file.stem}").CASES.items()
    }


CASES = _all_cases()
