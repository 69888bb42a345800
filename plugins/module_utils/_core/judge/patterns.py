# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which regular expressions a catalogue may use. Private to this collection."""

from __future__ import annotations

import re

_UNBOUNDED = re.compile(r"[*+]|\{\d*,\}|\{\d*,?\d{4,}\}")


def pattern_problem(pattern: str) -> str:
    """Say what is wrong with a regular expression of the catalogue, or nothing.

    Refused besides broken ones: back references, look-around, and the repetition of a group that itself repeats or
    offers a choice, all of which can take very long on a text that a hostile machine chose.
    """
    try:
        re.compile(pattern)
    except re.error as error:
        return f"{pattern!r} is not a regular expression ({error})"
    plain = re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "c", re.sub(r"\\[^0-9]", "e", pattern))
    if re.search(r"\\[0-9]|\(\?P=|\(\?<?[=!]", plain):
        return f"{pattern!r} has a back reference or look-around; write it without"
    while True:
        group = re.search(r"\((?:\?:|\?P<\w+>)?([^()]*)\)([*+]|\{\d*,?\d*\})?", plain)
        if group is None:
            return ""
        repeats = "|" in group[1] or _UNBOUNDED.search(group[1]) is not None
        if repeats and group[2] and _UNBOUNDED.fullmatch(group[2]):
            return f"{pattern!r} repeats a group that repeats or has a choice; write it without"
        plain = plain[: group.start()] + ("e*" if repeats else "e") + (group[2] or "") + plain[group.end() :]
