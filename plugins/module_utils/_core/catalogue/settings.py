# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operator's choices: what can be chosen, and what was. Private to this collection."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from ..facts.fact import Json
from ..judge.plain import plain
from .requirement import CatalogueError, Setting
from .rules import Keys, Text, shown

_TYPES = {"bool": (bool,), "int": (int,), "str": (str,), "list": (list,)}


def read_declared(document: Any, path: str) -> tuple[tuple[Setting, ...], list[str]]:
    """Read the declarations (name: type, default, description) from the content of settings.yml."""
    rule = Keys({"type": Text("|".join(_TYPES), f"one of {', '.join(_TYPES)}"), "description": Text()})
    if not isinstance(document, dict):
        return (), [f"{path}: expected a mapping of settings, found {shown(document)}"]
    settings: list[Setting] = []
    found: list[str] = []
    for name, given in document.items():
        known = {key: value for key, value in given.items() if key != "default"} if isinstance(given, dict) else given
        mistakes = list(rule.problems(known, str(name)))
        if not mistakes and not _fits(given.get("default"), given.get("type", "")):
            mistakes.append(f"{name}.default: expected {given.get('type')}, found {shown(given.get('default'))}")
        found.extend(f"{path}: {mistake}" for mistake in mistakes)
        if not mistakes:
            settings.append(Setting(str(name), given["type"], given["default"], given.get("description", "")))
    return tuple(settings), found


def resolve(settings: Sequence[Setting], given: Mapping[str, Any]) -> dict[str, Json]:
    """Give every setting its value: the operator's, else the default.

    Raises:
        CatalogueError: for names that are not settings and values of another type.
    """
    chosen = {setting.name: setting.default for setting in settings}
    types = {setting.name: setting.type for setting in settings}
    found = []
    for name, raw in given.items():
        value = plain(raw)
        if name not in types:
            close = difflib.get_close_matches(str(name), types, 1)
            hint = f"did you mean {close[0]}? " if close else ""
            found.append(f"setting {name}: there is no such setting; {hint}known: {', '.join(types)}")
        elif not _fits(value, types[name]):
            found.append(f"setting {name}: expected {types[name]}, found {shown(value)}; correct its value")
        else:
            chosen[name] = value
    if found:
        raise CatalogueError(found)
    return chosen


def _fits(value: Any, type_name: str) -> bool:
    return isinstance(value, _TYPES.get(type_name, ())) and (type_name == "bool" or not isinstance(value, bool))
