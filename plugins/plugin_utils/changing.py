# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The visits of a change: look, make, read the journal, undo; on Linux and on Windows. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ansible.plugins.action import ActionBase
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts, Json
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import changes as linux
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Fix, FixResult, Plan
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import changes as windows
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.states import with_states
from ansible_collections.preflight.azure.plugins.module_utils._core.journal import record as journal
from ansible_collections.preflight.azure.plugins.module_utils._core.journal import undo, undo_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import Record
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import Restored
from ansible_collections.preflight.azure.plugins.plugin_utils import per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import (
    collect,
    platform_of,
    recorded,
    run_script,
)
from ansible_collections.preflight.azure.plugins.plugin_utils.transport_windows import run_powershell
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import ScriptTooLong

_PROBE_SECONDS = 120
#: How much longer than the machine's own limit the connection is kept.
GRACE_SECONDS = 30


@dataclass(frozen=True)
class Wish:
    """A fix, and what the operator chose for it."""

    fix: Fix
    options: Mapping[str, Json]
    settings: Mapping[str, Json] = field(default_factory=dict)


def probe(action: ActionBase, wishes: Sequence[Wish]) -> Facts:
    """Visit the machine and return the facts, and on Windows the states, that the plans of these fixes need.

    Raises:
        VisitError: there was no visit.
    """
    platform = platform_of(action)
    paths = sorted({path for wish in wishes for path in wish.fix.needs + wish.fix.wishes})
    selection = select(paths, SUBJECTS[platform])
    if platform == "linux":
        recording, _text = collect(action, selection.reads, timeout_seconds=_PROBE_SECONDS)
        return assemble(recording, selection.subjects)
    things = [thing for wish in wishes for thing in wish.fix.things(wish.options, wish.settings)]
    limits = Limits(time_seconds=_PROBE_SECONDS // 2)
    script = windows.compose_looks(selection.reads, things, [wish.fix for wish in wishes], limits)
    recording, _text = recorded(run_powershell(action, script, timeout_seconds=_PROBE_SECONDS))
    return with_states(assemble(recording, selection.subjects), recording, things)


def make(
    action: ActionBase, plans: Sequence[Plan], catalogue: str, spare_seconds: int = GRACE_SECONDS
) -> list[FixResult]:
    """Make the changes in one visit; in more where the connection takes no script of that length.

    Args:
        catalogue: the version of the catalogue, for the journal.
        spare_seconds: how much longer than the machine's own limit the connection is kept.

    Raises:
        VisitError: there was no visit, or it broke off.
    """
    if platform_of(action) == "windows":
        fixes = [FIXES["windows"][plan.fix] for plan in plans]
        script = windows.compose_changes(plans, fixes, per_run.RUN, catalogue)
        seconds = linux.seconds_needed(plans) + spare_seconds
        recording, _text = recorded(run_powershell(action, script, timeout_seconds=seconds))
        return windows.parse_changes(recording, plans)
    script = linux.compose_changes(plans, per_run.RUN, catalogue)
    try:
        visit = run_script(action, script, timeout_seconds=linux.seconds_needed(plans) + spare_seconds)
    except ScriptTooLong:
        half = len(plans) // 2
        if not half:
            raise
        return [made for part in (plans[:half], plans[half:]) for made in make(action, part, catalogue, spare_seconds)]
    recording, _text = recorded(visit)
    return linux.parse_changes(recording, plans)


def read_journal(action: ActionBase) -> list[Record]:
    """Visit the machine and return the records of its journal, oldest first.

    Raises:
        VisitError: there was no visit.
        JournalError: it is not known what the journal holds.
    """
    if platform_of(action) == "windows":
        recording, _text = collect(action, journal.WINDOWS_READS)
        return journal.parse_windows_journal(recording)
    recording, _text = collect(action, journal.READS)
    return journal.parse_journal(recording)


def unmake(action: ActionBase, records: Sequence[Record], *, force: bool, timeout_seconds: int) -> list[Restored]:
    """Undo records in the order given, in one visit where the connection takes that.

    Raises:
        VisitError: there was no visit, or it broke off.
    """
    seconds = undo.seconds_needed(records, timeout_seconds) + GRACE_SECONDS
    if platform_of(action) == "windows":
        good, refused = undo_windows.undoable(records)
        if not good:
            return refused
        script = undo_windows.compose_restores(good, per_run.RUN, force=force, timeout_seconds=timeout_seconds)
        recording, _text = recorded(run_powershell(action, script, timeout_seconds=seconds))
        return [*undo_windows.parse_restores(recording, good), *refused]
    script = undo.compose_restores(records, per_run.RUN, force=force, timeout_seconds=timeout_seconds)
    try:
        visit = run_script(action, script, timeout_seconds=seconds)
    except ScriptTooLong:
        half = len(records) // 2
        if not half:
            raise
        return [
            each
            for part in (records[:half], records[half:])
            for each in unmake(action, part, force=force, timeout_seconds=timeout_seconds)
        ]
    recording, _text = recorded(visit)
    return undo.parse_restores(recording, records)
