# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of plain text that fit a terminal, in columns, with or without colour. Private to this collection."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_COLOURS = {
    "blocked": "31;1",
    "fail": "31",
    "unknown": "33",
    "manual": "33",
    "ready_after_fix": "36",
    "fixable": "36",
    "ready": "32",
    "worse": "31",
    "fixed": "32",
    "warning": "35",
    "quiet": "2",
    "strong": "1",
}


@dataclass(frozen=True)
class Paper:
    """How wide a rendering may be, whether it is coloured, and how much of long lists it shows."""

    width: int = 100
    colour: bool = False
    machines_per_verdict: int = 10
    names_per_list: int = 40
    report: str = "report.html"

    def paint(self, text: str, style: str) -> str:
        """Colour a text that has its final width already."""
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self.colour and text else text


def columns(text: str) -> int:
    """Count the columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def cut(text: str, width: int) -> str:
    """Shorten a text to a width; the last column shows that something is missing."""
    if columns(text) <= width:
        return text
    taken = 0
    for index, character in enumerate(text):
        taken += _columns(character)
        if taken > width - 1:
            return f"{text[:index]}…"
    return text


def pad(text: str, width: int) -> str:
    """Fill a text with spaces to a width."""
    return text + " " * max(0, width - columns(text))


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines at spaces, and words that are too long anywhere."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and columns(line) + 1 + columns(word) <= width:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width)
        lines.extend(full)
    if line:
        lines.append(line)
    return lines


def indented(text: str, first: str, indent: int, width: int) -> list[str]:
    """Wrap a text behind a first column; the following lines stand below the text."""
    lines = wrap(text, width - indent) or [""]
    return [f"{pad(first if index == 0 else '', indent)}{line}".rstrip() for index, line in enumerate(lines)]


def listed(names: Iterable[str], shown: int, report: str) -> str:
    """Join names; of a long list only the beginning, and where the rest is."""
    every = list(names)
    text = ", ".join(every[:shown])
    if len(every) > shown:
        text += f", … and {len(every) - shown} more, see {report}"
    return text


def _pieces(word: str, width: int) -> list[str]:
    pieces: list[str] = []
    while columns(word) > width:
        taken, index = 0, 0
        while taken + _columns(word[index]) <= width:
            taken += _columns(word[index])
            index += 1
        index = max(index, 1)
        pieces.append(word[:index])
        word = word[index:]
    return [*pieces, word]


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
