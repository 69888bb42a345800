# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a machine tells may be made up: a plan from it is none, or one whose change can be sent and be put back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import changes, states
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    visit,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_fix_cases import (
    CASES,
)

_LONG = "9" * 5000
_RULE = "present enabled=True direction=1 action=1 protocol=6 ports=20004"
HOSTILE = [
    *("", " ", "x", "'; calc #", "\u2019 + x", "\ud800", "a\0b", "a\tb", "a\nb", "|||||||", ";;", "a b c", "\\"),
    *("DWord", "DWord \u00b2", "DWord \u0661", f"DWord {_LONG}", "DWord -1", "DWord 1 2", "MultiString", "Binary zz"),
    *("absent ", "running", " stopped", "automatic", "weird stopped", "automatic running NTP", "incomplete"),
    *(
        "6|445||System||1|\u00b2|on",
        "\u00b2|445|*|System||1|1|on",
        "6|\u00b2|*|System||1|1|on",
        "6|1-\u00b2|*|||1|1|on",
    ),
    *(f"6|445|*|System||1|{_LONG}|on", f"6|{_LONG}|*|System||1|1|on", "6|445-|*|System||1|1|on"),
    *(f"a {_LONG} 1", "a \u00b2 1", f"{'a' * 64} 1 \u00b2", "state 999", "installed"),
    *("present", "imported with key for S-1-5-", "absent for", "absent for S-1-1", "enabled, made by preflight.azure"),
    *(f"{_RULE} profiles=1 addresses=1.2.3.4/33 group=preflight.azure", f"{_RULE} profiles=7 addresses=,, group="),
]


def _facts(case: Case) -> Facts:
    selection = select(case.fix.needs + case.fix.wishes, SUBJECTS)
    things = case.fix.things(case.options, case.settings)
    recording = visit(case.machine(), changes.compose_looks(selection.reads, things, [case.fix], Limits()))
    return states.with_states(assemble(recording, selection.subjects), recording, things)


@pytest.mark.parametrize("name", {case.fix.name: name for name, case in CASES.items()}.values())
def test_made_up_state_is_refused_or_can_be_put_back(name: str) -> None:
    case = CASES[name]
    facts = _facts(case)
    told: Any = facts.tree["states"]
    for thing in told:
        for state in HOSTILE:
            made_up = Facts({**facts.tree, "states": {**told, thing: state}}, facts.reasons)
            planned = case.fix.plan(made_up, case.options, case.settings)
            if isinstance(planned, Plan):
                assert changes.compose_changes([planned], [case.fix], "run", "1").isascii()
                for change in planned.changes:
                    assert case.fix.owns(change.thing, change.before), (change, state)
                    assert case.fix.makes(change), (change, state)
