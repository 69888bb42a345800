# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.functions import (
    LONGEST_TEXT,
    CatalogueFunctions,
    Undetermined,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.language import JMESPathError, Parser
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.patterns import pattern_problem
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.strict import StrictInterpreter

NOW = datetime(2026, 11, 20, 23, 30, tzinfo=timezone.utc)


def evaluate(text: str, **values: Any) -> Any:
    interpreter = StrictInterpreter(CatalogueFunctions(NOW))
    return interpreter.visit(Parser().parse(text).parsed, values)


@pytest.mark.parametrize(
    ("version", "ranges", "expected"),
    [
        ("7.2", ["7.1-7.2"], True),
        ("7.3", ["7.1-7.2"], False),
        ("7.10", ["7.1-7.2"], False),
        ("6.10", ["6.1-6.10"], True),
        ("6.9", ["6.1-6.10"], True),
        ("6.11", ["6.1-6.10"], False),
        ("7.2.1511", ["7.1-7.2"], True),
        ("12.5", ["7", "12"], True),
        ("120.5", ["12"], False),
        ("12", ["12"], True),
        ("9", ["9.1-9.13"], None),
        ("9", ["9.1-9.13", "9"], True),
        ("9", ["9.1"], None),
        ("8", ["9.1-9.13"], False),
        ("10", ["9.1-9.13"], False),
        ("9", ["8.1-10.3"], True),
        ("22.04", ["22.04"], True),
        ("22.4", ["22.04"], True),
        ("22.10", ["22.04"], False),
        ("rolling", ["9"], None),
        ("", ["9"], None),
        ("7.2", [], False),
    ],
)
def test_version_in(version: str, ranges: list[str], expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(Undetermined):
            evaluate("version_in(a, b)", a=version, b=ranges)
    else:
        assert evaluate("version_in(a, b)", a=version, b=ranges) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("7.9", "7.10", -1),
        ("7.10", "7.9", 1),
        ("7", "7.0", 0),
        ("4.18.0-305.30.1.el8_4.x86_64", "4.18.0-305.30.1", 0),
        ("4.18.0-305.25.1.el8_4.x86_64", "4.18.0-305.30.1", -1),
        ("5.14.0-70.el9", "5.14.0-503.11.1", -1),
    ],
)
def test_version_compare(left: str, right: str, expected: int) -> None:
    assert evaluate("version_compare(a, b)", a=left, b=right) == expected


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("matches(a, '[a-z]+')", {"a": "abc"}, True),
        ("matches(a, '[a-z]+')", {"a": "abc1"}, False),
        ("matches(a, '[a-z]+')", {"a": "abc\n"}, False),
        ("matches_any(a, ['x', 'a.c'])", {"a": "abc"}, True),
        ("matches_any(a, ['x', 'a'])", {"a": "abc"}, False),
        ("is_ascii(a)", {"a": "/srv/data x~"}, True),
        ("is_ascii(a)", {"a": ""}, True),
        ("is_ascii(a)", {"a": "tab\t"}, False),
        ("is_ascii(a)", {"a": "\udce4"}, False),
        ("not_ascii(a)", {"a": ["a", "ä", "b"]}, ["ä"]),
        ("not_ascii(a)", {"a": []}, []),
        ("not_in(a, b)", {"a": ["a", "b", "c"], "b": ["c", "a", "d"]}, ["b"]),
        ("not_in(a, b)", {"a": ["a"], "b": []}, ["a"]),
        ("upper(a)", {"a": "ab"}, "AB"),
        ("lower(a)", {"a": "AB"}, "ab"),
        ("first_label(a)", {"a": "web01.example.org"}, "web01"),
        ("first_label(a)", {"a": "web01"}, "web01"),
        ("unique(a)", {"a": ["b", "a", "b"]}, ["b", "a"]),
        ("differ_ignoring_case(a)", {"a": ["a", "b", "a"]}, True),
        ("differ_ignoring_case(a)", {"a": ["a", "A"]}, False),
        ("kib(`4`)", {}, 4096),
        ("mib(`600`)", {}, 629145600),
        ("gib(`1023`)", {}, 1098437885952),
        ("tib(`2`)", {}, 2**41),
        ("add(a, `2`)", {"a": 3}, 5),
        ("multiply(a, `2`)", {"a": 3}, 6),
        ("within(a, `1`, `10`)", {"a": -9}, True),
        ("within(a, `1`, `10`)", {"a": -12}, False),
        ("at_most(a, `10`, `10`)", {"a": 1}, True),
        ("at_most(a, `20`, `10`)", {"a": 11}, False),
        ("date_before(a, '2026-02-03')", {"a": "2026-02-02T23:00:00Z"}, True),
        ("date_before(a, '2026-02-03')", {"a": "2026-02-03"}, False),
        ("days_until(a)", {"a": "2026-11-21"}, 1),
        ("days_until(a)", {"a": "2026-11-19"}, -1),
    ],
)
def test_function(text: str, values: dict[str, Any], expected: Any) -> None:
    assert evaluate(text, **values) == expected


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("within(a, `1`, `10`)", {"a": 9.5}),
        ("at_most(a, `20`, `10`)", {"a": 10}),
        ("date_before(a, '2026-02-03')", {"a": "tomorrow"}),
        ("days_until(a)", {"a": "2026-02-31"}),
        ("matches(a, 'a*')", {"a": "a" * (LONGEST_TEXT + 1)}),
    ],
)
def test_what_cannot_be_decided_is_undetermined(text: str, values: dict[str, Any]) -> None:
    with pytest.raises(Undetermined):
        evaluate(text, **values)


@pytest.mark.parametrize(
    "text", ["upper(`1`)", "gib('1')", "version_in('1', `[1]`)", "unique('a')", "within('a', 'b', 'c')"]
)
def test_wrong_types_are_errors(text: str) -> None:
    with pytest.raises(JMESPathError):
        evaluate(text)


@pytest.mark.parametrize(
    "pattern",
    [
        "[A-Za-z0-9-]{1,63}",
        "[a-z]([a-z-]{0,61}[a-z])?",
        r"3\.8\.13-.*uek.*",
        "(?:ab|cd)?",
        "(a+)?",
        "(ab)+",
        "[(+*]+",
        "a{2,5}",
    ],
)
def test_safe_patterns_are_taken(pattern: str) -> None:
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[",
        "(a+)+",
        "(a|a)*",
        "(a*)*b",
        "((a+)b)*",
        "(?:a{1,})+",
        r"(a)\1",
        "(?=a)b",
        "(?<!a)b",
        "(?P<x>a)(?P=x)",
        "(?:(a|b)+)+",
    ],
)
def test_broken_and_slow_patterns_are_refused(pattern: str) -> None:
    assert pattern_problem(pattern)


def test_every_function_of_ours_is_documented() -> None:
    ours = [method for name, method in vars(CatalogueFunctions).items() if name.startswith("_func_")]
    assert len(ours) > 15
    for method in ours:
        assert method.__doc__.startswith(f"``{method.__name__[len('_func_') :]}("), method
