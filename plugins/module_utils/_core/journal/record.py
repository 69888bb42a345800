# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records that the changes left on a machine. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..collector.read import command, names
from ..collector.recording import Recording, Status
from ..collector.windows_read import journal, rows

ROOT = "/var/lib/preflight.azure"
DIRECTORY = f"{ROOT}/journal"
_STATES = ("planned", "done", "failed", "restored")
_HEAD = ("record", "fix", "run", "catalogue", "time", "before", "after")

#: Whether there is a journal, and may be listed; and its records with their file names before each line.
_FILES = names(f"{DIRECTORY}/*.record", ROOT)
_RECORDS = command(
    "journal",
    f"test ! -d {DIRECTORY} || find {DIRECTORY} -type f -user 0 -name '*.record'"
    " -exec awk '{ print FILENAME \":\" $0 }' {} +",
    timeout_seconds=15,
)
READS = (_FILES, _RECORDS)
WINDOWS_DIRECTORY = r"%ProgramData%\preflight.azure\journal"
_WINDOWS_RECORDS = journal()
WINDOWS_READS = (_WINDOWS_RECORDS,)


class JournalError(Exception):
    """The journal of the machine could not be read; the message says why and what to do."""


@dataclass(frozen=True)
class Record:
    """One change. ``states`` are what became of it and when; ``details`` what the fix itself noted.

    ``file`` is the name of its file, where that is known; it tells number, fix and run, too.
    """

    number: str
    fix: str
    run: str
    catalogue: str
    time: str
    before: str
    after: str
    states: tuple[tuple[str, str], ...]
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: str = ""

    @property
    def state(self) -> str:
        """Planned, done, failed or restored."""
        return self.states[-1][0]

    def as_json(self) -> dict[str, Any]:
        """Return the record as it stands in results and documents."""
        return {
            "record": self.number,
            "fix": self.fix,
            "run": self.run,
            "catalogue": self.catalogue,
            "time": self.time,
            "before": self.before,
            "after": self.after,
            "state": self.state,
            "states": [{"state": state, "time": time} for state, time in self.states],
            "details": {key: list(lines) for key, lines in self.details.items()},
        }


def parse_journal(recording: Recording) -> list[Record]:
    """Return the records of a machine, oldest first; those that were never completed are left out.

    Raises:
        JournalError: it is not known what the journal holds.
    """
    files = recording.answer(_FILES)
    if not files.answered:
        hint = "" if recording.privileged else "; set become: true"
        raise JournalError(f"the journal in {DIRECTORY} cannot be read: {files.reason}{hint}")
    if not any(line.endswith(".record") for line in files.lines):
        # Everybody can see whether there is a place for one; what is in it, only root.
        if files.lines and not recording.privileged:
            raise JournalError(f"the journal in {DIRECTORY} can only be read with root rights; set become: true")
        return []
    answer = recording.answer(_RECORDS)
    if not answer.answered or answer.status is not Status.ANSWERED or answer.code != 0:
        raise JournalError(f"the journal in {DIRECTORY} cannot be read: {answer.reason}; look into it by hand")
    lines: dict[str, list[str]] = {}
    for line in answer.lines:
        path, colon, text = line.partition(":")
        if colon and path.startswith(f"{DIRECTORY}/"):
            lines.setdefault(path, []).append(text)
    return _records(lines)


def parse_windows_journal(recording: Recording) -> list[Record]:
    """Return the records of a Windows machine as :func:`parse_journal` does.

    Raises:
        JournalError: it is not known what the journal holds.
    """
    answer = recording.answer(_WINDOWS_RECORDS)
    if answer.status is Status.ABSENT:
        return []
    if not answer.answered or answer.code != 0:
        raise JournalError(
            f"the journal in {WINDOWS_DIRECTORY} cannot be read: {answer.reason}; connect as an administrator"
        )
    lines: dict[str, list[str]] = {}
    for words in rows(answer.lines):
        if len(words) == 2:
            lines.setdefault(words[0], []).append(words[1])
    return _records(lines)


def _records(lines: Mapping[str, list[str]]) -> list[Record]:
    records = [(path, _record(found)) for path, found in sorted(lines.items())]
    return [replace(record, file=path.rpartition("/")[2]) for path, record in records if record is not None]


def parse_record(lines: Iterable[str]) -> dict[str, Any] | None:
    """Return the copy of one record as JSON, ``None`` where it is no record."""
    record = _record(lines)
    return None if record is None else record.as_json()


def _record(lines: Iterable[str]) -> Record | None:
    head: dict[str, str] = {}
    states: list[tuple[str, str]] = []
    details: dict[str, tuple[str, ...]] = {}
    for line in lines:
        key, colon, text = line.partition(": ")
        state, _space, time = text.partition(" ")
        if not colon:
            continue
        if key in _HEAD:
            head.setdefault(key, text)
        elif key != "state":
            details[key] = (*details.get(key, ()), text)
        elif state in _STATES:
            states.append((state, time))
    numbered = re.fullmatch("[0-9]{1,15}", head.get("record", "")) is not None
    if not states or not numbered or not head.get("fix") or not head.get("run"):
        return None
    number, fix, run, catalogue, when, before, after = (head.get(key, "") for key in _HEAD)
    return Record(number, fix, run, catalogue, when, before, after, tuple(states), details)
