# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a hosts file with more names in it; nothing that stands there is moved or taken away. Private.

Why a new line and not a name more on the address's line: the first name of a line is the canonical one, so a name that
is added behind the name of another service would make the host call itself by that one. The exception is a line that
carries the host's own full name already. New lines come last, where every lookup that found something still finds the
same first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Address, gap, names with their gaps, and the rest: blanks, a comment, the end of the line.
_ENTRY = re.compile(
    r"(?P<lead>[ \t\v\f\r]*)(?P<address>[^ \t\v\f\r\n#]+)(?P<gap>[ \t\v\f\r]+)"
    r"(?P<names>[^ \t\v\f\r\n#]+(?:[ \t\v\f\r]+[^ \t\v\f\r\n#]+)*)(?P<rest>.*)",
    re.DOTALL,
)
_WORD = re.compile(r"[^ \t\v\f\r]+")
_IPV4 = re.compile(r"\d+\.\d+\.\d+\.\d+")
_TAB = 8


@dataclass(frozen=True)
class Edited:
    """The new text, and for people the lines that it changes: as they were, and as they become."""

    text: str
    before: list[str]
    after: list[str]


def with_entries(text: str, addresses: Sequence[str], names: tuple[str, ...]) -> Edited:
    """Return the text in which every address has a line with all the names, the full one first."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    before: list[str] = []
    after: list[str] = []
    missing: list[str] = []
    for address in addresses:
        own = _own_line(lines, address, names)
        if own is None:
            missing.append(address)
            continue
        before.append(_shown(lines[own]))
        lines[own] = _with_short_name(lines[own], names[-1])
        after.append(_shown(lines[own]))
    added = [_like_others(lines, address, names) for address in missing]
    return Edited(_appended(lines, added), before, after + added)


def _appended(lines: Sequence[str], added: Sequence[str]) -> str:
    ended = [line for line in lines if line.endswith("\n")]
    end = "\r\n" if ended and ended[-1].endswith("\r\n") else "\n"
    text = "".join(lines)
    if added and text and not text.endswith("\n"):  # a file without a last line end keeps being one
        return text + end + end.join(added)
    return text + "".join(line + end for line in added)


def _shown(line: str) -> str:
    """Return a line without its end, and with bytes that are not UTF-8 marked."""
    return line.rstrip("\r\n").encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _own_line(lines: Sequence[str], address: str, names: tuple[str, ...]) -> int | None:
    """Return which line of the address has the full name and lacks the short one."""
    for index, line in enumerate(lines):
        entry = _ENTRY.fullmatch(line)
        if entry is None or entry["address"] != address:
            continue
        words = {word.lower() for word in _WORD.findall(entry["names"])}
        if names[0].lower() in words and names[-1].lower() not in words:
            return index
    return None


def _with_short_name(line: str, short: str) -> str:
    entry = _ENTRY.fullmatch(line)
    if entry is None:
        return line
    before = entry.start("rest")
    return f"{line[:before]}{_name_gap(entry)}{short}{line[before:]}"


def _like_others(lines: Sequence[str], address: str, names: tuple[str, ...]) -> str:
    """Return a line that is aligned as the last one for an IPv4 address."""
    entries = [entry for entry in map(_ENTRY.fullmatch, lines) if entry and _IPV4.fullmatch(entry["address"])]
    if not entries:
        return f"{address} {' '.join(names)}"
    last = entries[-1]
    gap = last["gap"]
    if "\t" in gap:
        column = len(f"{last['lead']}{last['address']}{gap}".expandtabs(_TAB))
        gap = "\t" * max(1, -(-column // _TAB) - len(address) // _TAB)
    elif len(gap) > 1:
        gap = " " * max(1, len(last["lead"] + last["address"] + gap) - len(address))
    else:
        gap = " "
    return f"{address}{gap}{_name_gap(last).join(names)}"


def _name_gap(entry: re.Match[str]) -> str:
    gaps = re.findall(r"[ \t]+", entry["names"])
    return gaps[-1] if gaps and gaps[-1] in (" ", "\t") else " "
