# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a place in the fact tree holds, as far as it is declared. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..facts.fact import Element, Fact, Json

MAPPING, LIST, SCALAR, ANY = "mapping", "list", "scalar", "any"


@dataclass(frozen=True)
class Shape:
    """``keys`` of a mapping, ``element`` of a list; ``any`` is a place whose inside nobody declared."""

    kind: str
    keys: Mapping[str, Shape] = field(default_factory=dict)
    element: Shape | None = None


def of_facts(facts: Iterable[Fact]) -> dict[str, Shape]:
    """Give the shape of every subject."""
    subjects: dict[str, dict[str, Shape]] = {}
    for fact in facts:
        subject, _dot, name = fact.path.partition(".")
        subjects.setdefault(subject, {})[name] = _of_type(fact.type, fact.elements)
    return {name: Shape(MAPPING, keys) for name, keys in subjects.items()}


def of_values(values: Mapping[str, Json]) -> Shape:
    """Give the shape of a mapping whose values are at hand, as limits and settings are."""
    return Shape(MAPPING, {name: of_value(value) for name, value in values.items()})


def of_value(value: Json) -> Shape:
    """Give the shape of one plain value."""
    if isinstance(value, dict):
        return of_values(value)
    if isinstance(value, list):
        return Shape(LIST, element=of_value(value[0]) if value else Shape(SCALAR))
    return Shape(SCALAR)


def _of_type(declared: str, elements: tuple[Element, ...]) -> Shape:
    """Read a declared type; ``list`` and ``list[str]`` are both in use."""
    keys = {element.name: _of_element(element) for element in elements}
    if declared.startswith("list"):
        return Shape(LIST, element=Shape(MAPPING, keys) if keys else Shape(SCALAR))
    if declared.startswith("dict"):
        return Shape(MAPPING, keys) if keys else Shape(ANY)
    return Shape(SCALAR)


def _of_element(element: Element) -> Shape:
    """An element that is itself a list of mappings does not declare their keys: anything may be asked of them."""
    if element.type.startswith("list"):
        inner = element.type[len("list") :].strip("[]{} ")
        plain = inner in {"str", "int", "float", "bool"}
        return Shape(LIST, element=Shape(SCALAR if plain else ANY))
    return Shape(ANY) if element.type.startswith("dict") else Shape(SCALAR)
