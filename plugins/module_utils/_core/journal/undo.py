# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is undone, in which order, and what became of it. Private to this collection."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..collector.recording import Recording
from ..fixes.changes import answer_to, call, compose_steps
from ..fixes.contract import Fix
from ..fixes.said import Said, said
from .record import Record, parse_record

STATES = frozenset({"restored", "unchanged", "refused", "failed", "running"})
_SECONDS_BESIDE = 60


@dataclass(frozen=True)
class Restored:
    """What became of undoing one record: restored, unchanged, refused, failed or running."""

    record: Record
    state: str
    reason: str
    journal: dict[str, Any] | None = None
    log: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it stands in results."""
        return {
            "record": self.record.number,
            "fix": self.record.fix,
            "run": self.record.run,
            "state": self.state,
            "reason": self.reason,
            "journal": self.journal or self.record.as_json(),
            "log": list(self.log),
        }


def choose(
    records: Sequence[Record],
    known: Mapping[str, Fix],
    fix: str | None = None,
    run: str | None = None,
    *,
    over_network: bool = False,
) -> list[Record]:
    """Return the records to undo, in that order: what opened a door first, then the last change first; but what the
    present connection may depend on comes last. ``known`` are the fixes for the machine's platform."""

    def carries(record: Record) -> bool:
        return over_network and record.fix in known and known[record.fix].carries_connection

    def weakening(record: Record) -> bool:
        return record.fix in known and known[record.fix].safety == "weakening"

    chosen = [
        record
        for record in records
        if record.state != "restored" and fix in (None, record.fix) and run in (None, record.run)
    ]
    return sorted(chosen, key=lambda record: (carries(record), not weakening(record), -int(record.number)))


def foreign(records: Sequence[Record], known: Container[str]) -> list[Restored]:
    """Return the refusals of those records that no fix of this version made on the machine's platform."""
    return [
        Restored(
            record,
            "refused",
            f"this version knows no fix {record.fix}; restore with the version that made it (catalogue "
            f"{record.catalogue or 'not known'})",
        )
        for record in records
        if record.fix not in known
    ]


def compose_restores(records: Sequence[Record], run_id: str, *, force: bool, timeout_seconds: int) -> str:
    """Return the script that undoes the records in the order given; their fixes must be known.

    Raises:
        ValueError: the run id is not made of letters, digits and hyphens.
    """
    calls = [
        call("restore", record.number, record.fix, str(timeout_seconds), "yes" if force else "no") for record in records
    ]
    seconds = seconds_needed(records, timeout_seconds)
    return compose_steps(calls, [record.fix for record in records], run_id, seconds)


def seconds_needed(records: Sequence[Record], timeout_seconds: int) -> int:
    """Return how long the visit that undoes the records may last."""
    return len(records) * (timeout_seconds + _SECONDS_BESIDE) + 10


def parse_restores(recording: Recording, records: Sequence[Record]) -> list[Restored]:
    """Return what became of each record."""
    return [restored(record, said(answer_to(recording, f"restore {record.number}"), STATES)) for record in records]


def restored(record: Record, words: Said) -> Restored:
    """Return what became of undoing a record, from what the machine said of it."""
    return Restored(record, words.state, words.reason, parse_record(words.record), words.log)
