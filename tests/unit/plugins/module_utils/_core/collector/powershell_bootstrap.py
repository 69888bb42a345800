# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command that compiles what is sent, taken from the source: its module imports ansible, which Windows cannot."""

from __future__ import annotations

import ast
from pathlib import Path

_SOURCE = Path(__file__).parents[6] / "plugins" / "plugin_utils" / "transport_windows.py"

[BOOTSTRAP] = [
    ast.literal_eval(node.value)
    for node in ast.parse(_SOURCE.read_text(encoding="utf-8")).body
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "BOOTSTRAP"
]
