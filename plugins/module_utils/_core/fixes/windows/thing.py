# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Windows machine is changed by: things that have a state. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    """Something that has a state, which is one line of text; ``kind`` names the functions that read and set it.

    Kinds: ``registry_key`` (path; present, absent), ``registry`` (``path|value``; absent, or type and data as
    ``DWord 1``), ``service`` (name; absent, or ``automatic running`` and the like).
    """

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Change:
    """A thing, the state that it has and the one that it gets; ``data`` are numbers of lines of secret data."""

    thing: Thing
    before: str
    after: str
    data: tuple[int, ...] = ()
