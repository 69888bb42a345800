# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quoting for the shells that scripts are sent to. Private to this collection."""

from __future__ import annotations

import shlex


def quote_posix(text: str) -> str:
    """Return the text as one word of a POSIX shell (XCU 2.2.2: nothing is special between single quotes).

    Raises:
        ValueError: the text holds a NUL, which no shell can carry in a word.
    """
    if "\0" in text:
        raise ValueError(f"a shell word cannot hold a NUL character, found one in {text!r}")
    return shlex.quote(text)
