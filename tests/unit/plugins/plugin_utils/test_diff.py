# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.plugin_utils.diff import difference


@pytest.mark.parametrize(
    ("state", "lines"),
    [
        (None, ""),
        ("installed", "installed\n"),
        ({"registry HKLM\\a|b": "DWord 1", "c": "absent"}, "registry HKLM\\a|b: DWord 1\nc: absent\n"),
        ({"now": ["TCP 22: refused", "TCP 20004: refused"]}, "now:\n  TCP 22: refused\n  TCP 20004: refused\n"),
        ({"a\nb": "\x1b[2J", "c": ["d\n-e", "f\tg"]}, "a\\nb: \\x1b[2J\nc:\n  d\\n-e\n  f\tg\n"),
        ({"/etc/chrony.conf": [], "running": False}, "/etc/chrony.conf: none\nrunning: false\n"),
    ],
    ids=["nothing", "a word", "things", "lists", "not printable", "an empty list and a switch"],
)
def test_state_is_shown_as_lines(state: Any, lines: str) -> None:
    shown = difference("fix", state, state)
    assert shown == {"before_header": "fix", "after_header": "fix", "before": lines, "after": lines}
