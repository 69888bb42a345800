# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import Record
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import (
    choose,
    compose_restores,
    foreign,
    parse_restores,
)

LINUX = FIXES["linux"]


def record(number: int, fix: str = "lsof", run: str = "r1", state: str = "done") -> Record:
    return Record(f"{number:06d}", fix, run, "1.0", "", "missing", "installed", ((state, ""),))


def numbers(records: list[Record]) -> list[int]:
    return [int(each.number) for each in records]


def test_last_change_is_undone_first() -> None:
    assert numbers(choose([record(1), record(9), record(10)], LINUX)) == [10, 9, 1]


def test_what_is_restored_is_left_out_and_what_is_open_is_not() -> None:
    records = [record(1, state="restored"), record(2, state="planned"), record(3, state="failed")]
    assert numbers(choose(records, LINUX)) == [3, 2]


def test_one_fix_and_one_run_can_be_chosen() -> None:
    records = [record(1), record(2, fix="hosts_entry"), record(3, run="r2")]
    assert numbers(choose(records, LINUX, fix="lsof")) == [3, 1]
    assert numbers(choose(records, LINUX, run="r1")) == [2, 1]
    assert numbers(choose(records, LINUX, fix="lsof", run="r1")) == [1]


def test_what_opened_a_door_is_undone_before_all_others_but_what_carries_the_connection_after_them() -> None:
    door = replace(LINUX["lsof"], name="door", safety="weakening")
    way = replace(door, name="way", carries_connection=True)
    known, records = {**LINUX, "door": door, "way": way}, [record(1), record(2, "door"), record(3), record(4, "way")]
    assert numbers(choose(records, known)) == [4, 2, 3, 1]
    assert numbers(choose(records, known, over_network=True)) == [2, 3, 1, 4]


def test_fix_of_another_version_is_refused_by_name() -> None:
    [refused] = foreign([record(1), record(2, fix="from_the_future")], FIXES["linux"])
    assert refused.state == "refused"
    assert "knows no fix from_the_future" in refused.reason


@pytest.mark.parametrize(("force", "word"), [(True, "yes"), (False, "no")])
def test_each_record_is_one_line_in_order(force: bool, word: str) -> None:
    script = compose_restores([record(2), record(1)], "r9", force=force, timeout_seconds=60)
    calls = [line for line in script.splitlines() if line.startswith("restore 0")]
    assert calls == [f"restore 000002 lsof 60 {word}", f"restore 000001 lsof 60 {word}"]


def test_failure_of_one_does_not_hide_the_others() -> None:
    answers = {
        "restore 000002": Answer("restore 000002", Status.ANSWERED, "state: refused\nreason: changed since\n", 0),
        "restore 000001": Answer("restore 000001", Status.ANSWERED, "state: restored\nreason: removed lsof\n", 0),
    }
    results = parse_restores(Recording(answers, user=0, complete=True), [record(2), record(1), record(3)])
    assert [each.state for each in results] == ["refused", "restored", "failed"]
    assert results[0].as_json()["reason"] == "changed since"
    assert results[1].as_json()["journal"]["fix"] == "lsof"
