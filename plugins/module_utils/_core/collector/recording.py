# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The raw answers of one machine to a set of reads, as text and as objects. Private to this collection."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from .read import Read

FIRST_LINE = "@@ preflight-recording 1"


class RecordingError(Exception):
    """The text is no recording, or not the one that the collector made; the message says what is wrong."""


class Status(Enum):
    """What became of a read."""

    ANSWERED = "answered"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    TIMED_OUT = "timed_out"
    NOT_RUN = "not_run"
    CUT_OFF = "cut_off"
    NOT_ASKED = "not_asked"


_REASONS = {
    Status.ABSENT: "{key} does not exist",
    Status.UNREADABLE: "{key} could not be read{rights}",
    Status.TIMED_OUT: "{key} gave no answer within its time limit",
    Status.NOT_RUN: "{key} was not tried, the time for all reads was used up",
    Status.CUT_OFF: "the recording ends before the answer to {key}",
    Status.NOT_ASKED: "{key} was not collected",
}


@dataclass(frozen=True)
class Answer:
    """The answer to one read. ``code`` is the exit code of a command, ``None`` where there is none."""

    key: str
    status: Status
    text: str = ""
    code: int | None = None
    truncated: bool = False
    privileged: bool = True

    @property
    def answered(self) -> bool:
        """Whether the whole answer is there (a command may still have failed: see ``code``)."""
        return self.status is Status.ANSWERED and not self.truncated

    @property
    def lines(self) -> list[str]:
        """The lines; only a line feed ends one, whatever else Unicode takes for a line break."""
        return self.text.removesuffix("\n").split("\n") if self.text else []

    @property
    def reason(self) -> str:
        """Why there is no whole answer, as a clause for people."""
        if self.truncated:
            return f"the answer to {self.key} was cut at its size limit"
        if self.status is Status.ANSWERED:
            said = next((line for line in reversed(self.lines) if line.strip()), "")
            return f"{self.key} ended with code {self.code}" + (f": {said.strip()[:200]}" if said else "")
        rights = "" if self.privileged else " without root rights"
        return _REASONS[self.status].format(key=self.key, rights=rights)


@dataclass(frozen=True)
class Recording:
    """A parsed recording. Times are seconds since 1970, UTC: ``started`` and ``finished`` by the machine's own clock,
    ``sent`` and ``received`` by the controller's, just before and after the visit (``None`` for a recording that was
    made without a controller)."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    platform: str = "linux"
    user: int | None = None
    started: float | None = None
    finished: float | None = None
    complete: bool = False
    sent: float | None = None
    received: float | None = None

    @property
    def privileged(self) -> bool:
        """Whether the collector ran as root."""
        return self.user == 0

    def answer(self, read: Read) -> Answer:
        """Return the answer to a read; one that says so where there is none."""
        found = self.answers.get(read.key)
        if found is not None:
            return found
        missing = Status.NOT_ASKED if self.complete else Status.CUT_OFF
        return Answer(read.key, missing, privileged=self.privileged)


def parse(output: bytes) -> Recording:
    """Parse what a collecting script printed, noise before and after it included.

    Bytes that are not UTF-8 survive as surrogate escapes. An incomplete recording is no error: what is missing is
    answered as cut off. A redirection of PowerShell writes UTF-16 with a byte order mark; that is taken back.

    Raises:
        RecordingError: there is no recording in the output, a line cannot come from the collector, or the counts in
            the closing line do not agree with the text.
    """
    text = as_utf8(output).decode("utf-8", "surrogateescape")
    begin = re.search(rf"^{re.escape(FIRST_LINE)}(\r?)$", text, re.MULTILINE)
    if begin is None:
        raise RecordingError(f"expected a line {FIRST_LINE!r}, found none in {len(output)} bytes of output")
    text = text[begin.start() :]
    if begin[1]:  # a terminal was on the way
        text = text.replace("\r\n", "\n")
    return _Parser(text.split("\n")).parse()


def as_utf8(output: bytes) -> bytes:
    """Return a recording without a byte order mark, and in UTF-8 where the mark says that it is UTF-16."""
    if output.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return output.decode("utf-16", "replace").encode("utf-8", "replace")
    return output.removeprefix(codecs.BOM_UTF8)


class _Parser:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._header: dict[str, str] = {}
        self._answers: dict[str, Answer] = {}
        self._open: str | None = None
        self._text: list[str] = []
        self._bytes = 0

    def parse(self) -> Recording:
        complete = False
        for number, line in enumerate(self._lines):
            if number == len(self._lines) - 1:
                break  # what stands after the last line break was cut off
            if line.startswith("@@ complete "):
                self._check_counts(line, number)
                complete = True
                break
            self._bytes += len(line.encode("utf-8", "surrogateescape")) + 1
            self._take(line, number + 1)
        if complete and self._open is not None:
            raise RecordingError(f"expected an end of {self._open!r} before the closing line, found none")
        user = self._header.get("user", "")
        privileged = user == "0"
        if self._open is not None:
            self._answers[self._open] = Answer(self._open, Status.CUT_OFF, privileged=privileged)
        return Recording(
            answers={key: _with_rights(answer, privileged) for key, answer in self._answers.items()},
            platform=self._header.get("platform", ""),
            user=int(user) if user.isdigit() else None,
            started=_seconds(self._header.get("started", "")),
            finished=_seconds(self._header.get("finished", "")),
            complete=complete,
        )

    def _take(self, line: str, number: int) -> None:
        if line.startswith("@@ "):
            name, _space, value = line[3:].partition(" ")
            self._header[name] = value
        elif line.startswith("@ end ") and self._open is not None:
            self._answers[self._open] = _answer(self._open, line[6:], self._text, number)
            self._open, self._text = None, []
        elif line.startswith("@ ") and self._open is None:
            self._open = line[2:]
            if self._open in self._answers:
                raise RecordingError(f"line {number}: expected one answer to {self._open!r}, found a second")
        elif line.startswith(" ") and self._open is not None:
            self._text.append(line[1:])
        else:
            raise RecordingError(f"line {number} does not come from the collector: {line[:80]!r}")

    def _check_counts(self, line: str, number: int) -> None:
        counts = re.fullmatch(r"@@ complete (\d+) lines (\d+) bytes", line.rstrip())
        if counts is None:
            raise RecordingError(f"line {number + 1}: expected '@@ complete N lines N bytes', found {line[:80]!r}")
        expected = int(counts[1]), int(counts[2])
        if (number, self._bytes) != expected:
            raise RecordingError(
                f"the recording was changed after it was made: its closing line counts {expected[0]} lines and "
                f"{expected[1]} bytes, found {number} and {self._bytes}; collect again"
            )


def _answer(key: str, end: str, text: list[str], number: int) -> Answer:
    words = end.split()
    truncated = "truncated" in words
    words = [word for word in words if word != "truncated"]
    content = "".join(f"{line}\n" for line in text)
    if len(words) == 1 and words[0].isdigit():
        return Answer(key, Status.ANSWERED, content, int(words[0]), truncated)
    if len(words) == 2 and words[0] == "-":
        try:
            return Answer(key, Status(words[1]), content, None, truncated)
        except ValueError:
            pass
    raise RecordingError(f"line {number}: expected '@ end CODE [reason]', found {'@ end ' + end[:60]!r}")


def _with_rights(answer: Answer, privileged: bool) -> Answer:
    return Answer(answer.key, answer.status, answer.text, answer.code, answer.truncated, privileged)


def _seconds(text: str) -> float | None:
    found = re.match(r"\d+(\.\d+)?", text)
    return float(found[0]) if found else None
