# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The compiled schema says what jsonschema says."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.conforms import compile_schema


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "integer"}, True, ("", "expected integer, found True")),
        ({"type": ["string", "null"]}, None, None),
        ({"type": "object", "required": ["a"]}, {}, ("", "expected the key 'a', found none")),
        ({"properties": {"a": {"const": "x"}}}, {"a": "y"}, ("a", "expected 'x', found 'y'")),
        (
            {"items": {"properties": {"a": {"type": "string"}}}},
            [{}, {"a": []}],
            ("[1].a", "expected string, found an array"),
        ),
        ({"properties": {"l": {"items": {"enum": ["x"]}}}}, {"l": ["y"]}, ("l[0]", "expected one of x, found 'y'")),
        ({"additionalProperties": {"minimum": 0}}, {"n": -1}, ("n", "expected at least 0, found -1")),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, 1, ("", "expected string, found 1")),
        ({"pattern": "^a$"}, "b", ("", "expected text like ^a$, found 'b'")),
    ],
)
def test_first_mismatch_is_named_with_its_path(schema: Any, value: Any, expected: Any) -> None:
    assert compile_schema(schema)(value) == expected


def test_reference_may_refer_to_itself_only_through_its_definition() -> None:
    schema = {"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer", "minimum": 2}}}
    assert compile_schema(schema)(1) == ("", "expected at least 2, found 1")


@pytest.mark.parametrize("schema", [{"oneOf": []}, {"properties": {}, "additionalProperties": {}}])
def test_keyword_that_is_not_supported_is_refused(schema: Any) -> None:
    with pytest.raises(ValueError, match="not supported"):
        compile_schema(schema)


def test_long_hostile_value_is_cut_and_escaped() -> None:
    mismatch = compile_schema({"enum": ["x"]})("\x1b" * 500)
    assert mismatch is not None
    assert len(mismatch[1]) < 100
    assert mismatch[1].isprintable()
