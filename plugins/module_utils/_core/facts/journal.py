# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this collection changed on the machine and has not put back, from its own journal there. Private."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..collector.read import Read
from ..collector.recording import Recording
from ..fixes.registry import variants
from ..journal.record import JournalError, Record
from .fact import Element, Fact, Subject, Unknown, Value

#: Returns the records of a machine's journal; it raises JournalError where these are not known.
Reader = Callable[[Recording], "list[Record]"]


def journal_subject(directory: str, reads: tuple[Read, ...], records: Reader) -> Subject:
    """Return the facts about a journal that is kept in a directory."""

    def parse(recording: Recording) -> Mapping[str, Value]:
        found = _open(recording, records)
        if isinstance(found, Unknown):
            return {"open_records": found, "weakenings": found}
        weakenings: list[Value] = [*dict.fromkeys(record.fix for record in found if _may_weaken(record.fix))]
        return {
            "open_records": [
                {"fix": record.fix, "run": record.run, "time": record.time, "state": record.state} for record in found
            ],
            "weakenings": weakenings,
        }

    return Subject("journal", _facts(directory, reads), parse)


def _open(recording: Recording, records: Reader) -> list[Record] | Unknown:
    try:
        return [record for record in records(recording) if record.state != "restored"]
    except JournalError as error:
        return Unknown(str(error))


def _may_weaken(fix: str) -> bool:
    """Whether a fix opens a door; one that this version does not know may."""
    return not variants(fix) or any(each.safety == "weakening" for each in variants(fix))


def _facts(directory: str, reads: tuple[Read, ...]) -> tuple[Fact, ...]:
    return (
        Fact(
            "journal.open_records",
            "list",
            "The changes that were begun and not restored, the oldest first.",
            directory,
            reads,
            elements=(
                Element("fix", "str", "The name of the fix."),
                Element("run", "str", "The run that made the change."),
                Element("time", "str", "When, UTC, by the machine's own clock."),
                Element("state", "str", "What became of it: planned, done or failed."),
            ),
        ),
        Fact(
            "journal.weakenings",
            "list",
            "The names of those fixes among them that open a door, and of those that this version does not know.",
            directory,
            reads,
        ),
    )
