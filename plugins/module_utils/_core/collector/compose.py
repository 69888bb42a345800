# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes one script out of the platform's library and a set of reads. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .quote import quote_posix
from .read import Read


@dataclass(frozen=True)
class Limits:
    """How far one visit may go: seconds for all reads together, bytes for one answer."""

    time_seconds: int = 60
    answer_bytes: int = 1 << 20


def compose(reads: Iterable[Read], limits: Limits = Limits()) -> str:
    """Return the script that carries out the reads, each once, in the order given.

    Raises:
        ValueError: the name of a read is not printable text in one line.
    """
    return compose_calls([_call(read) for read in dict.fromkeys(reads)], limits)


def compose_calls(calls: Sequence[str], limits: Limits, definitions: Sequence[str] = ()) -> str:
    """Return the script that makes calls of the library or of further definitions, in the order given.

    It is one brace block: a shell that gets only a part of it finds no end and runs nothing.
    """
    return "\n".join(
        [
            "{",
            "exec </dev/null",
            library(),
            *definitions,
            f"time_limit={limits.time_seconds}",
            f"size_limit={limits.answer_bytes}",
            "reads() {",
            *(calls or [":"]),
            "}",
            "collect",
            "exit 0",
            "}",
            "",
        ]
    )


def library() -> str:
    """Return ``linux.sh`` with its filter, as it is sent."""
    here = Path(__file__).parent
    return f"filter_program={quote_posix(as_sent(here / 'filter.awk'))}\n{as_sent(here / 'linux.sh')}"


@cache
def as_sent(path: Path) -> str:
    """Return a file for the shell or for awk without comments, blank lines and indentation."""
    text = path.read_text(encoding="ascii")
    stripped = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in stripped if line and not line.startswith("#"))


def _call(read: Read) -> str:
    for argument in read.key.split(" "):
        if not argument.isprintable():
            raise ValueError(f"the name of a read must be printable text in one line, found {read.key!r}")
    words = [f"read_{read.kind}", *(quote_posix(argument) for argument in read.arguments)]
    if read.kind in ("command", "file"):
        words.append(str(read.timeout_seconds))
    return " ".join(words)
