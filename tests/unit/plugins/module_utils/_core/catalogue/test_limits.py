# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.limits import fill, read, worded


@pytest.mark.parametrize(
    ("given", "expected"),
    [("1023 GiB", 1023 * 2**30), ("600 MiB", 600 * 2**20), ("4 KiB", 4096), ("2 TiB", 2**41), (512, 512)],
)
def test_sizes_become_bytes(given: Any, expected: int) -> None:
    assert read({"maximum_bytes": given, "label": "1 GiB"}) == {"maximum_bytes": expected, "label": "1 GiB"}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("maximum_bytes", 1023 * 2**30, "1,023 GiB"),
        ("minimum_bytes", 600 * 2**20, "600 MiB"),
        ("maximum_bytes", 512, "512 bytes"),
        ("minimum_bytes", 0, "0 bytes"),
        ("maximum_seconds", 900, "15 minutes"),
        ("maximum_seconds", 90, "90 seconds"),
        ("maximum", 627790, "627,790"),
        ("versions", ["6.7-6.8", "7"], "6.7-6.8, 7"),
        ("on", True, "yes"),
        ("kernel", "4.18.0", "4.18.0"),
    ],
)
def test_limits_are_worded_for_people(name: str, value: Any, expected: str) -> None:
    assert worded(name, value) == expected


def test_placeholders_are_filled_and_unknown_ones_given() -> None:
    sentence, unknown = fill("At most {limits.maximum} of {limits.other}, {x}.", {"maximum": 64})
    assert sentence == "At most 64 of {limits.other}, {x}."
    assert unknown == ["{limits.other}", "{x}"]
