# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits: read from files, and written for people. Private to this collection.

GB and TB in Microsoft's documents count in powers of 1024 (1,023 GB is 1023 x 2^30 bytes: the largest page blob), so
catalogue files write GiB and people read GiB.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..facts.fact import Json

_UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def read(limits: Mapping[str, Json]) -> dict[str, Json]:
    """Turn sizes such as ``1023 GiB`` into bytes; everything else stays."""
    return {name: _bytes(value) if name.endswith("_bytes") else value for name, value in limits.items()}


def fill(sentence: str, limits: Mapping[str, Json]) -> tuple[str, list[str]]:
    """Put limits in the place of ``{limits.name}``; also give the placeholders that have none."""
    unknown: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        start, _dot, name = match[1].partition(".")
        if start == "limits" and name in limits:
            return worded(name, limits[name])
        unknown.append(match[0])
        return match[0]

    return _PLACEHOLDER.sub(replaced, sentence), unknown


def worded(name: str, value: Json) -> str:
    """Write a limit for people; the end of its name is its unit."""
    if isinstance(value, list):
        return ", ".join(worded(name, each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and name.endswith("_bytes"):
        return _size(value)
    if isinstance(value, int) and name.endswith("_seconds"):
        return f"{value // 60} minutes" if value >= 120 and value % 60 == 0 else f"{value} seconds"
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)


def _bytes(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    number, _space, unit = value.partition(" ")
    return int(number) * _UNITS[unit]


def _size(value: int) -> str:
    for unit in ("GiB", "MiB", "KiB"):
        if value and value % _UNITS[unit] == 0:
            return f"{value // _UNITS[unit]:,} {unit}"
    return f"{value:,} bytes"
