# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from machines made harmless to look at. Private to this collection."""

from __future__ import annotations

import re

# Control characters, what changes the direction of text or has no width, line separators, surrogates, tags and
# private use: everything that can move a cursor, hide text, or make it look like something else.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_UNSAFE_IN_LINES = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))
# More marks on one letter than any language needs cover the lines above and below it.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED_MARKS = re.compile(f"({_MARKS}{{3}}){_MARKS}+")
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def defuse(text: str) -> str:
    """Write every character that does not simply stand there as an escape (``\\x1b``, ``\\u202e``), on one line."""
    if text.isascii() and text.isprintable():
        return text
    return _PILED_MARKS.sub(r"\1", _UNSAFE.sub(_escape, text))


def defuse_lines(text: str) -> str:
    """Do the same for a text of several lines, whose line feeds stay."""
    return _PILED_MARKS.sub(r"\1", _UNSAFE_IN_LINES.sub(_escape, text))


def shorten(text: str, longest: int) -> str:
    """Cut a text and say how much is missing."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text) - longest} more characters)"


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
