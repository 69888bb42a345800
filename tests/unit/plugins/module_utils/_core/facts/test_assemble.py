# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Fact, Subject, Unknown, Value


class Wrapped(str):
    """A string as Ansible wraps it."""

    __slots__ = ()


def subject(found: Mapping[str, Value] | BaseException, *names: str) -> Subject:
    def parse(_recording: Recording) -> Mapping[str, Value]:
        if isinstance(found, BaseException):
            raise found
        return found

    return Subject("a", tuple(Fact(f"a.{name}", "list", "", "") for name in names), parse)


def test_unknown_at_any_depth_becomes_none_with_its_reason() -> None:
    value: Value = [{"x": 1, "y": Unknown("why y")}, Unknown("why all"), [True, Unknown("deep")]]
    found = assemble(Recording(), [subject({"n": value, "m": Unknown("why m")}, "n", "m")])
    assert found.tree == {"a": {"n": [{"x": 1, "y": None}, None, [True, None]], "m": None}}
    assert found.reasons == {"a.n[0].y": "why y", "a.n[1]": "why all", "a.n[2][1]": "deep", "a.m": "why m"}


@pytest.mark.parametrize("error", [ValueError("bad number"), KeyError("x"), RecursionError(), ZeroDivisionError()])
def test_a_parser_that_fails_makes_its_subject_unknown_and_no_other(error: Exception) -> None:
    other = Subject("b", (Fact("b.n", "int", "", ""),), lambda _recording: {"n": 1})
    found = assemble(Recording(), [subject(error, "n", "m"), other])
    assert found.tree == {"a": {"n": None, "m": None}, "b": {"n": 1}}
    assert set(found.reasons) == {"a.n", "a.m"}
    assert "could not be understood: " in found.reasons["a.n"]
    assert type(error).__name__ in found.reasons["a.n"]


def test_a_fact_that_the_parser_does_not_tell_is_unknown() -> None:
    found = assemble(Recording(), [subject({"n": None}, "n", "m")])
    assert found.tree == {"a": {"n": None, "m": None}}
    assert set(found.reasons) == {"a.n", "a.m"}


def test_facts_that_were_not_asked_for_are_left_out() -> None:
    assert assemble(Recording(), [subject({"n": 1, "m": 2}, "m")]).tree == {"a": {"m": 2}}


def test_values_are_plain_types() -> None:
    found = assemble(Recording(), [subject({"n": [Wrapped("x"), {Wrapped("k"): Wrapped("v")}]}, "n")])
    branch: Any = found.tree["a"]
    text, mapping = branch["n"]
    assert text.__class__ is str
    assert [(type(key), type(value)) for key, value in mapping.items()] == [(str, str)]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_float_that_json_cannot_hold_is_unknown(number: float) -> None:
    found = assemble(Recording(), [subject({"n": number}, "n")])
    assert found.tree == {"a": {"n": None}}
    assert "a.n" in found.reasons


def test_a_value_of_no_known_type_makes_the_fact_unknown() -> None:
    found = assemble(Recording(), [subject({"n": object(), "m": 1}, "n", "m")])  # type: ignore[dict-item]
    assert found.tree == {"a": {"n": None, "m": 1}}
    assert "object" in found.reasons["a.n"]
