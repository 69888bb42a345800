# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of a model: keys by their whole path, values by their names, each with its type."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import (
    ABSENT,
    Answer,
    Machine,
    NotInFileError,
    ReadEndedError,
    part,
    row,
)

#: What a 64-bit Windows shows to a 32-bit process in place of HKLM\SOFTWARE; these keys are the same for both.
_SHARED = re.compile(r"hklm\\software\\(wow6432node|policies|microsoft\\systemcertificates)\\", re.IGNORECASE)
_SOFTWARE = re.compile(r"hklm\\software\\", re.IGNORECASE)


def values(machine: Machine, key: str, *names: str) -> Answer:
    """The values of a key that exist."""
    existing = _values(machine, _seen(machine, key))
    for name in existing if "*" in names else names:
        yield from _value_rows(existing, name)


def keys(machine: Machine, key: str, *patterns: str) -> Answer:
    """The names of the keys below a key that match a pattern."""
    for name in _below(machine, _seen(machine, key)):
        if any(fnmatch.fnmatchcase(name.upper(), pattern.upper()) for pattern in patterns):
            yield row(name)


def tree(machine: Machine, key: str, *names: str) -> Answer:
    """Values of every key below a key."""
    for below, existing in _below(machine, _seen(machine, key)).items():
        for name in names:
            yield from (f"{row(below)}\t{line}" for line in _value_rows(existing, name))


def _seen(machine: Machine, key: str) -> str:
    """Return the key that the machine's process is led to.

    Raises:
        ReadEndedError: a 32-bit process is led to a key that the file does not tell of: hardly any exists there.
    """
    environment = part(machine, "environment")
    if str(environment.get("process_bits")) != "32" or environment.get("architecture") == "x86":
        return key
    if not _SOFTWARE.match(key) or _SHARED.match(f"{key}\\"):
        return key
    led = rf"HKLM\SOFTWARE\WOW6432Node\{key.split(chr(92), 2)[2]}"
    if not _told(machine, led):
        raise ReadEndedError(ABSENT)
    return led


def _told(machine: Machine, key: str) -> bool:
    lowered = key.lower()
    return any(path.lower() == lowered or path.lower().startswith(f"{lowered}\\") for path in part(machine, "registry"))


def _values(machine: Machine, key: str) -> Mapping[str, Any]:
    registry = part(machine, "registry")
    for path, existing in registry.items():
        same = path.lower() == key.lower()
        if existing == ABSENT and (same or key.lower().startswith(f"{path.lower()}\\")):
            raise ReadEndedError(ABSENT)
        if same:
            return existing or {}
    if _told(machine, key):
        return {}  # only keys below it are told: it exists
    raise NotInFileError(key)


def _value_rows(existing: Mapping[str, Any], wanted: str) -> Answer:
    for name, typed in existing.items():
        if name.lower() == wanted.lower():
            [(kind, data)] = typed.items()
            if kind != "MultiString":
                yield row(wanted, kind, data)
            elif not data:
                yield row(wanted, kind)
            else:
                yield from (row(wanted, kind, entry) for entry in data)


def _below(machine: Machine, key: str) -> dict[str, Mapping[str, Any]]:
    """Return the keys directly below a key; a key without an entry of its own has no values."""
    _values(machine, key)
    below: dict[str, Mapping[str, Any]] = {}
    for path, existing in part(machine, "registry").items():
        if path.lower().startswith(f"{key.lower()}\\") and existing != ABSENT:
            name, _slash, rest = path[len(key) + 1 :].partition("\\")
            below[name] = below.get(name, {}) if rest else (existing or {})
    return below
