# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quoting for the shells that scripts are sent to. Private to this collection."""

from __future__ import annotations

import re
import shlex


def quote_posix(text: str) -> str:
    """Return the text as one word of a POSIX shell (XCU 2.2.2: nothing is special between single quotes).

    Raises:
        ValueError: the text holds a NUL, which no shell can carry in a word.
    """
    if "\0" in text:
        raise ValueError(f"a shell word cannot hold a NUL character, found one in {text!r}")
    return shlex.quote(text)


def quote_powershell(text: str) -> str:
    """Return the text as one ASCII word of PowerShell, in argument mode as well as in expressions.

    PowerShell takes four typographic quotation marks for a single quote (about_Quoting_Rules), so whatever is not
    ASCII, and every control character, is given by its number.

    Raises:
        ValueError: the text holds a NUL, at which Windows itself would end it.
    """
    if "\0" in text:
        raise ValueError(f"a word for Windows cannot hold a NUL character, found one in {text!r}")
    if re.fullmatch(r"[ -~]*", text):
        return _plain_word(text)
    parts = re.findall(r"[ -~]+|[^ -~]", text)
    return f"({' + '.join(_plain_word(part) if ' ' <= part[0] <= '~' else _by_number(part) for part in parts)})"


def _plain_word(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _by_number(character: str) -> str:
    units = character.encode("utf-16-le", "surrogatepass")
    numbers = [int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2)]
    return " + ".join(f"[string][char]{number}" for number in numbers)
