# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.journal import SUBJECT
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.tls_1_0 import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import WINDOWS_READS
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import healthy, judged
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import row
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_tls_1_0 import CASES
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Model,
    apply,
    plan,
    restore,
    visit,
)

(JOURNAL,) = WINDOWS_READS
CASE = CASES["hardened"]


def seen(model: Model) -> Any:
    return assemble(visit(model, compose_windows(WINDOWS_READS, Limits())), [SUBJECT]).tree["journal"]


def finding(journal: Any) -> Any:
    name = "configuration_server.weakenings_restored"
    tree = {**healthy("configuration_server", "windows"), "journal": journal}
    (found,) = judged(tree, name, machine="configuration_server", platform="windows")
    return found.baselines["current"]


def test_audit_names_what_was_opened_until_it_is_restored() -> None:
    model = CASE.machine()
    assert seen(model) == {"open_records": [], "weakenings": []}
    apply(CASE, model, plan(CASE, model))
    opened = seen(model)
    assert opened["weakenings"] == [FIX.name]
    assert [(each["fix"], each["run"], each["state"]) for each in opened["open_records"]] == [
        (FIX.name, "run-1", "done")
    ]
    assert (finding(opened).status, finding(opened).observed) == ("fail", [FIX.name])
    restore(model)
    assert seen(model) == {"open_records": [], "weakenings": []}
    assert finding(seen(model)).status == "pass"


def test_change_of_another_version_may_have_opened_a_door() -> None:
    lines = ["record: 000001", "fix: from_the_future", "run: r1", "time: 2026-01-01T00:00:00Z", "state: done now"]
    found: Recording = recording({JOURNAL: [row("000001.from_the_future.r1.record", line) for line in lines]})
    journal = assemble(found, [SUBJECT]).tree["journal"]
    assert isinstance(journal, dict)
    assert journal["weakenings"] == ["from_the_future"]


@pytest.mark.parametrize(("status", "told"), [(Status.UNREADABLE, "administrator"), (Status.TIMED_OUT, "time limit")])
def test_journal_that_cannot_be_read_is_unknown_with_the_reason(status: Status, told: str) -> None:
    facts = assemble(recording({JOURNAL: status}), [SUBJECT])
    assert facts.tree["journal"] == {"open_records": None, "weakenings": None}
    assert told in facts.reasons["journal.weakenings"]
