# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.functions import CatalogueFunctions
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.language import Parser
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.strict import (
    ExpressionError,
    StrictInterpreter,
)

ROOT: dict[str, Any] = {
    "text": "a",
    "one": 1,
    "half": 0.5,
    "yes": True,
    "no": False,
    "empty": [],
    "list": [{"a": 1, "b": True}, {"a": 2, "b": False}],
    "nested": [[1], [2, 3]],
    "null": None,
}


def decide(text: str) -> bool:
    return StrictInterpreter(CatalogueFunctions()).decide(Parser().parse(text).parsed, ROOT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", True),
        ("!yes", False),
        ("yes && no", False),
        ("no || yes", True),
        ("no && text", False),
        ("yes || text", True),
        ("one == `1`", True),
        ("one == `1.0`", True),
        ("one != `2`", True),
        ("half < one", True),
        ("half >= one", False),
        ("text == 'a'", True),
        ("empty == `[]`", True),
        ("length(empty) == `0`", True),
        ("list[?b].a == `[1]`", True),
        ("list[].a == `[1, 2]`", True),
        ("nested[] == `[1, 2, 3]`", True),
        ("list[-1].b", False),
        ("list[0:1].a == `[1]`", True),
        ("length(empty) > `0` && max(empty) > `1`", False),
    ],
)
def test_decisions(text: str, expected: bool) -> None:
    assert decide(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "one",
        "text",
        "empty",
        "null",
        "!empty",
        "!null",
        "!text",
        "yes && text",
        "no || one",
        "missing",
        "!missing",
        "text.a",
        "list[5].a",
        "!(list[5].b)",
        "one == 'a'",
        "one == yes",
        "one != text",
        "null == null",
        "null != one",
        "text > 'A'",
        "yes > no",
        "max(empty) > `1`",
        "max(empty) != `1`",
        "text[]",
        "null[].a == `[]`",
        "list[?a].b == `[]`",
        "list[].c == `[]`",
        "text[0:1] == `[]`",
        "list[*].[null][] == `[]`",
    ],
)
def test_what_jmespath_would_guess_is_an_error(text: str) -> None:
    with pytest.raises(ExpressionError):
        decide(text)
