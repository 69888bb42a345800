# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status, parse
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Subject
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux import machines
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
    recording_text,
)
from hypothesis import given, settings
from hypothesis import strategies as st

MINE = [subject for subject in SUBJECTS if subject.name in ("os", "hardware", "boot", "storage")]
READS: list[Read] = sorted({read for subject in MINE for fact in subject.facts for read in fact.reads})
TYPES: dict[str, type] = {"bool": bool, "int": int, "float": float, "str": str, "list": list, "dict": dict}


@pytest.mark.parametrize("name", machines.ALL)
@pytest.mark.parametrize("subject", MINE, ids=lambda subject: subject.name)
def test_a_parser_gives_what_is_declared_in_the_types_declared(subject: Subject, name: str) -> None:
    found = recording(machines.ALL[name]())
    assert set(subject.parse(found)) == {fact.path.partition(".")[2] for fact in subject.facts}
    tree: Any = assemble(found, [subject]).tree[subject.name]
    for fact in subject.facts:
        key = fact.path.partition(".")[2]
        assert tree[key] is None or tree[key].__class__ is TYPES[fact.type], fact.path
        if fact.elements:
            for entry in tree[key] or []:
                assert list(entry) == [element.name for element in fact.elements], fact.path
                for element in fact.elements:
                    value = entry[element.name]
                    assert value is None or value.__class__ is TYPES[element.type], fact.path


@pytest.mark.parametrize("subject", MINE, ids=lambda subject: subject.name)
def test_every_fact_is_documented_and_has_reads(subject: Subject) -> None:
    for fact in subject.facts:
        assert fact.path.startswith(f"{subject.name}.")
        assert all((fact.reads, fact.source, fact.description, fact.type in TYPES))
        assert fact.path.endswith("_bytes") is (fact.unit == "bytes" and fact.type == "int")
        for element in fact.elements:
            assert all((element.description, element.type in TYPES))
            assert element.name.endswith("_bytes") is (element.unit == "bytes")


@pytest.mark.parametrize("subject", MINE, ids=lambda subject: subject.name)
def test_a_fact_needs_no_read_that_it_does_not_declare(subject: Subject) -> None:
    """What a fact declares is all that is collected for it, so with these answers alone it is known."""
    for name in machines.ALL:
        answers = machines.ALL[name]()
        whole: Any = assemble(recording(answers), [subject]).tree[subject.name]
        for fact in subject.facts:
            key = fact.path.partition(".")[2]
            narrow: Any = assemble(
                recording({read: answer for read, answer in answers.items() if read in fact.reads}), [subject]
            ).tree[subject.name]
            assert narrow[key] == whole[key], (name, fact.path)


def test_without_answers_every_fact_is_unknown_with_a_reason() -> None:
    for subject in MINE:
        found = assemble(recording({}), [subject])
        tree: Any = found.tree[subject.name]
        assert set(tree.values()) == {None}
        assert set(found.reasons) == {fact.path for fact in subject.facts}


@pytest.mark.parametrize("name", machines.ALL)
def test_no_fact_says_more_when_less_was_read(name: str) -> None:
    """What one missing answer changes becomes unknown; nothing becomes another value."""
    for read in READS:
        whole: Any = assemble(recording(machines.ALL[name]()), MINE).tree
        less: Any = assemble(recording({**machines.ALL[name](), read: Status.TIMED_OUT}), MINE).tree
        for subject in MINE:
            for fact in subject.facts:
                key = fact.path.partition(".")[2]
                before, after = whole[subject.name][key], less[subject.name][key]
                assert after is None or _agrees(before, after), (read.key, fact.path, before, after)


def _agrees(before: Any, after: Any) -> bool:
    if after is None or before == after:
        return True
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_agrees(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_agrees, before, after))
    return False


TEXT = st.binary(max_size=200).map(lambda found: found.decode("utf-8", "surrogateescape").replace("\r", ""))
PIECES = st.lists(
    st.one_of(
        TEXT,
        st.sampled_from(
            [
                *("/sys/block/sda/size\t99", "/sys/block//dev\t8:0", "/sys/block/dm-0/slaves/dm-0", "8:0", " - ", "\t"),
                *("1 2 8:1 / / rw - xfs /dev/sda1 rw", "/sys/fs/btrfs/", "/sys/fs/btrfs/x/devices/", "= /\n= end 0"),
                *("unreadable", "file ", "/ 999999999999999999 4096", "btime 1", "1 (x) S 1", "image ", "ID=\n", "="),
                "VERSION_ID=\N{ARABIC-INDIC DIGIT THREE}",
            ]
        ),
    ),
    max_size=12,
).map("\n".join)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(READS), st.one_of(PIECES, st.sampled_from(Status)), max_size=len(READS)))
def test_no_answer_makes_assembling_fail(answers: dict[Read, Any]) -> None:
    found = assemble(recording({**machines.rhel6(), **_printed(answers)}), MINE)
    assert not [reason for reason in found.reasons.values() if "could not be understood: " in reason], found.reasons


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(machines.ALL)), st.integers(min_value=0, max_value=20_000))
def test_a_recording_cut_anywhere_gives_facts(name: str, at: int) -> None:
    text = recording_text(machines.ALL[name]())
    first = text.index(b"\n") + 1
    found = assemble(parse(text[: max(first, at)]), MINE)
    assert set(found.tree) == {"os", "hardware", "boot", "storage"}


def _printed(answers: dict[Read, Any]) -> dict[Read, Any]:
    shown = {}
    for read, answer in answers.items():
        usable = not isinstance(answer, Status) or answer not in (Status.ANSWERED, Status.NOT_ASKED, Status.CUT_OFF)
        shown[read] = answer if usable else Printed("", 1)
    return shown
