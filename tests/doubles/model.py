# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How answers are written, how they end early, and how something is found in a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Machine = Mapping[str, Any]
Answer = Iterator[str]

#: What a machine file says of something that the machine does not have.
ABSENT = "absent"


class ReadEndedError(Exception):
    """A read that ends without an answer: absent, unreadable, timed_out, or a number and a message."""

    def __init__(self, word: str, message: str = "") -> None:
        self.word = word
        self.message = message or ("" if word.isdigit() else f"preflight {word}")
        super().__init__(word)


class NotInFileError(Exception):
    """A machine file that does not tell what was asked: the model is wrong, not what asks it."""


def row(*words: Any) -> str:
    """Return words as ``Join-Row`` writes them."""
    return "\t".join(_escaped(text(word)) for word in words)


def text(value: Any) -> str:
    """Return a value as PowerShell writes it; it writes True and False as Python does."""
    return "" if value is None else str(value)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")


def found(mapping: Mapping[str, Any], name: str) -> Any:
    """Return what stands under a name, whatever its case.

    Raises:
        ReadEndedError: the file says that it is absent.
        NotInFileError: the file does not speak of it.
    """
    for key, value in mapping.items():
        if str(key).lower() == name.lower():
            if value == ABSENT:
                raise ReadEndedError(ABSENT)
            return value
    raise NotInFileError(name)


def part(machine: Machine, name: str) -> Mapping[str, Any]:
    """Return a part of a model; an empty one where the file has none."""
    whole = machine.get(name) or {}
    return whole if isinstance(whole, Mapping) else {}
