# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Windows machine prints to a script of the collection: the recording, from the answers of a model."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence

from ansible_collections.preflight.azure.tests.doubles.answers import Machine, ReadEndedError, answer
from ansible_collections.preflight.azure.tests.doubles.generated_lines import ScriptError, parse_script

_SECRETS = (
    (re.compile(r"://[^\s/:@]*:[^\s/@]*@"), "://[redacted]@"),
    (
        re.compile(r"((?:[Pp]assword|[Pp]asswd|PASSWORD|[Pp]wd|[Ss]ecret|[Tt]oken)\s*[=:]\s*)[^\s;,]+"),
        r"\1[redacted]",
    ),
)


def run(machine: Machine, lines: Sequence[str]) -> Iterator[str]:
    """Return the lines that the machine prints for what it gets on standard input, one after the other.

    Raises:
        ScriptError: the script does not compile, or is not the collection's.
    """
    script = parse_script(lines)
    count = size = 0

    def sent(line: str) -> str:
        nonlocal count, size
        count += 1
        size += len(line.encode("utf-8", "replace")) + 1
        return line.encode("utf-8", "replace").decode()

    yield sent("@@ preflight-recording 1")
    yield sent("@@ platform windows")
    yield sent(f"@@ user {0 if machine.get('elevated', True) else 1}")
    yield sent(f"@@ started {_clock(machine)}")
    for name, _seconds, kind, *words in script.calls:
        if name != "Read-Answer":
            raise ScriptError(f"the term {name!r} is not recognized as the name of a cmdlet")
        yield from map(sent, _answered(machine, kind, words, script.answer_bytes))
    yield sent(f"@@ finished {_clock(machine)}")
    yield f"@@ complete {count} lines {size} bytes"


def _answered(machine: Machine, kind: str, words: Sequence[str], limit: int) -> Iterator[str]:
    yield f"@ {' '.join((kind, *words))}"
    code, lines = "0", list[str]()
    try:
        lines = answer(machine, kind, words)
    except ReadEndedError as ended:
        code = ended.word if ended.word.isdigit() else f"- {ended.word}"
        lines = [ended.message]
    size, truncated = 0, ""
    for line in lines:
        for part in re.split(r"\r\n|\r|\n", _redacted(line)):
            size += len(part) + 1
            if size > limit:
                truncated = " truncated"
            else:
                yield f" {part}"
    yield f"@ end {code}{truncated}"


def _redacted(line: str) -> str:
    for pattern, shown in _SECRETS:
        line = pattern.sub(shown, line)
    return line


def _clock(machine: Machine) -> str:
    return f"{time.time() + float(machine.get('clock_offset_seconds', 0)):.3f}"
