# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every fix for Windows must do, on the model of a machine that its script is sent to."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording, parse
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Json
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Fix, FixResult, Plan, Planned
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import changes, states
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import (
    WINDOWS_READS,
    Record,
    parse_windows_journal,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import Restored, choose
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo_windows import (
    compose_restores,
    parse_restores,
    undoable,
)
from ansible_collections.preflight.azure.tests.doubles.engine import DroppedError, run

Model = dict[str, Any]


def machine(**parts: Any) -> Model:
    """Return a machine of which only these parts are known."""
    return {"environment": {"powershell": "2.0", "process_bits": "64"}, **parts}


@dataclass(frozen=True)
class Case:
    """A fix with what an operator chose, on a machine that needs it."""

    fix: Fix
    model: Model
    options: Mapping[str, Json] = field(default_factory=dict)
    settings: Mapping[str, Json] = field(default_factory=dict)

    def machine(self) -> Model:
        """Return the machine as it is before anything was done."""
        return copy.deepcopy(self.model)


def visit(model: Model, script: str) -> Recording:
    """Send a script to a model; nothing that it asks may be unknown to the model."""
    unknown: list[str] = []
    # A machine tells its clock in thousandths of a second.
    sent = time.time() - 0.01
    printed = "\n".join([*run(model, script.splitlines(), unknown), ""])
    assert unknown == []
    return replace(parse(printed.encode()), sent=sent, received=time.time() + 0.01)


def plan(case: Case, model: Model) -> Planned:
    """Look, and plan from what was seen."""
    selection = select(case.fix.needs + case.fix.wishes, SUBJECTS)
    things = case.fix.things(case.options, case.settings)
    recording = visit(model, changes.compose_looks(selection.reads, things, [case.fix], Limits()))
    facts = states.with_states(assemble(recording, selection.subjects), recording, things)
    return case.fix.plan(facts, case.options, case.settings)


def script_of(case: Case, planned: Plan, run_id: str) -> str:
    """Return what is sent to make the change."""
    return changes.compose_changes([planned], [case.fix], run_id, "1")


def apply(case: Case, model: Model, planned: Planned, run_id: str = "run-1") -> FixResult:
    """Make the change."""
    assert isinstance(planned, Plan), planned
    return changes.parse_changes(visit(model, script_of(case, planned, run_id)), [planned])[0]


def records(model: Model) -> list[Record]:
    """Return the journal of a model."""
    return parse_windows_journal(visit(model, compose_windows(WINDOWS_READS, Limits())))


def restore(model: Model, *, force: bool = False) -> Sequence[Restored]:
    """Undo everything that the journal tells."""
    good, refused = undoable(choose(records(model), FIXES))
    if not good:
        return refused
    script = compose_restores(good, "restore-1", force=force, timeout_seconds=60)
    return [*parse_restores(visit(model, script), good), *refused]


_NOTES = ("journal", "actions", "dropped_before_call", "dropped_before_step")


def without_journal(model: Model) -> Model:
    """Return what a machine is apart from our journal and from what only a test notes.

    A key of the registry that is told to be absent and one that is not told of are the same.
    """
    whole = {key: value for key, value in model.items() if key not in _NOTES}
    if "registry" in whole:
        whole["registry"] = {key: values for key, values in model["registry"].items() if values != "absent"}
    return whole


def lines_of(script: str) -> int:
    """How many generated lines a script has."""
    return sum(line.startswith(("Invoke-Step ", "Read-Answer ")) for line in script.splitlines())


def killed(model: Model, script: str, line: int) -> None:
    """Send a script to a model whose connection breaks before a line, and let the machine be."""
    model["dropped_before_call"] = line
    try:
        list(run(model, script.splitlines(), []))
    except DroppedError:
        return
    finally:
        del model["dropped_before_call"]
    raise AssertionError("the connection did not break")
