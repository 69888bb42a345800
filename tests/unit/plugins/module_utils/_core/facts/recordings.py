# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recordings made by hand: the text that a machine's collector would have printed, from a mapping of read to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import (
    FIRST_LINE,
    Recording,
    Status,
    parse,
)


@dataclass(frozen=True)
class Printed:
    """An answer with an exit code, a status (as of a glob read that was partly refused) or a cut at the size limit."""

    text: str = ""
    code: int = 0
    truncated: bool = False
    status: Status = Status.ANSWERED


#: Text is an answer with code 0, a status one without text; a read that is not in the mapping was not asked.
Answers = Mapping[Read, "str | Status | Printed"]


def recording(
    answers: Answers,
    *,
    user: int = 0,
    started: float = 1_700_000_000.25,
    finished: float = 1_700_000_000.75,
    complete: bool = True,
    sent: float | None = None,
    received: float | None = None,
) -> Recording:
    """Return the parsed recording; ``complete=False`` leaves out its closing line."""
    text = recording_text(answers, user=user, started=started, finished=finished, complete=complete)
    found = parse(text)
    return replace(found, sent=sent, received=received) if sent is not None or received is not None else found


def recording_text(
    answers: Answers,
    *,
    user: int = 0,
    started: float = 1_700_000_000.25,
    finished: float = 1_700_000_000.75,
    complete: bool = True,
) -> bytes:
    """Return what the collector would have printed."""
    lines = [FIRST_LINE, "@@ platform linux", f"@@ user {user}", f"@@ started {started:.9f}"]
    for read, answer in answers.items():
        lines += [f"@ {read.key}", *_answer_lines(answer)]
    lines.append(f"@@ finished {finished:.9f}")
    body = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    closing = f"@@ complete {len(lines)} lines {len(body)} bytes\n" if complete else ""
    return body + closing.encode("ascii")


def _answer_lines(answer: str | Status | Printed) -> list[str]:
    if isinstance(answer, Status):
        answer = Printed(status=answer)
    elif isinstance(answer, str):
        answer = Printed(answer)
    text = answer.text[:-1] if answer.text.endswith("\n") else answer.text
    end = str(answer.code) if answer.status is Status.ANSWERED else f"- {answer.status.value}"
    content = [f" {line}" for line in text.split("\n")] if answer.text else []
    return [*content, f"@ end {end}{' truncated' if answer.truncated else ''}"]


def values(contents: Mapping[str, str | None]) -> str:
    """Return the answer text of a values read: ``None`` stands for a file that could not be read."""
    return "".join(f"{path}\n" if line is None else f"{path}\t{line}\n" for path, line in contents.items())


def names(*paths: str) -> str:
    """Return the answer text of a names read."""
    return "".join(f"{path}\n" for path in paths)
