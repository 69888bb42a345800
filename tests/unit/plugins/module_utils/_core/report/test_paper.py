# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines fit their width, whatever characters they hold."""

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.defuse import defuse
from ansible_collections.preflight.azure.plugins.module_utils._core.report.paper import (
    Paper,
    columns,
    cut,
    indented,
    listed,
    pad,
    wrap,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(("text", "expected"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("", 0)])
def test_columns_of_a_text(text: str, expected: int) -> None:
    assert columns(text) == expected


@given(st.text(), st.integers(4, 60))
def test_nothing_is_wider_than_asked(text: str, width: int) -> None:
    text = defuse(text)
    assert columns(cut(text, width)) <= width
    assert all(columns(line) <= width for line in wrap(text, width))
    assert columns(pad(cut(text, width), width)) == width


@given(st.text())
def test_wrapping_loses_nothing_but_space(text: str) -> None:
    assert "".join(wrap(text, 10)).replace(" ", "") == "".join(text.split())


def test_second_line_stands_below_the_text() -> None:
    assert indented("one two three", "ab", 4, 12) == ["ab  one two", "    three"]


def test_long_list_says_what_is_missing_and_where_it_is() -> None:
    assert listed(["a", "b", "c"], 2, "report.html") == "a, b, … and 1 more, see report.html"
    assert listed(["a", "b"], 2, "report.html") == "a, b"


def test_colour_is_off_by_default() -> None:
    assert Paper().paint("text", "fail") == "text"
    assert Paper(colour=True).paint("text", "fail") == "\x1b[31mtext\x1b[0m"
