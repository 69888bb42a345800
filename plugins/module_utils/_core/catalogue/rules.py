# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The kinds of rule that the catalogue's table is made of. Private to this collection.

Each can check a value, and can write itself out as JSON Schema.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union

SIZE = r"[0-9]+ (KiB|MiB|GiB|TiB)"


@dataclass(frozen=True)
class Text:
    """A text that is not empty; ``pattern`` matches all of it and ``like`` is shown to people."""

    pattern: str = ""
    like: str = "text"

    def problems(self, value: Any, key: str) -> Iterator[str]:
        """Yield one sentence for each mistake."""
        if not isinstance(value, str) or not value.strip() or (self.pattern and not re.fullmatch(self.pattern, value)):
            yield f"{key}: expected {self.like}, found {shown(value)}"

    def json_schema(self) -> dict[str, Any]:
        """Give the same rule as JSON Schema."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$" if self.pattern else r"\S"}


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def problems(self, value: Any, key: str) -> Iterator[str]:
        """Yield one sentence for each mistake."""
        if value not in self.words or not isinstance(value, str):
            yield f"{key}: expected one of {', '.join(self.words)}, found {shown(value)}"

    def json_schema(self) -> dict[str, Any]:
        """Give the same rule as JSON Schema."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def problems(self, value: Any, key: str) -> Iterator[str]:
        """Yield one sentence for each mistake."""
        if not isinstance(value, bool):
            yield f"{key}: expected true or false, found {shown(value)}"

    def json_schema(self) -> dict[str, Any]:
        """Give the same rule as JSON Schema."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Limit:
    """A number, a text, a flag, or a list of texts or of numbers."""

    def problems(self, value: Any, key: str) -> Iterator[str]:
        """Yield one sentence for each mistake."""
        items = value if isinstance(value, list) else [value]
        kinds = {_kind(item) for item in items}
        if not items or len(kinds) != 1 or not kinds <= {"text", "number", *(() if items is value else ("flag",))}:
            yield f"{key}: expected a number, a text, true, false, or a list of texts or numbers, found {shown(value)}"

    def json_schema(self) -> dict[str, Any]:
        """Give the same rule as JSON Schema."""
        lists = [{"type": "array", "minItems": 1, "items": {"type": kind}} for kind in ("string", "number")]
        return {"anyOf": [{"type": ["string", "number", "boolean"]}, *lists]}


@dataclass(frozen=True)
class Size:
    """A limit whose name ends in ``_bytes``: whole bytes, or a text such as ``1023 GiB``."""

    def problems(self, value: Any, key: str) -> Iterator[str]:
        """Yield one sentence for each mistake."""
        text = isinstance(value, str) and re.fullmatch(SIZE, value)
        if not text and not (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            yield f"{key}: expected whole bytes or a text such as '1023 GiB', found {shown(value)}"

    def json_schema(self) -> dict[str, Any]:
        """Give the same rule as JSON Schema."""
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": f"^(?:{SIZE})$"}]}


@dataclass(frozen=True)
class Items:
    """A list in which nothing stands twice."""

    each: Rule
    at_least: int = 0

    def problems(self, value: Any, key: str) -> Iterator[str]:
        """Yield one sentence for each mistake."""
        if not isinstance(value, list):
            yield f"{key}: expected a list, found {shown(value)}"
            return
        if len(value) < self.at_least:
            yield f"{key}: expected at least {self.at_least} entry, found none"
        for position, item in enumerate(value):
            yield from self.each.problems(item, f"{key}[{position}]")
            if item in value[:position]:
                yield f"{key}[{position}]: {shown(item)} stands there already; remove it"

    def json_schema(self) -> dict[str, Any]:
        """Give the same rule as JSON Schema."""
        bound = {"minItems": self.at_least} if self.at_least else {}
        return {"type": "array", "uniqueItems": True, **bound, "items": self.each.json_schema()}


@dataclass(frozen=True)
class Keys:
    """A mapping with known keys; ``free`` (a pattern and rules by the end of the key) admits others.

    Of the ``either`` keys exactly one stands there; the ``together`` keys stand there all or not at all.
    """

    known: Mapping[str, Rule]
    needed: tuple[str, ...] = ()
    free: tuple[tuple[str, Rule], ...] = ()
    either: tuple[str, ...] = ()
    together: tuple[str, ...] = ()

    def problems(self, value: Any, key: str) -> Iterator[str]:
        """Yield one sentence for each mistake."""
        if not isinstance(value, dict):
            yield f"{key or 'the file'}: expected a mapping of keys, found {shown(value)}"
            return
        start = f"{key}." if key else ""
        for name, each in value.items():
            rule = self._rule(name)
            if rule is None:
                yield f"{start}{name}: {self._unknown(name)}"
            else:
                yield from rule.problems(each, f"{start}{name}")
        for name in self.needed:
            if name not in value:
                yield f"{start}{name}: expected this key, found nothing; add it"
        if self.either and sum(name in value for name in self.either) != 1:
            yield f"{start}{self.either[0]}: expected exactly one of {' and '.join(self.either)}"
        absent = [name for name in self.together if name not in value]
        if 0 < len(absent) < len(self.together):
            yield f"{start}{absent[0]}: expected {', '.join(self.together)} together; add it or remove the others"

    def _rule(self, name: Any) -> Rule | None:
        if not isinstance(name, str):
            return None
        return self.known.get(name) or next((rule for pattern, rule in self.free if re.fullmatch(pattern, name)), None)

    def _unknown(self, name: Any) -> str:
        if not isinstance(name, str):
            return f'expected a key that is text, found {shown(name)}; put it in quotes: "{name}"'
        if not self.known:
            return "expected a name of small letters, digits and underscores"
        close = difflib.get_close_matches(name, self.known, 1)
        hint = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(self.known)}"
        return f"there is no such key; {hint}"

    def json_schema(self) -> dict[str, Any]:
        """Give the same rule as JSON Schema."""
        schema: dict[str, Any] = {"type": "object", "additionalProperties": False}
        schema["properties"] = {name: rule.json_schema() for name, rule in self.known.items()}
        if self.free:
            schema["patternProperties"] = {f"^(?:{pattern})$": rule.json_schema() for pattern, rule in self.free}
        if self.needed:
            schema["required"] = list(self.needed)
        if self.either:
            schema["oneOf"] = [{"required": [name]} for name in self.either]
        if self.together:
            rest = {name: [other for other in self.together if other != name] for name in self.together}
            schema["dependentRequired"] = rest
        return schema


Rule = Union[Text, Choice, Flag, Limit, Size, Items, Keys]


def shown(value: Any) -> str:
    """Show a value from a file in a message, shortened."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, (int, float)) else "text" if isinstance(value, str) else "other"
