# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of JSON Schema that our two schemas use, so that reading a document needs no library.

Private to this collection. A schema is compiled once into nested functions; each returns ``None`` or the first
mismatch with its path. A keyword that is not known here is refused when the schema is compiled, not overlooked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Union

#: ``None``, or the path of the first mismatch and what is wrong there.
Mismatch = Union[tuple[str, str], None]
Check = Callable[[Any], Mismatch]

_ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "examples"})
_TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


def compile_schema(schema: Mapping[str, Any]) -> Check:
    """Compile a schema whose references all stay within it (``#/$defs/…``)."""
    return _compile(schema, schema.get("$defs", {}), {})


def _compile(schema: Mapping[str, Any], definitions: Mapping[str, Any], done: dict[str, Check]) -> Check:
    checks: list[Check] = []
    for keyword, value in schema.items():
        if keyword in _ANNOTATIONS:
            continue
        if keyword == "$ref":
            checks.append(_reference(value, definitions, done))
        elif keyword == "properties":
            checks.append(_properties({name: _compile(sub, definitions, done) for name, sub in value.items()}))
        elif keyword == "additionalProperties" and isinstance(value, dict) and "properties" not in schema:
            checks.append(_values(_compile(value, definitions, done)))
        elif keyword == "items":
            checks.append(_items(_compile(value, definitions, done)))
        elif keyword == "anyOf":
            checks.append(_any_of([_compile(sub, definitions, done) for sub in value]))
        elif keyword in _SIMPLE:
            checks.append(_SIMPLE[keyword](value))
        else:
            raise ValueError(f"The schema keyword {keyword!r} is not supported here. Extend conforms.py.")
    if len(checks) == 1:
        return checks[0]
    return _all_of(tuple(checks))


def _reference(target: str, definitions: Mapping[str, Any], done: dict[str, Check]) -> Check:
    name = target.rpartition("/")[2]
    if name not in done:
        done[name] = _compile(definitions[name], definitions, done)
    return done[name]


def _all_of(checks: tuple[Check, ...]) -> Check:
    def check(value: Any) -> Mismatch:
        for one in checks:
            mismatch = one(value)
            if mismatch is not None:
                return mismatch
        return None

    return check


def _any_of(checks: list[Check]) -> Check:
    def check(value: Any) -> Mismatch:
        mismatch: Mismatch = None
        for one in checks:
            mismatch = one(value)
            if mismatch is None:
                return None
        return mismatch

    return check


def _properties(named: dict[str, Check]) -> Check:
    def check(value: Any) -> Mismatch:
        if isinstance(value, dict):
            for name, one in named.items():
                if name in value:
                    mismatch = one(value[name])
                    if mismatch is not None:
                        return _under(name, mismatch)
        return None

    return check


def _values(each: Check) -> Check:
    def check(value: Any) -> Mismatch:
        if isinstance(value, dict):
            for name, entry in value.items():
                mismatch = each(entry)
                if mismatch is not None:
                    return _under(name, mismatch)
        return None

    return check


def _items(each: Check) -> Check:
    def check(value: Any) -> Mismatch:
        if isinstance(value, list):
            for index, entry in enumerate(value):
                mismatch = each(entry)
                if mismatch is not None:
                    return _under(f"[{index}]", mismatch)
        return None

    return check


def _under(step: str, mismatch: tuple[str, str]) -> tuple[str, str]:
    path, message = mismatch
    return (f"{step}{path}" if path.startswith("[") or not path else f"{step}.{path}"), message


def _type(wanted: Any) -> Check:
    names: list[str] = wanted if isinstance(wanted, list) else [wanted]
    # By exact type: for Python a bool is an int, for JSON it is not.
    types = frozenset(kind for name in names for kind in _TYPES[name])
    text = " or ".join(names)

    def check(value: Any) -> Mismatch:
        return None if type(value) in types else ("", f"expected {text}, found {_shown(value)}")

    return check


def _required(names: list[str]) -> Check:
    def check(value: Any) -> Mismatch:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    return "", f"expected the key {name!r}, found none"
        return None

    return check


def _enum(allowed: list[Any]) -> Check:
    def check(value: Any) -> Mismatch:
        return None if value in allowed else ("", f"expected one of {', '.join(allowed)}, found {_shown(value)}")

    return check


def _const(wanted: Any) -> Check:
    def check(value: Any) -> Mismatch:
        return None if value == wanted else ("", f"expected {wanted!r}, found {_shown(value)}")

    return check


def _pattern(text: str) -> Check:
    search = re.compile(text).search

    def check(value: Any) -> Mismatch:
        if isinstance(value, str) and not search(value):
            return "", f"expected text like {text}, found {_shown(value)}"
        return None

    return check


def _minimum(limit: int) -> Check:
    def check(value: Any) -> Mismatch:
        if isinstance(value, (int, float)) and value < limit:
            return "", f"expected at least {limit}, found {value}"
        return None

    return check


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "an array"
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."


_SIMPLE: dict[str, Callable[[Any], Check]] = {
    "type": _type,
    "required": _required,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "minimum": _minimum,
}
