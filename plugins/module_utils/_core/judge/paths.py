# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which facts an expression looks at, taken from its syntax tree. Private to this collection.

JMESPath answers null for what is absent and goes on, so ``!a`` is true of a machine about which nothing is known. The
judge therefore walks every path of an expression over the facts before it evaluates. This module finds the paths, by
evaluating the syntax tree with places instead of values; what it cannot follow is refused when the catalogue is loaded.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from .functions import CatalogueFunctions
from .language import JMESPathError, Parser
from .patterns import pattern_problem
from .places import ELEMENTS, Path, Step, spelled
from .shape import ANY, LIST, MAPPING, Shape


class PathError(ValueError):
    """An expression that cannot be parsed, or whose paths are wrong or cannot be determined."""


@dataclass(frozen=True)
class Expression:
    """A parsed expression and every place that it looks at."""

    text: str
    tree: Any
    facts: tuple[Path, ...] = ()
    limits: tuple[str, ...] = ()
    pattern_limits: tuple[str, ...] = ()


def conjuncts(text: str, places: Mapping[str, Shape]) -> tuple[Expression, ...]:
    """Parse a condition into the parts that its outermost ``&&`` join; each can be judged without the others."""
    return tuple(_analysed(text, node, places) for node in _split(_parsed(text)))


def parse(text: str, places: Mapping[str, Shape]) -> Expression:
    """Parse an expression over ``places`` (the subjects of the facts, ``settings``, ``limits``).

    Raises:
        PathError: with a sentence that says what is wrong and what to do.
    """
    return _analysed(text, _parsed(text), places)


def _parsed(text: str) -> Any:
    try:
        return Parser().parse(text).parsed
    except JMESPathError as error:
        raise PathError(f"not a JMESPath expression ({' '.join(str(error).split())})") from None


def _split(node: Any) -> Iterator[Any]:
    if node["type"] == "and_expression":
        for child in node["children"]:
            yield from _split(child)
    else:
        yield node


def _analysed(text: str, node: Any, places: Mapping[str, Shape]) -> Expression:
    analysis = _Analysis()
    analysis.consume(analysis.visit(node, Located((), Shape(MAPPING, places))))
    facts = {path: None for path in analysis.paths if path.steps[0] not in ("settings", "limits")}
    return Expression(
        text,
        node,
        tuple(path for path in facts if not (path.shallow and Path(path.steps) in facts)),
        tuple(dict.fromkeys(str(path.steps[1]) for path in analysis.paths if path.steps[0] == "limits")),
        tuple(analysis.pattern_limits),
    )


@dataclass(frozen=True)
class Located:
    """A value that lies at a place of the tree."""

    steps: tuple[Step, ...]
    shape: Shape


@dataclass(frozen=True)
class Many:
    """A list that a projection built; ``inner`` is what one of its elements is."""

    inner: Value


@dataclass(frozen=True)
class Record:
    """What a multi-select built, by key or position."""

    values: Mapping[Step, Value]


@dataclass(frozen=True)
class Computed:
    """A value that no longer lies in the tree; the places it was made of have been noted."""

    constant: bool = False


Value = Union[Located, Many, Record, Computed]


@dataclass
class _Analysis:
    paths: list[Path] = field(default_factory=list)
    pattern_limits: list[str] = field(default_factory=list)

    def consume(self, value: Value, shallow: bool = False) -> Computed:
        """Note that a value takes part in the outcome."""
        if isinstance(value, Located):
            if len(value.steps) < 2:
                raise PathError(f"'{spelled(value.steps) or '@'}' is not one fact; name the fact, as in os.major")
            self.paths.append(Path(value.steps, shallow))
        elif isinstance(value, Many):
            self.consume(value.inner, shallow)
        elif isinstance(value, Record):
            for part in value.values.values():
                self.consume(part)
        return Computed()

    def visit(self, node: Any, current: Value) -> Value:
        """Evaluate a node of the syntax tree with places for values."""
        method = getattr(self, f"_{node['type']}", None)
        if method is None:
            raise PathError(f"what it looks at cannot be determined ('{node['type']}' is not supported); name the keys")
        result: Value = method(node, node["children"], current)
        return result

    def _field(self, node: Any, children: Any, current: Value) -> Value:
        name = node["value"]
        if isinstance(current, Located):
            return _key(current, name)
        if isinstance(current, Record) and name in current.values:
            return current.values[name]
        if isinstance(current, Computed) and current.constant:
            return current
        raise PathError(f"what '{name}' is taken from cannot be determined; take it before the list or function")

    def _fold(self, node: Any, children: Any, current: Value) -> Value:
        for child in children:
            current = self.visit(child, current)
        return current

    _subexpression = _pipe = _index_expression = _fold

    def _identity(self, node: Any, children: Any, current: Value) -> Value:
        return current

    _current = _identity

    def _literal(self, node: Any, children: Any, current: Value) -> Value:
        return Computed(constant=True)

    def _index(self, node: Any, children: Any, current: Value) -> Value:
        if isinstance(current, Located) and current.shape.kind == LIST and current.shape.element:
            return Located((*current.steps, node["value"]), current.shape.element)
        if isinstance(current, Record) and node["value"] in current.values:
            return current.values[node["value"]]
        return _element(current)

    def _slice(self, node: Any, children: Any, current: Value) -> Value:
        return Many(_element(current))

    def _projection(self, node: Any, children: Any, current: Value) -> Value:
        return Many(self.visit(children[1], _element(self.visit(children[0], current))))

    def _filter_projection(self, node: Any, children: Any, current: Value) -> Value:
        element = _element(self.visit(children[0], current))
        self.consume(self.visit(children[2], element))
        return Many(self.visit(children[1], element))

    def _flatten(self, node: Any, children: Any, current: Value) -> Value:
        element = _element(self.visit(children[0], current))
        if isinstance(element, Located) and element.shape.kind == ANY:
            raise PathError(f"'{spelled(element.steps)}' is not declared closely enough to flatten it; use [*]")
        nested = isinstance(element, Many) or (isinstance(element, Located) and element.shape.kind == LIST)
        return Many(_element(element) if nested else element)

    def _consume_all(self, node: Any, children: Any, current: Value) -> Value:
        for child in children:
            self.consume(self.visit(child, current))
        return Computed()

    _comparator = _or_expression = _and_expression = _consume_all

    def _not_expression(self, node: Any, children: Any, current: Value) -> Value:
        value = self.visit(children[0], current)
        if isinstance(value, Located) and value.shape.kind == MAPPING:
            place = spelled(value.steps)
            raise PathError(f"'!' binds closer than '.' in JMESPath; for the opposite of {place}.x write !({place}.x)")
        return self.consume(value)

    def _multi_select_dict(self, node: Any, children: Any, current: Value) -> Value:
        return Record({pair["value"]: self.visit(pair["children"][0], current) for pair in children})

    def _multi_select_list(self, node: Any, children: Any, current: Value) -> Value:
        return Record({position: self.visit(child, current) for position, child in enumerate(children)})

    def _function_expression(self, node: Any, children: Any, current: Value) -> Value:
        name = node["value"]
        _check_call(name, len(children))
        if name == "map":
            return Many(self.visit(children[0]["children"][0], _element(self.visit(children[1], current))))
        values = [self.visit(child, current) for child in children if child["type"] != "expref"]
        if name in ("matches", "matches_any"):
            self._note_patterns(name, children[1], values[1])
        for value in values:
            self.consume(value, shallow=name in ("length", "keys"))
        if name in ("sort_by", "max_by", "min_by"):
            element = _element(values[0])
            self.consume(self.visit(children[1]["children"][0], element))
            return Many(element) if name == "sort_by" else element
        return Computed()

    def _note_patterns(self, name: str, node: Any, value: Value) -> None:
        if node["type"] == "literal":
            patterns = node["value"] if isinstance(node["value"], list) else [node["value"]]
            for problem in filter(None, (pattern_problem(str(pattern)) for pattern in patterns)):
                raise PathError(problem)
        elif isinstance(value, Located) and value.steps[:1] == ("limits",):
            self.pattern_limits.append(str(value.steps[1]))
        else:
            raise PathError(f"the patterns of {name}() must be written out or be a limit, never come from a machine")


def _check_call(name: str, count: int) -> None:
    known = CatalogueFunctions.FUNCTION_TABLE
    if name not in known:
        close = difflib.get_close_matches(name, known, 1)
        raise PathError(f"there is no function {name}()" + (f"; did you mean {close[0]}()?" if close else ""))
    wanted = known[name]["signature"]
    variadic = bool(wanted) and wanted[-1].get("variadic", False)
    if count < len(wanted) or (count > len(wanted) and not variadic):
        raise PathError(f"{name}() takes {len(wanted)} argument{'s' * (len(wanted) != 1)}, found {count}")


def _key(place: Located, name: str) -> Located:
    shape = place.shape
    if shape.kind == ANY:
        return Located((*place.steps, name), shape)
    here, wanted = spelled(place.steps), spelled((*place.steps, name))
    if shape.kind == MAPPING and name in shape.keys:
        return Located((*place.steps, name), shape.keys[name])
    if shape.kind == MAPPING:
        close = difflib.get_close_matches(name, shape.keys, 1)
        hint = f"did you mean {spelled((*place.steps, close[0]))}?" if close else f"known here: {', '.join(shape.keys)}"
        raise PathError(f"'{wanted}' is not declared; {hint}")
    if shape.kind == LIST:
        raise PathError(f"'{here}' is a list; for the {name} of each element write {here}[].{name}")
    raise PathError(f"'{here}' is a single value and has no '{name}'")


def _element(value: Value) -> Value:
    if isinstance(value, Many):
        return value.inner
    if isinstance(value, Computed):
        return value
    if isinstance(value, Located) and value.shape.kind in (LIST, ANY):
        return Located((*value.steps, ELEMENTS), value.shape.element or value.shape)
    where = f"'{spelled(value.steps)}'" if isinstance(value, Located) else "what stands before [ ]"
    raise PathError(f"{where} is not a list")
