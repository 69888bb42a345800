# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of all subjects of Windows: any answer ends in facts, and what is not known is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import load
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Subject
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.collecting_process import ENVIRONMENT
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.subjects import (
    OF_OTHER_PARTS,
    SUBJECTS,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows import windows_samples
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from hypothesis import given, settings
from hypothesis import strategies as st

READS = tuple(dict.fromkeys(read for subject in SUBJECTS for fact in subject.facts for read in fact.reads))
#: Subjects of machines that are no sources; the samples, which are sources, do not tell of them.
OF_OTHER_MACHINES = {
    *("vmm", "vmm_provider", "mvmc"),
    *("hyperv_host", "hyperv_cluster", "hyperv_provider", "hyperv_vms"),
}
OF_SOURCES = tuple(subject for subject in SUBJECTS if subject.name not in OF_OTHER_MACHINES)
_ROWS = sorted(
    {
        line
        for answers in (windows_samples.SERVER_2019, windows_samples.SERVER_2008_R2)
        for lines in answers.values()
        if isinstance(lines, list)
        for line in lines
    }
)
_LINES = st.lists(
    st.one_of(st.sampled_from(_ROWS), st.text("\t\\-:0123456789aZ%~{}\u0131\udcff", max_size=30)), max_size=12
)
_ANSWERS = st.tuples(
    st.sampled_from([Status.ANSWERED, Status.ANSWERED, Status.ANSWERED, Status.ABSENT, Status.UNREADABLE]),
    _LINES,
    st.sampled_from([0, 0, 0, 1]),
    st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.data())
@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_any_answer_of_windows_ends_in_facts(subject: Subject, data: st.DataObject) -> None:
    reads = dict.fromkeys(read for fact in subject.facts for read in fact.reads)
    answers = {}
    for read in reads:
        status, lines, code, truncated = data.draw(_ANSWERS)
        text = "".join(f"{line}\n" for line in lines)
        answers[read.key] = Answer(read.key, status, text, code if status is Status.ANSWERED else None, truncated)
    found = Recording(answers, "windows", 0, 1.5, 2.5, True, 1.0, 3.0)
    parsed = subject.parse(found)
    assert set(parsed) == {fact.path.partition(".")[2] for fact in subject.facts}
    json.dumps(assemble(found, [subject]).tree)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
@pytest.mark.parametrize("status", [None, Status.TIMED_OUT, Status.UNREADABLE, Status.CUT_OFF])
def test_what_windows_did_not_answer_is_unknown_with_a_reason(subject: Subject, status: Status | None) -> None:
    answers = {} if status is None else {read: status for fact in subject.facts for read in fact.reads}
    facts = assemble(recording(answers), [subject])
    branch = facts.tree[subject.name]
    assert isinstance(branch, dict)
    assert set(branch.values()) == {None}, branch
    assert all(facts.reasons[fact.path] for fact in subject.facts)


def test_facts_of_windows_are_documented_and_mirror_those_of_linux() -> None:
    linux = {fact.path: fact for fact in DECLARED["linux"]}
    for subject in SUBJECTS:
        for fact in subject.facts:
            assert fact.path.startswith(f"{subject.name}.")
            assert fact.description.endswith(".")
            assert fact.source
            twin = linux.get(fact.path)
            assert twin is None or (fact.type, fact.unit) == (twin.type, twin.unit), fact.path


def test_what_a_32_bit_process_sees_elsewhere_is_read_with_what_tells_its_bits() -> None:
    for subject in SUBJECTS:
        for fact in subject.facts:
            places = [read.arguments[0].lower() for read in fact.reads if read.kind.startswith("registry")]
            redirected = [
                each for each in places if each.startswith("hklm\\software\\") and "\\policies\\" not in each[:23]
            ]
            assert not redirected or ENVIRONMENT in fact.reads, fact.path


def test_reads_of_windows_have_names_of_their_own_and_compose() -> None:
    assert len({read.key for read in READS}) == len(READS)
    script = compose_windows(READS, Limits())
    assert "Win32_Product'" not in script
    assert len(script) < 40_000


@pytest.mark.parametrize("answers", [windows_samples.SERVER_2019, windows_samples.SERVER_2008_R2])
def test_samples_answer_every_read(answers: windows_samples.Answers) -> None:
    reads = dict.fromkeys(read for subject in OF_SOURCES for fact in subject.facts for read in fact.reads)
    assert not [read.key for read in reads if read not in answers]


def test_subjects_of_other_parts_exist_and_no_source_needs_them() -> None:
    assert {subject.name for subject in SUBJECTS} >= OF_OTHER_PARTS
    needed = {
        path.partition(".")[0]
        for requirement in load(DECLARED).requirements
        if requirement.machine == "source" and requirement.platform != "linux"
        for path in requirement.facts
    }
    assert not needed & OF_OTHER_PARTS


def facts_of(answers: windows_samples.Answers) -> dict[str, Any]:
    return assemble(recording(answers), SUBJECTS).tree


def test_a_newer_machine_is_known_whole() -> None:
    facts = assemble(recording(windows_samples.SERVER_2019), OF_SOURCES)
    assert set(facts.reasons) == {"clock.offset_seconds", "clock.uncertainty_seconds"}, facts.reasons


def test_of_an_old_german_machine_only_what_it_cannot_tell_is_unknown() -> None:
    facts = assemble(recording(windows_samples.SERVER_2008_R2), OF_SOURCES)
    assert set(facts.reasons) == {
        *("clock.offset_seconds", "clock.uncertainty_seconds"),
        *("storage.os_disk_styles[0]", "storage.data_disk_dynamic", "storage.volumes[0].disks"),
        "listeners.tcp",
    }, facts.reasons
