# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changing script for Windows: its generated lines, and what they answered. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...collector.compose import Limits, as_sent
from ...collector.compose_windows import compose_windows_calls, read_line
from ...collector.quote import quote_powershell
from ...collector.read import Read
from ...collector.recording import Answer, Recording, Status
from ..contract import Fix, FixResult, Plan
from ..said import Said, fix_result, said
from .states import look_line
from .thing import Change, Thing

STATES = frozenset({"applied", "unchanged", "already_done", "refused", "failed"})
#: What every changing script consists of, before the files of its fixes.
LIBRARIES = ("change.ps1", "journal.ps1")
#: For a step that only looks or writes a line; ``begin`` may wait for another run.
_STEP_SECONDS = 45
_BEGIN_SECONDS = 90


def compose_looks(reads: Iterable[Read], things: Sequence[Thing], fixes: Iterable[Fix], limits: Limits) -> str:
    """Return the script that carries out the reads and tells the states of the things; it changes nothing."""
    calls = [read_line(read) for read in dict.fromkeys(reads)]
    calls += [_step(_STEP_SECONDS, *look_line(thing)) for thing in dict.fromkeys(things)]
    return compose_windows_calls(calls, limits, definitions(fixes) if things else ())


def compose_changes(plans: Sequence[Plan], fixes: Sequence[Fix], run_id: str, catalogue_version: str = "") -> str:
    """Return the script that makes the changes in the order given, each with its own journal record.

    Raises:
        ValueError: the run id is not made of letters, digits and hyphens, or a word of a plan is not printable.
    """
    calls, data = list[str](), list[str]()
    for plan in plans:
        begin = _step(_BEGIN_SECONDS, "begin", plan.fix, plan.fix, run_id, catalogue_version, plan.found, plan.wanted)
        moved = [_shifted(change, len(data)) for change in plan.changes]
        calls += [begin, *_steps(plan.fix, moved, plan.actions, plan.timeout_seconds, record=True, force=False)]
        data += plan.secrets
    return compose_steps(calls, fixes, run_id, sum(plan.timeout_seconds + 60 for plan in plans), data)


def undo_lines(
    number: str, fix: Fix, made: Sequence[Change], run_id: str, *, force: bool, timeout_seconds: int
) -> list[str]:
    """Return the lines that undo one record; ``made`` are its changes, in the order in which they were made."""
    back = [Change(change.thing, change.after, change.before) for change in reversed(made)]
    begin = _step(_BEGIN_SECONDS, "undo", number, fix.name, run_id)
    return [begin, *_steps(number, back, fix.actions, timeout_seconds, record=False, force=force)]


def compose_steps(
    calls: Sequence[str], fixes: Iterable[Fix], run_id: str, seconds: int, data: Sequence[str] = ()
) -> str:
    """Return the script for steps that use the given fixes."""
    if not re.fullmatch(r"[A-Za-z0-9-]+", run_id):
        raise ValueError(f"expected a run id of letters, digits and hyphens, found {run_id!r}")
    return compose_windows_calls(calls, Limits(time_seconds=seconds + _BEGIN_SECONDS), definitions(fixes), data)


def definitions(fixes: Iterable[Fix]) -> list[str]:
    """Return the files that a script needs for these fixes, as they are sent."""
    here = Path(__file__).parent
    files = dict.fromkeys([*LIBRARIES, *(script for fix in fixes for script in fix.scripts)])
    return [as_sent(here / file) for file in files]


def parse_changes(recording: Recording, plans: Sequence[Plan]) -> list[FixResult]:
    """Return what became of each plan."""
    return [fix_result(plan, outcome(recording, plan.fix, STATES)) for plan in plans]


def outcome(recording: Recording, change_id: str, states: frozenset[str]) -> Said:
    """Return what the last step of a change says; where one before it hung, that its end is not known."""
    for key, answer in recording.answers.items():
        words = key.split(" ")
        if words[0] == "step" and words[2:3] == [change_id] and answer.status is Status.TIMED_OUT:
            return Said("failed", f"the step {key[5:]} gave no answer in time; the next run finds out what it did")
    key = f"step finish {change_id}"
    missing = Status.NOT_ASKED if recording.complete else Status.CUT_OFF
    return said(recording.answers.get(key) or Answer(key, missing), states)


def _steps(
    change_id: str,
    made: Iterable[Change],
    actions: Iterable[Sequence[str]],
    seconds: int,
    *,
    record: bool,
    force: bool,
) -> list[str]:
    changes = list(made)
    expect = [
        _step(
            _STEP_SECONDS,
            "expect",
            change_id,
            change.thing.kind,
            change.thing.name,
            change.before,
            change.after,
            "yes" if force else "no",
        )
        for change in changes
    ]
    give = [
        _step(seconds, "set", change_id, change.thing.kind, change.thing.name, change.after, *map(str, change.data))
        for change in changes
    ]
    act = [_step(seconds, "act", change_id, *action) for action in actions]
    write = [_step(_STEP_SECONDS, "record", change_id)] if record else []
    return [*expect, *write, *give, *act, _step(_STEP_SECONDS, "finish", change_id)]


def _step(seconds: int, *words: str) -> str:
    for word in words:
        if word and not word.isprintable():
            raise ValueError(f"a word of a change must be printable text in one line, found {word!r}")
    return f"Invoke-Step {seconds} {' '.join(map(quote_powershell, words))}"


def _shifted(change: Change, by: int) -> Change:
    return Change(change.thing, change.before, change.after, tuple(number + by for number in change.data))
