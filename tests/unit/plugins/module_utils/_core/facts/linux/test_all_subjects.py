# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of all subjects: whatever a machine answers, the parsers end, and what they do not know is unknown."""

from __future__ import annotations

import json

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Subject
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import (
    certificates,
    clock,
    commands,
    firewall,
    network,
    packages,
    ssh,
    vmware_tools,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux import firewall_samples
from hypothesis import given, settings
from hypothesis import strategies as st

SUBJECTS: tuple[Subject, ...] = tuple(
    module.SUBJECT for module in (network, ssh, firewall, packages, commands, clock, certificates, vmware_tools)
)
READS: tuple[Read, ...] = tuple(
    dict.fromkeys(read for subject in SUBJECTS for fact in subject.facts for read in fact.reads)
)
_PIECES = [
    *("\n", "\t", " ", ":", "=", "{", "}", ";", ",", '"', "'", "!", "-", "/", "\r", "\x00", "\udcff", "\u2028", "0"),
    *("4294967296", "ssh.service", "Names=", "Id=", "UnitFileState=", "inet ", "10.0.0.4/24", "/sys/class/net/eth0"),
    *("-A INPUT ", "-j ", "-s ", "--dport ", "*filter\n", ":INPUT DROP [0:0]\n", "COMMIT\n", "table inet f {\n"),
    *("chain i {\n", "type filter hook input priority 0;", "tcp ", "dport ", "vmap ", "ct state ", "accept\n", "jump "),
    *("### tuple ### ", "allow ", "/etc/firewalld/zones/public.xml:<zone>", "</zone>", "<port port='1'/>", "listen "),
    *("Match ", "Include ", "port ", "sshd) S 1 ", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"),
    *("btime 1", "1 (init) S 0 ", "limit ", "rate ", "log ", "flags ", "ip ", "saddr ", "fib daddr type "),
]
_TEXT = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(_PIECES), max_size=40).map("".join),
    st.sampled_from([text for name, text in vars(firewall_samples).items() if name.isupper()]),
)
_ANSWERS = st.builds(
    lambda status, text, code, truncated: (status, text, code, truncated),
    st.sampled_from([Status.ANSWERED, Status.ANSWERED, Status.ANSWERED, Status.ABSENT, Status.UNREADABLE]),
    _TEXT,
    st.sampled_from([0, 0, 0, 1, 2, 77, 78, 255]),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_any_text_ends_in_facts(subject: Subject, data: st.DataObject) -> None:
    reads = dict.fromkeys(read for fact in subject.facts for read in fact.reads)
    answers = {}
    for read in reads:
        status, text, code, truncated = data.draw(_ANSWERS)
        answers[read.key] = Answer(read.key, status, text, code, truncated)
    recording = Recording(answers, user=0, started=1.5, finished=2.5, complete=True, sent=1.0, received=3.0)
    # The parser itself: what assembles the facts would hide its failure.
    found = subject.parse(recording)
    assert set(found) == {fact.path.partition(".")[2] for fact in subject.facts}
    json.dumps(assemble(recording, [subject]).tree)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
@pytest.mark.parametrize("complete", [True, False])
def test_what_was_not_collected_is_unknown_with_a_reason(subject: Subject, complete: bool) -> None:
    facts = assemble(Recording(complete=complete), [subject])
    assert set(facts.tree[subject.name].values()) == {None}  # type: ignore[union-attr]
    assert all(facts.reasons[fact.path] for fact in subject.facts)


def test_every_fact_is_documented() -> None:
    for subject in SUBJECTS:
        for fact in subject.facts:
            assert fact.path.startswith(f"{subject.name}.")
            assert fact.description.endswith(".")
            assert fact.source


def test_reads_have_names_of_their_own_and_compose() -> None:
    assert len({read.key for read in READS}) == len(READS)
    script = compose(READS)
    assert "timedatectl" not in script
    assert "conntrack" not in script
