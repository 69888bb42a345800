# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers to reads of many paths, as mappings. Private to this collection."""

from __future__ import annotations

from ...collector.recording import Answer


def lines_of(answer: Answer) -> list[str]:
    """Return the lines, cut at line feeds only: a name may hold what ``str.splitlines`` takes for a line's end."""
    return [line for line in answer.text.split("\n") if line]


def first_lines(answer: Answer) -> dict[str, str | None]:
    """Return the first line of each file of a ``values`` read, without blanks around it; ``None`` if unreadable."""
    found: dict[str, str | None] = {}
    for line in lines_of(answer):
        path, tab, value = line.partition("\t")
        found[path] = value.strip() if tab else None
    return found


def physical_paths(answer: Answer) -> dict[str, str]:
    """Return where each directory of a ``directories`` read really is."""
    return dict(line.split("\t", 1) for line in lines_of(answer) if "\t" in line)


def last_part(path: str) -> str:
    """Return what stands behind the last slash."""
    return path.rpartition("/")[2]
