# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import enum
import json
from collections import OrderedDict
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.plain import plain


class Text(str):
    def __str__(self) -> str:
        return "changed"


class Number(enum.IntEnum):
    SEVEN = 7


class Ratio(float):
    pass


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Text("a"), "a"),
        (Number.SEVEN, 7),
        (Ratio(0.5), 0.5),
        (OrderedDict([(Text("a"), (Text("b"), True))]), {"a": ["b", True]}),
        (float("nan"), None),
        (float("inf"), None),
        (object(), None),
        (b"bytes", None),
        ({1: 2}, {"1": 2}),
        ([None, 1, "x"], [None, 1, "x"]),
    ],
)
def test_values_become_plain(given: Any, expected: Any) -> None:
    found = plain(given)
    assert found == expected
    assert types(found) <= {dict, list, str, int, float, bool, type(None)}
    json.dumps(found, allow_nan=False)


def types(value: Any) -> set[type]:
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value)}.union(*(types(each) for each in inner))
