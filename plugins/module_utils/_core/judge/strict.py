# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A JMESPath interpreter that never turns what is missing or mistyped into an answer. Private to this collection.

The language calls an empty list false, lets a text differ quietly from a number and drops nulls from projections. In a
judgement each of those is a mistake of the catalogue, so here it is an error; the finding is then unknown.
"""

from __future__ import annotations

import operator
from typing import Any

from .functions import CatalogueFunctions
from .language import Options, TreeInterpreter

_ORDERING = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}


class ExpressionError(ValueError):
    """The expression does not fit the facts: a mistake of the catalogue, never an answer."""


class StrictInterpreter(TreeInterpreter):
    """Evaluates an expression; only true and false are conditions, and only like is compared with like."""

    def __init__(self, functions: CatalogueFunctions) -> None:
        super().__init__(Options(custom_functions=functions))

    def decide(self, tree: Any, root: Any) -> bool:
        """Evaluate an expression that must yield true or false."""
        return _condition(self.visit(tree, root), "the expression")

    def visit_field(self, node: Any, value: Any) -> Any:
        """Take a key that must be there."""
        if not isinstance(value, dict) or node["value"] not in value:
            raise ExpressionError(f"there is no '{node['value']}' in {_kind(value)}")
        return value[node["value"]]

    def visit_index(self, node: Any, value: Any) -> Any:
        """Take an element that must be there."""
        if not isinstance(value, list) or not -len(value) <= node["value"] < len(value):
            raise ExpressionError(f"there is no element [{node['value']}] in {_kind(value)}")
        return value[node["value"]]

    def visit_comparator(self, node: Any, value: Any) -> bool:
        """Compare two values of one type; order only numbers."""
        left, right = (self.visit(child, value) for child in node["children"])
        if _kind(left) != _kind(right) or left is None:
            raise ExpressionError(f"{_kind(left)} is compared with {_kind(right)}")
        if node["value"] in _ORDERING:
            if _kind(left) != "a number":
                raise ExpressionError(f"{_kind(left)} cannot be put in order")
            return bool(_ORDERING[node["value"]](left, right))
        return bool((left == right) is (node["value"] == "eq"))

    def visit_and_expression(self, node: Any, value: Any) -> bool:
        """Both conditions hold; the second is not looked at when the first does not."""
        left, right = node["children"]
        return _condition(self.visit(left, value), "&&") and _condition(self.visit(right, value), "&&")

    def visit_or_expression(self, node: Any, value: Any) -> bool:
        """One of two conditions holds."""
        left, right = node["children"]
        return _condition(self.visit(left, value), "||") or _condition(self.visit(right, value), "||")

    def visit_not_expression(self, node: Any, value: Any) -> bool:
        """The condition does not hold."""
        return not _condition(self.visit(node["children"][0], value), "!")

    def visit_projection(self, node: Any, value: Any) -> list[Any]:
        """Take something of every element; what is null is not dropped."""
        base = _list(self.visit(node["children"][0], value))
        return [_present(self.visit(node["children"][1], element)) for element in base]

    def visit_filter_projection(self, node: Any, value: Any) -> list[Any]:
        """Take something of the elements for which the condition holds."""
        base = _list(self.visit(node["children"][0], value))
        return [
            _present(self.visit(node["children"][1], element))
            for element in base
            if _condition(self.visit(node["children"][2], element), "[? ]")
        ]

    def visit_flatten(self, node: Any, value: Any) -> list[Any]:
        """Join the lists that are elements of a list."""
        joined: list[Any] = []
        for element in _list(self.visit(node["children"][0], value)):
            joined.extend(element if isinstance(element, list) else [element])
        return joined

    def visit_slice(self, node: Any, value: Any) -> list[Any]:
        """Take a part of a list."""
        return _list(value)[slice(*node["children"])]


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    names = {"str": "a text", "list": "a list", "dict": "a mapping"}
    return names.get(type(value).__name__, type(value).__name__)


def _condition(value: Any, where: str) -> bool:
    if value is True or value is False:
        return bool(value)
    raise ExpressionError(f"{where} needs true or false, found {_kind(value)}")


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise ExpressionError(f"a list is needed, found {_kind(value)}")


def _present(value: Any) -> Any:
    if value is None:
        raise ExpressionError("an element of a list is null")
    return value
