# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import file
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Element, Fact, Subject
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import UnknownFactError, select

ONE, TWO, THREE = file("/one"), file("/two"), file("/three")
A = Subject(
    "a",
    (
        Fact("a.list", "list", "", "", (TWO, ONE), elements=(Element("size", "int", ""),)),
        Fact("a.int", "int", "", "", (ONE,)),
        Fact("a.words", "list", "", "", (ONE, THREE)),
    ),
    lambda _recording: {},
)
B = Subject("b", (Fact("b.int", "int", "", "", (THREE, ONE)),), lambda _recording: {})


@pytest.mark.parametrize(
    ("paths", "facts", "reads"),
    [
        ([], [], []),
        (["a.int"], ["a.int"], [ONE]),
        (["b.int", "a.int", "a.int"], ["a.int", "b.int"], [ONE, THREE]),
        (["a.list[].size"], ["a.list"], [TWO, ONE]),
        (["a.list[*].size", "a.list[0]", "a.list[?size > `1`].size"], ["a.list"], [TWO, ONE]),
        (["a.words[]"], ["a.words"], [ONE, THREE]),
        (["a"], ["a.list", "a.int", "a.words"], [TWO, ONE, THREE]),
    ],
)
def test_what_is_needed_comes_once_and_in_the_order_declared(
    paths: list[str], facts: list[str], reads: list[object]
) -> None:
    for order in (paths, paths[::-1]):
        found = select(order, [A, B])
        assert [fact.path for fact in found.facts] == facts
        assert list(found.reads) == reads
        assert all(subject.facts for subject in found.subjects)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("c.int", "no subject named 'c'"),
        ("a.inr", "no fact named 'a.inr', there is a.int"),
        ("a.list[].syze", "no key in a.list named 'syze', there is size"),
        ("a.int.more", "no key in a.int named 'more', there is none"),
        ("", "no subject named ''"),
    ],
)
def test_a_path_to_nothing_is_an_error_that_tells_what_comes_near(path: str, words: str) -> None:
    with pytest.raises(UnknownFactError) as error:
        select([path], [A, B])
    assert words in str(error.value)
    assert str(error.value).startswith(f"{path}: ")


def test_the_facts_of_linux_are_named_once_and_by_their_subject() -> None:
    paths = [fact.path for subject in SUBJECTS for fact in subject.facts]
    assert len(paths) == len(set(paths))
    assert all(fact.path.startswith(f"{subject.name}.") for subject in SUBJECTS for fact in subject.facts)


def test_reads_of_linux_have_different_keys() -> None:
    reads = select([subject.name for subject in SUBJECTS], SUBJECTS).reads
    assert len({read.key for read in reads}) == len(reads)
