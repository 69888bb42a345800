# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names are hostile, and two names never meet in one file."""

from __future__ import annotations

import re

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.names import safe_file_name
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web1.example.com", "web1.example.com"),
        ("..", "%2E."),
        (".hidden", "%2Ehidden"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("a%20b", "a%2520b"),
        ("bücher", "b%C3%BCcher"),
        ("a\x00b\n", "a%00b%0A"),
        ("", "%"),
        ("\udcff", "%ED%B3%BF"),
    ],
)
def test_every_other_byte_is_escaped(name: str, expected: str) -> None:
    assert safe_file_name(name) == expected


def test_long_name_keeps_its_beginning_and_ends_in_a_digest() -> None:
    name = safe_file_name("a" * 300)
    assert re.fullmatch("a{134}%-[0-9a-f]{64}", name)
    assert name != safe_file_name("a" * 301)


def test_shortening_does_not_cut_an_escape() -> None:
    for length in range(3):
        assert re.fullmatch("a*(%[0-9A-F]{2})*%-[0-9a-f]{64}", safe_file_name("a" * length + "ü" * 100))


def test_bytes_that_are_no_text_stay_apart_from_the_text_they_would_make() -> None:
    assert safe_file_name("\udcc3\udca9") != safe_file_name("é")


@given(st.text(max_size=80), st.text(max_size=80))
def test_two_names_never_collide(one: str, two: str) -> None:
    assert (safe_file_name(one) == safe_file_name(two)) == (one == two)


@given(st.text())
def test_name_is_always_one_plain_path_component(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_%-][A-Za-z0-9._%-]{0,199}", safe_file_name(name))
