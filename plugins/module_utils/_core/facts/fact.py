# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a fact is: a typed, documented value with the reads it comes from. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Union

from ..collector.read import Read
from ..collector.recording import Recording


@dataclass(frozen=True)
class Unknown:
    """Stands where a value could not be had; ``reason`` is a clause for people ("/etc/hosts could not be read")."""

    reason: str


#: A value as a parser gives it; ``Unknown`` may stand anywhere in it.
Value = Union[None, bool, int, float, str, Unknown, "list[Value]", "dict[str, Value]"]
#: A value as the judge sees it: plain JSON, ``None`` where it is not known.
Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]


@dataclass(frozen=True)
class Element:
    """One key of the mappings that a list fact holds."""

    name: str
    type: str
    description: str
    unit: str = ""


@dataclass(frozen=True)
class Fact:
    """One fact.

    ``path`` is ``subject.name``; ``type`` one of bool, int, float, str, list, dict; ``unit`` as in ``bytes``;
    ``source`` says where on the machine it comes from; ``elements`` describe the entries of a list of mappings.
    """

    path: str
    type: str
    description: str
    source: str
    reads: tuple[Read, ...] = ()
    unit: str = ""
    elements: tuple[Element, ...] = ()


@dataclass(frozen=True)
class Subject:
    """The facts of one subject and the function that parses them; it must cope with any read missing."""

    name: str
    facts: tuple[Fact, ...]
    parse: Callable[[Recording], Mapping[str, Value]]


@dataclass(frozen=True)
class Facts:
    """All facts of one machine as plain JSON, and why each missing one is missing, by path (``disks[1].name``)."""

    tree: dict[str, Json] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
