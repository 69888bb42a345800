# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where in the files of an SSH server a setting decides: of two values the first holds, but a Match block of the same
setting holds before both. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

DIRECTORY = "/etc/ssh"
DROP_IN = f"{DIRECTORY}/sshd_config.d/00-preflight.azure.conf"
#: What the system's own policy includes sets ciphers and the like, and nothing that is set here.
_HARMLESS = "/etc/crypto-policies/"


@dataclass(frozen=True)
class Setting:
    """One line, its name in lower case; ``block`` is the condition of the Match block that it stands in, if any."""

    path: str
    name: str
    value: str
    block: str = ""


def settings(path: str, text: str) -> Iterator[Setting]:
    """Yield the settings of one file; a Match block ends with the next one or with the file."""
    block = ""
    for line in text.splitlines():
        found = re.match(r"\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+)(.*)", line)
        if found is None:
            continue
        name, value = found[1].lower(), found[2].partition(" #")[0].strip()
        if name == "match":
            block = value
        else:
            yield Setting(path, name, value.strip('"'), block)


def drop_in_decides(files: Mapping[str, str], wanted: Collection[str]) -> bool:
    """Whether the drop-in is read, and before anything that might set one of the wanted settings.

    Args:
        files: the text of the main file, which comes first, and of its parts, by their paths.
        wanted: names of settings in lower case.
    """
    main, *_parts = files
    for line in settings(main, files[main]):
        if line.block or line.name in wanted:
            return False
        if line.name == "include":
            patterns = [_absolute(pattern) for pattern in line.value.replace('"', " ").split()]
            if patterns and fnmatchcase(DROP_IN, patterns[0]):
                return not any(_interferes(path, files[path], wanted) for path in files if path < DROP_IN)
            if not all(pattern.startswith(_HARMLESS) for pattern in patterns):
                return False
    return False


def _interferes(path: str, text: str, wanted: Collection[str]) -> bool:
    return any(
        line.name in wanted or (line.name == "include" and not line.value.startswith(_HARMLESS))
        for line in settings(path, text)
        if path.startswith(f"{DIRECTORY}/sshd_config.d/")
    )


def _absolute(pattern: str) -> str:
    return pattern if pattern.startswith("/") else f"{DIRECTORY}/{pattern}"


def blocks_against(files: Mapping[str, str], wanted: Mapping[str, str], groups: Sequence[str]) -> dict[str, bool]:
    """Return the Match blocks that give another value than the wanted one to a logon of root.

    Their description, with whether they do so for every logon of root; else it depends on where it comes from.
    """
    found: dict[str, bool] = {}
    for path, text in files.items():
        for line in settings(path, text):
            if line.block and line.name in wanted and line.value.lower() != wanted[line.name]:
                holds = _holds_for_root(line.block, groups)
                if holds is not False:
                    found[f"Match {line.block} in {path} sets {line.name} {line.value}"] = holds is True
    return found


def _holds_for_root(condition: str, groups: Sequence[str]) -> bool | None:
    """Whether a condition holds for root; None where that depends on more than the account."""
    words = condition.lower().replace("=", " ").replace('"', " ").split()
    if words == ["all"]:
        return True
    open_question = False
    for criterion, patterns in zip(words[::2], words[1::2], strict=False):
        names = {"user": ["root"], "group": groups}.get(criterion)
        if names is None:
            open_question = True
        elif not any(in_list(patterns, name) for name in names):
            return False
    return None if open_question or len(words) % 2 else True


def in_list(patterns: str, name: str) -> bool:
    """Whether a name is in a list of patterns as sshd has them (``*``, ``?``, ``!`` for what is excluded)."""
    each = patterns.split(",")
    if any(pattern.startswith("!") and matches(pattern[1:], name) for pattern in each):
        return False
    return any(matches(pattern, name) for pattern in each)


def matches(pattern: str, name: str) -> bool:
    """Whether one pattern of sshd matches; a bracket is nothing special in it."""
    return fnmatchcase(name, pattern.replace("[", "[[]"))
