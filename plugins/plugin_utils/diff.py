# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States of a machine as the lines of a diff. Private to this collection."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.report.defuse import defuse


def difference(header: str, before: Any, after: Any) -> dict[str, str]:
    """Return a diff as Ansible shows it; a line a state, as it stands on the machine and not as JSON escapes it."""
    return {"before_header": header, "after_header": header, "before": _lines(before), "after": _lines(after)}


def _lines(state: Any) -> str:
    if isinstance(state, dict):
        return "".join(f"{_plain(name)}:{_value(value)}\n" for name, value in state.items())
    return "" if state is None else f"{_plain(state)}\n"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"\n  {_plain(each)}" for each in value) or " none"
    return f" {_plain(value)}"


def _plain(value: Any) -> str:
    """Return a value in one line; what a machine tells must not steer the terminal, nor look like other lines."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "\t".join(map(defuse, text.split("\t")))
