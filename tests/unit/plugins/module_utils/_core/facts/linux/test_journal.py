# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.journal import SUBJECT
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import DIRECTORY, READS, ROOT
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
)

FILES, RECORDS = READS


def record(number: int, fix: str, *states: str) -> str:
    lines = [f"record: {number:06}", f"fix: {fix}", "run: r1", "time: 2026-01-01T00:00:00Z", "before: a", "after: b"]
    lines += [f"state: {state} 2026-01-01T00:00:0{second}Z" for second, state in enumerate(states)]
    return "".join(f"{DIRECTORY}/{number:06}.{fix}.r1.record:{line}\n" for line in lines)


def facts(*records: str, names: str | Status | None = None, user: int = 0) -> Facts:
    paths = "".join(f"{text.partition(':')[0]}\n" for text in records) + f"{ROOT}\n"
    answers = {FILES: paths if names is None else names, RECORDS: "".join(records)}
    return assemble(recording(answers, user=user), [SUBJECT])


def test_what_opens_a_door_is_listed_until_it_is_restored() -> None:
    found = facts(
        record(1, "push_account", "planned", "done", "restored"),
        record(2, "lsof", "planned", "done"),
        record(3, "push_account", "planned", "done"),
        record(4, "push_account", "planned", "done"),
    )
    assert found.tree["journal"] == {
        "open_records": [
            {"fix": fix, "run": "r1", "time": "2026-01-01T00:00:00Z", "state": "done"}
            for fix in ("lsof", "push_account", "push_account")
        ],
        "weakenings": ["push_account"],
    }


@pytest.mark.parametrize("state", ["planned", "done", "failed"])
def test_what_may_have_opened_a_door_counts_too(state: str) -> None:
    states = ["planned"] if state == "planned" else ["planned", state]
    assert facts(record(1, "push_account", *states)).tree["journal"]["weakenings"] == ["push_account"]  # type: ignore[index, call-overload]


def test_fix_of_another_version_may_have_opened_one() -> None:
    assert facts(record(1, "from_the_future", "planned", "done")).tree["journal"]["weakenings"] == ["from_the_future"]  # type: ignore[index, call-overload]


@pytest.mark.parametrize("user", [0, 1000])
def test_machine_without_a_journal_has_nothing_open(user: int) -> None:
    assert facts(names="", user=user).tree["journal"] == {"open_records": [], "weakenings": []}


def test_journal_without_records_has_nothing_open() -> None:
    assert facts().tree["journal"] == {"open_records": [], "weakenings": []}


@pytest.mark.parametrize(
    ("names", "user", "found"),
    [
        (f"{ROOT}\n", 1000, "root rights"),
        (Status.UNREADABLE, 1000, "become: true"),
        (Status.TIMED_OUT, 0, "time limit"),
    ],
)
def test_journal_that_cannot_be_read_is_unknown_with_the_reason(names: str | Status, user: int, found: str) -> None:
    unknown = facts(names=names, user=user)
    assert unknown.tree["journal"] == {"open_records": None, "weakenings": None}
    assert found in unknown.reasons["journal.weakenings"]


def test_listing_that_failed_is_unknown() -> None:
    answers = {FILES: f"{DIRECTORY}/000001.lsof.r1.record\n{ROOT}\n", RECORDS: Printed("find: no\n", 1)}
    assert assemble(recording(answers), [SUBJECT]).tree["journal"] == {"open_records": None, "weakenings": None}
