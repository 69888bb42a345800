# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Windows machine prints to a script of the collection: the recording, from the answers of a model.

Lines that read are answered here; lines that change something are steps (:mod:`steps`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.answers import answer
from ansible_collections.preflight.azure.tests.doubles.generated_lines import Script, ScriptError, parse_script
from ansible_collections.preflight.azure.tests.doubles.model import NotInFileError, ReadEndedError
from ansible_collections.preflight.azure.tests.doubles.steps import Steps

_SECRETS = (
    (re.compile(r"://[^\s/:@]*:[^\s/@]*@"), "://[redacted]@"),
    (
        re.compile(r"((?:[Pp]assword|[Pp]asswd|PASSWORD|[Pp]wd|[Ss]ecret|[Tt]oken)\s*[=:]\s*)[^\s;,]+"),
        r"\1[redacted]",
    ),
)
_ENDINGS = ("absent", "unreadable", "timed_out")


class DroppedError(Exception):
    """The connection breaks here; nothing more is carried out and nothing more arrives."""


@dataclass
class Visit:
    """One script on its way through a model; ``hung`` are the seconds that hanging reads have used up."""

    machine: dict[str, Any]
    script: Script
    unknown: list[str] = field(default_factory=list)
    hung: float = 0
    steps: Steps = field(init=False)

    def __post_init__(self) -> None:
        self.steps = Steps(self.machine, self.script.data)

    def answered(self, seconds: str, kind: str, *words: str) -> Iterator[str]:
        """The lines of one answer, the first and the last included."""
        key = " ".join((kind, *words))
        yield f"@ {key}"
        left = min(float(seconds), self.script.time_seconds - self.hung)
        if left <= 0:
            yield "@ end - not_run"
            return
        code, lines = "0", list[str]()
        try:
            lines = list(self.steps.carry_out(*words)) if kind == "step" else answer(self.machine, kind, words)
        except NotInFileError as error:
            self.unknown.append(key)
            code, lines = "1", [f"the machine file does not tell of {error}"]
        except ReadEndedError as ended:
            if ended.word in ("hangs", "timed_out"):
                # "timed_out" only counts the seconds, "hangs" lets them pass.
                time.sleep(left if ended.word == "hangs" else 0)
                self.hung += left
                yield "@ end - timed_out"
                return
            code, lines = ended.word, [ended.message]
        yield from self._text(code, lines)

    def _text(self, code: str, lines: Sequence[str]) -> Iterator[str]:
        size, truncated = 0, ""
        for line in lines:
            for piece in re.split(r"\r\n|\r|\n", _redacted(line)):
                size += len(piece.encode("utf-16-le", "surrogatepass")) // 2 + 1
                if size > self.script.answer_bytes:
                    truncated = " truncated"
                else:
                    yield f" {piece}"
        if not code.isdigit():
            code = f"- {code}" if code in _ENDINGS else "1"
        yield f"@ end {code}{truncated}"


def run(machine: dict[str, Any], lines: Sequence[str], unknown: list[str] | None = None) -> Iterator[str]:
    """Return the lines that the machine prints for what it gets on standard input, one after the other.

    What the machine file does not tell is added to ``unknown``: a test must look at it.

    Raises:
        ScriptError: the script does not compile, or is not the collection's.
        DroppedError: the model wants the connection to break.
    """
    visit = Visit(machine, parse_script(lines), [] if unknown is None else unknown)
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
    for number, (name, *words) in enumerate(visit.script.calls):
        if number == machine.get("dropped_before_call") or _step_of(name, words) == machine.get("dropped_before_step"):
            raise DroppedError
        if name == "Read-Answer":
            yield from map(sent, visit.answered(*words))
        elif name == "Invoke-Step":
            yield from map(sent, visit.answered(words[0], "step", *words[1:]))
        else:
            raise ScriptError(f"the term {name!r} is not recognized as the name of a cmdlet")
    yield sent(f"@@ finished {_clock(machine)}")
    yield f"@@ complete {count} lines {size} bytes"


def _step_of(name: str, words: Sequence[str]) -> str:
    return words[1] if name == "Invoke-Step" else "-"


def _redacted(line: str) -> str:
    for pattern, shown in _SECRETS:
        line = pattern.sub(shown, line)
    return line


def _clock(machine: dict[str, Any]) -> str:
    return f"{time.time() + float(machine.get('clock_offset_seconds', 0)):.3f}"
