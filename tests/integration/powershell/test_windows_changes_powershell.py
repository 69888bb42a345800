# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fix on a real Windows: made, found made, undone. It changes the machine, so PREFLIGHT_PWSH_MAY_CHANGE must be
set to 1, and the machine be one that may be thrown away."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts, Json
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Fix, Plan, Planned, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import changes, states
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import (
    WINDOWS_READS,
    parse_windows_journal,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import choose
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo_windows import (
    compose_restores,
    parse_restores,
)
from ansible_collections.preflight.azure.tests.integration.powershell.real_powershell import needs_powershell, send
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_fix_cases import (
    CASES,
)

pytestmark = [
    needs_powershell,
    pytest.mark.skipif(os.environ.get("PREFLIGHT_PWSH_MAY_CHANGE") != "1", reason="PREFLIGHT_PWSH_MAY_CHANGE is not 1"),
]
#: What an operator would choose, from the first case of a fix.
OPTIONS: Mapping[str, Mapping[str, Json]] = {case.fix.name: case.options for case in reversed(CASES.values())}


def look(fix: Fix) -> Facts:
    selection = select(fix.needs + fix.wishes, SUBJECTS)
    things = fix.things(OPTIONS[fix.name], {})
    recording = send(changes.compose_looks(selection.reads, things, [fix], Limits()))
    return states.with_states(assemble(recording, selection.subjects), recording, things)


def planned(fix: Fix) -> Planned:
    return fix.plan(look(fix), OPTIONS[fix.name], {})


@pytest.mark.parametrize("name", sorted(FIXES))
def test_fix_is_made_found_made_and_undone(name: str) -> None:
    fix = FIXES[name]
    before = look(fix)
    plan = planned(fix)
    if not isinstance(plan, Plan):
        pytest.skip(f"nothing to do on this machine: {plan}")
    script = changes.compose_changes([plan], [fix], f"real-{time.time_ns()}", "test")
    [made] = changes.parse_changes(send(script), [plan])
    assert made.state == "applied", made.reason
    assert isinstance(planned(fix), Unchanged)
    records = choose(parse_windows_journal(send(compose_windows(WINDOWS_READS, Limits()))), FIXES, name)
    script = compose_restores(records, f"undo-{time.time_ns()}", force=False, timeout_seconds=120)
    assert [each.state for each in parse_restores(send(script), records)] == ["restored"]
    assert look(fix).tree["states"] == before.tree["states"]
