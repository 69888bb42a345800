# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Undoes what the records of a Windows machine tell, as far as their fixes own it. Private to this collection."""

from __future__ import annotations

from collections.abc import Sequence

from ..collector.recording import Recording
from ..collector.windows_read import rows
from ..facts.fact import Json
from ..fixes.contract import Fix
from ..fixes.windows.changes import compose_steps, outcome, undo_lines
from ..fixes.windows.registry import FIXES
from ..fixes.windows.states import as_json
from ..fixes.windows.thing import Change, Thing
from .record import Record
from .undo import STATES, Restored, restored, seconds_needed


def undoable(records: Sequence[Record]) -> tuple[list[Record], list[Restored]]:
    """Return the records whose changes their fixes own, and the refusals of the others.

    What a journal tells is only believed where the fix's own code could have done it.
    """
    good, refused = list[Record](), list[Restored]()
    for record in records:
        reason = _distrust(record)
        if reason:
            refused.append(Restored(record, "refused", reason))
        else:
            good.append(record)
    return good, refused


def _distrust(record: Record) -> str:
    fix = FIXES[record.fix]
    # Else what became of one record would be noted in another one.
    own = f"{record.number}.{record.fix}.{record.run}.record"
    if record.file not in ("", own):
        return f"expected the record in the file {own}, found it in {record.file}: somebody else moved or wrote it"
    try:
        made = changes_of(record)
    except ValueError as error:
        return f"the record cannot be read: {error}; look at it by hand"
    for change in made:
        if not fix.owns(change.thing, change.before) or not fix.makes(change):
            return f"the fix {fix.name} never makes {change.thing} {change.before!r}: somebody else wrote this record"
    return ""


def changes_of(record: Record) -> list[Change]:
    """Return the changes that a record tells of, in the order in which they were made.

    Raises:
        ValueError: a line is not a change.
    """
    made = []
    for words in rows(record.details.get("change", ())):
        if len(words) != 4 or not all(word.isprintable() for word in words):
            raise ValueError(f"expected kind, name, before and after, found {words!r}")
        kind, name, before, after = words
        # What was as wanted already when the change was made is nobody's to put back, not even with force.
        if before != after:
            made.append(Change(Thing(kind, name), before, after))
    return made


def states_told(record: Record) -> tuple[Json, Json]:
    """Return what a record says that there is, and what there was before, for people: states, else its words."""
    try:
        made = changes_of(record)
    except ValueError:
        made = []
    return (as_json(made, after=True), as_json(made, after=False)) if made else (record.after, record.before)


def compose_restores(records: Sequence[Record], run_id: str, *, force: bool, timeout_seconds: int) -> str:
    """Return the script that undoes the records in the order given; their fixes must own them.

    Raises:
        ValueError: the run id is not made of letters, digits and hyphens.
    """
    fixes: list[Fix] = [FIXES[record.fix] for record in records]
    lines = [
        line
        for record, fix in zip(records, fixes, strict=True)
        for line in undo_lines(
            record.number, fix, changes_of(record), run_id, force=force, timeout_seconds=timeout_seconds
        )
    ]
    return compose_steps(lines, fixes, run_id, seconds_needed(records, timeout_seconds))


def parse_restores(recording: Recording, records: Sequence[Record]) -> list[Restored]:
    """Return what became of each record."""
    return [restored(record, outcome(recording, record.number, STATES)) for record in records]
