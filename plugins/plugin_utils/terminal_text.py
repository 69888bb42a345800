# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages that Ansible prints as they are, without what would steer a terminal. Private to this collection."""

from __future__ import annotations

import unicodedata
from typing import Any

#: Control characters, what turns the direction of writing, what is half a character, and other ends of lines.
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def harmless(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result whose message and warnings show control characters, which a machine may have told, as escapes."""
    shown = dict(result)
    if isinstance(shown.get("msg"), str):
        shown["msg"] = _printable(shown["msg"])
    if isinstance(shown.get("warnings"), list):
        shown["warnings"] = [_printable(each) if isinstance(each, str) else each for each in shown["warnings"]]
    return shown


def _printable(text: str) -> str:
    return "".join(
        letter.encode("unicode_escape").decode("ascii")
        if unicodedata.category(letter) in _STEERING and letter not in "\n\t"
        else letter
        for letter in text.replace("\r\n", "\n")
    )
