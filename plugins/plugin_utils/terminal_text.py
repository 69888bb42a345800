# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages that Ansible prints as they are, without what would steer a terminal. Private to this collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.report.defuse import defuse_lines


def harmless(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result whose message and warnings show control characters, which a machine may have told, as escapes."""
    shown = dict(result)
    if isinstance(shown.get("msg"), str):
        shown["msg"] = _printable(shown["msg"])
    if isinstance(shown.get("warnings"), list):
        shown["warnings"] = [_printable(each) if isinstance(each, str) else each for each in shown["warnings"]]
    return shown


def _printable(text: str) -> str:
    return defuse_lines(text.replace("\r\n", "\n"))
