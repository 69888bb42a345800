# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import (
    READS,
    JournalError,
    parse_journal,
    parse_record,
)

FILES, RECORDS = (read.key for read in READS)
PATH = "/var/lib/preflight.azure/journal/000001.lsof.r1.record"
LINES = [
    "record: 000001",
    "fix: lsof",
    "run: r1",
    "catalogue: 1.0",
    "time: 2026-01-01T00:00:00Z",
    "before: missing",
    "after: installed",
    "manager: dnf",
    "state: planned 2026-01-01T00:00:00Z",
    "added: libtirpc 1.3.3-8.el9_4.x86_64",
    "added: lsof 4.94.0-3.el9.x86_64",
    "state: done 2026-01-01T00:00:02Z",
]


def journal(lines: list[str], files: str = f"{PATH}\n", user: int = 0) -> Recording:
    text = "".join(f"{line}\n" for line in lines)
    return Recording(
        {
            FILES: Answer(FILES, Status.ANSWERED, files, 0, privileged=user == 0),
            RECORDS: Answer(RECORDS, Status.ANSWERED, text, 0, privileged=user == 0),
        },
        user=user,
        complete=True,
    )


def test_record_is_read_with_its_states_and_details() -> None:
    [record] = parse_journal(journal([f"{PATH}:{line}" for line in LINES]))
    assert (record.number, record.fix, record.run, record.state) == ("000001", "lsof", "r1", "done")
    assert record.details["added"] == ("libtirpc 1.3.3-8.el9_4.x86_64", "lsof 4.94.0-3.el9.x86_64")
    assert record.as_json() == parse_record(LINES)


def test_records_come_oldest_first() -> None:
    second = PATH.replace("000001", "000002")
    lines = [line.replace("000001", "000002") for line in LINES]
    found = parse_journal(journal([*(f"{second}:{line}" for line in lines), *(f"{PATH}:{line}" for line in LINES)]))
    assert [record.number for record in found] == ["000001", "000002"]


def test_no_journal_is_no_record() -> None:
    assert parse_journal(journal([], files="")) == []


def test_record_that_was_never_completed_is_left_out() -> None:
    assert parse_journal(journal([f"{PATH}:{line}" for line in LINES[:8]])) == []


@pytest.mark.parametrize("junk", ["", "root:x:0:0", "state: splendid", "nonsense", ": ", "record: ../../etc"])
def test_other_lines_do_no_harm(junk: str) -> None:
    [record] = parse_journal(journal([*(f"{PATH}:{line}" for line in LINES), f"{PATH}:{junk}", junk]))
    assert record.state == "done"
    assert record.number == "000001"


def test_journal_without_root_rights_is_not_taken_for_empty() -> None:
    with pytest.raises(JournalError, match="become: true"):
        parse_journal(journal([], files="/var/lib/preflight.azure\n", user=1000))


def test_place_for_a_journal_that_is_missing_is_seen_without_root_rights() -> None:
    assert parse_journal(journal([], files="", user=1000)) == []


def test_listing_that_failed_is_an_error() -> None:
    recording = journal([f"{PATH}:{line}" for line in LINES])
    failed = Answer(RECORDS, Status.ANSWERED, "find: no\n", 1)
    with pytest.raises(JournalError, match="ended with code 1"):
        parse_journal(Recording({**recording.answers, RECORDS: failed}, user=0, complete=True))


@pytest.mark.parametrize("status", [Status.UNREADABLE, Status.TIMED_OUT, Status.CUT_OFF])
def test_unreadable_journal_is_an_error_with_its_reason(status: Status) -> None:
    recording = Recording({FILES: Answer(FILES, status)}, user=0, complete=True)
    with pytest.raises(JournalError, match="cannot be read"):
        parse_journal(recording)


def test_journal_that_was_cut_is_an_error() -> None:
    recording = journal([f"{PATH}:{line}" for line in LINES])
    cut = Answer(RECORDS, Status.ANSWERED, recording.answers[RECORDS].text, 0, truncated=True)
    with pytest.raises(JournalError, match="size limit"):
        parse_journal(Recording({**recording.answers, RECORDS: cut}, user=0, complete=True))
