# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs that Windows lists as installed, by their own names. Private to this collection."""

from __future__ import annotations

from ...collector.recording import Recording
from ...collector.windows_read import registry_tree
from ..fact import Unknown
from . import registry_values

_UNINSTALL = r"Microsoft\Windows\CurrentVersion\Uninstall"
_VALUES = ("DisplayName", "DisplayVersion")
#: What 64-bit programs and what 32-bit ones wrote there.
PROGRAMS = registry_tree(rf"HKLM\SOFTWARE\{_UNINSTALL}", *_VALUES)
PROGRAMS_32_BIT = registry_tree(rf"HKLM\SOFTWARE\WOW6432Node\{_UNINSTALL}", *_VALUES)


def versions(recording: Recording, start: str, *, both_views: bool = False) -> list[str] | Unknown:
    """Return the versions of the programs whose name begins so; an empty text for one that does not tell it.

    A key that could not be opened leaves it unknown where nothing was found, for it may be the one.
    """
    found: list[str] = []
    closed = False
    for read in (PROGRAMS, PROGRAMS_32_BIT) if both_views else (PROGRAMS,):
        listed = registry_values.present(recording, read)
        if isinstance(listed, Unknown):
            return listed
        programs: dict[str, dict[str, str]] = {}
        for words in listed:
            if len(words) == 3 and words[2] == "unreadable":
                closed = True
            if len(words) == 4:
                programs.setdefault(words[0], {})[words[1].lower()] = words[3]
        found += [
            values.get("displayversion", "")
            for values in programs.values()
            if values.get("displayname", "").lower().startswith(start.lower())
        ]
    if closed and not found:
        return Unknown(f"a key below {PROGRAMS.arguments[0]} could not be read")
    return found
