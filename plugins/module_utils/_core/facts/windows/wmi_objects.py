# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of WMI objects, and of what cmdlets return, out of a recording. Private to this collection."""

from __future__ import annotations

import re

from ...collector.read import Read
from ...collector.recording import Recording
from ...collector.windows_read import instances
from ..fact import Unknown

Properties = dict[str, list[str]]


def all_of(recording: Recording, of: Read) -> list[Properties] | Unknown:
    """Return the objects of an answer."""
    answer = recording.answer(of)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    return instances(answer.lines)


def one(recording: Recording, of: Read) -> Properties | Unknown:
    """Return the only object of an answer."""
    found = all_of(recording, of)
    if isinstance(found, Unknown):
        return found
    return found[0] if len(found) == 1 else Unknown(f"expected one answer to {of.key}, found {len(found)}")


def text(properties: Properties | Unknown, name: str) -> str | Unknown:
    """Return a property as text."""
    if isinstance(properties, Unknown):
        return properties
    found = properties.get(name)
    return found[0] if found else Unknown(f"the property {name} has no value")


def number(properties: Properties | Unknown, name: str) -> int | Unknown:
    """Return a property as a whole number."""
    found = text(properties, name)
    if isinstance(found, Unknown):
        return found
    return (
        int(found)
        if re.fullmatch(r"-?\d{1,20}", found)
        else Unknown(f"expected a number in {name}, found {found[:40]!r}")
    )


def flag(properties: Properties | Unknown, name: str) -> bool | Unknown:
    """Return a property that is true or false."""
    found = text(properties, name)
    if isinstance(found, Unknown):
        return found
    known = {"true": True, "false": False}.get(found.lower())
    return Unknown(f"expected true or false in {name}, found {found[:40]!r}") if known is None else known
