# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes apart what arrives on a Windows machine's standard input: the library, the generated lines, the data."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits, as_sent
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import (
    compose_windows_calls,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import changes


class ScriptError(Exception):
    """A real PowerShell would not compile the script, or it is not the one that the collection sends."""


@dataclass(frozen=True)
class Script:
    """``calls`` are the generated lines as words; the limits are those that the script sets for itself."""

    calls: Sequence[Sequence[str]]
    time_seconds: int
    answer_bytes: int
    data: Sequence[str]


def parse_script(lines: Sequence[str]) -> Script:
    """Return what the lines of standard input ask for.

    Raises:
        ScriptError: the script is cut off, or anything but its generated lines differs from the library.
    """
    if not lines or not lines[0].isdigit():
        raise ScriptError("the first line is not the number of the script's lines")
    count = int(lines[0])
    script, data = list(lines[1 : count + 1]), list(lines[count + 1 :])
    if len(script) < count:
        raise ScriptError(f"expected {count} lines of script, found {len(script)}: it does not compile")
    head, foot = _library()
    at = _after_libraries(script, head)
    calls = script[at + 3 : len(script) - len(foot)]
    limits = [
        re.fullmatch(rf"\${name}_limit = (\d+)", line)
        for name, line in zip(("time", "size"), script[at : at + 2], strict=True)
    ]
    if script[-len(foot) :] != foot or limits[0] is None or limits[1] is None:
        raise ScriptError("this is not the library that the collection sends")
    return Script([words(line) for line in calls], int(limits[0][1]), int(limits[1][1]), data)


def _library() -> tuple[list[str], list[str]]:
    """Return the lines of the collector's library, and those after the generated ones."""
    lines = compose_windows_calls([], Limits()).splitlines()[1:]
    at = next(number for number, line in enumerate(lines) if line.startswith("$time_limit = ") and number > 40)
    return lines[:at], lines[at + 3 :]


def _after_libraries(script: Sequence[str], head: Sequence[str]) -> int:
    """Return where the limits begin: behind the collector's library and whole files for changes, each once.

    Raises:
        ScriptError: something else is before them.
    """
    if list(script[: len(head)]) != list(head):
        raise ScriptError("this is not the library that the collection sends")
    at = len(head)
    files = [as_sent(path).splitlines() for path in Path(inspect.getfile(changes)).parent.glob("*.ps1")]
    while not script[at].startswith("$time_limit = "):
        file = next((each for each in files if list(script[at : at + len(each)]) == each), None)
        if file is None:
            raise ScriptError("this is no file for changes that the collection sends")
        files.remove(file)
        at += len(file)
    return at


_WORD = re.compile(
    r"(?P<bare>[A-Za-z0-9-]+)|(?P<quoted>'(?:[^']|'')*')|(?P<joined>\((?:'(?:[^']|'')*'|\[string\]\[char\]\d+| \+ )+\))"
)
_PART = re.compile(r"'((?:[^']|'')*)'|\[string\]\[char\](\d+)")


def words(line: str) -> list[str]:
    """Return the words of one generated line, read as PowerShell reads them in argument mode.

    Raises:
        ScriptError: the line holds anything but a command name, numbers and quoted words.
    """
    found: list[str] = []
    at = 0
    while at < len(line):
        match = _WORD.match(line, at)
        if match is None or (match.end() < len(line) and line[match.end()] != " "):
            raise ScriptError(f"expected a word at character {at} of {line!r}")
        found.append(match["bare"] or "".join(_part(part) for part in _PART.finditer(match[0])))
        at = match.end() + 1
    # Characters beyond the first 65,536 come as two numbers.
    return [word.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") for word in found]


def _part(part: re.Match[str]) -> str:
    return chr(int(part[2])) if part[2] else part[1].replace("''", "'")
