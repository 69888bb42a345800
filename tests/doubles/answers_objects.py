# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of a model: those of WMI, and those that the cmdlets of its modules return."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import (
    Answer,
    Machine,
    NotInFileError,
    ReadEndedError,
    found,
    part,
    row,
    text,
)


def wmi(machine: Machine, namespace: str, class_name: str, condition: str, *properties: str) -> Answer:
    """Properties of the objects of a class that meet a condition."""
    for entry in _listed(found(found(part(machine, "wmi"), namespace), class_name)):
        if _holds(entry, condition):
            yield from _instance(entry, properties)


def objects(machine: Machine, module: str, line: str, *properties: str) -> Answer:
    """Properties of what a line returns that uses the cmdlets of a module.

    Long lines may be told of by how they begin: with a star at the end.
    """
    lines = found(part(machine, "modules"), module)
    begun = [each for each in lines if each.endswith("*") and line.startswith(each[:-1])]
    said = found(lines, max(begun, key=len) if begun and line not in lines else line)
    if isinstance(said, str):
        raise ReadEndedError("1", said)  # what the cmdlet complains of
    for entry in _listed(said):
        yield from _instance(entry, properties)


def _listed(entries: Any) -> Sequence[Mapping[str, Any]]:
    """A class with one object may be written as that object."""
    return [entries] if isinstance(entries, Mapping) else entries or []


def _instance(entry: Mapping[str, Any], properties: Sequence[str]) -> Answer:
    yield "-"
    for name in properties:
        value = _property(entry, name)
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield row(name, one)


def _property(entry: Mapping[str, Any], name: str) -> Any:
    """Return a property by its name, or by the names of a path to it; one without a value is written as empty."""
    value: Any = entry
    for each in (name,) if name in entry else tuple(name.split(".")):
        if value is None:
            return None
        if not isinstance(value, Mapping) or each not in value:
            raise NotInFileError(f"property {name} of {entry}")
        value = value[each]
    return value


def _holds(entry: Mapping[str, Any], condition: str) -> bool:
    """Whether a WMI object meets a condition of the form ``A = 'x' and B = 1``.

    Raises:
        ReadEndedError: the condition is of another form; a real WMI would know more.
    """
    for each in filter(None, re.split(r"\s+and\s+", condition, flags=re.IGNORECASE)):
        parts = re.fullmatch(r"\s*(\w+)\s*(=|<>)\s*(?:'([^']*)'|(\w+))\s*", each)
        if parts is None:
            raise ReadEndedError("1", f"Invalid query: {condition}")
        if parts[1] not in entry:
            raise NotInFileError(f"property {parts[1]} of {entry}")
        wanted = parts[3] if parts[3] is not None else parts[4]
        if (text(entry[parts[1]]).lower() == wanted.lower()) != (parts[2] == "="):
            return False
    return True
