# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from machines cannot move a cursor, hide, or turn round."""

from __future__ import annotations

import unicodedata

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.defuse import defuse, defuse_lines, shorten
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text, ünïcode, 漢字", "plain text, ünïcode, 漢字"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202egnp.exe", "a\\u202egnp.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\u2028\ud800", "\\u2028\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 3),
    ],
)
def test_unsafe_characters_become_visible(text: str, expected: str) -> None:
    assert defuse(text) == expected


@given(st.text())
def test_nothing_unsafe_is_left(text: str) -> None:
    safe = defuse(text)
    categories = {unicodedata.category(one) for one in safe}
    assert not categories & {"Cc", "Cs", "Co", "Zl", "Zp"}
    directions = {unicodedata.bidirectional(one) for one in safe}
    assert not directions & {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}


def test_lines_keep_their_line_feeds_only() -> None:
    assert defuse_lines("a\nb\r\x1b") == "a\nb\\r\\x1b"


def test_cut_text_says_what_is_missing() -> None:
    assert shorten("a" * 12, 10) == "a" * 10 + "… (2 more characters)"
    assert shorten("a" * 10, 10) == "a" * 10
