# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All changes of one machine as one script, and what it answered. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..collector.compose import Limits, as_sent, compose_calls
from ..collector.quote import quote_posix
from ..collector.recording import Answer, Recording, Status
from .contract import FixResult, Plan
from .registry import FIXES
from .said import fix_result, said

STATES = frozenset({"applied", "unchanged", "already_done", "refused", "failed", "running"})

#: What a change may take beyond its own time: waiting for the lock, looking and answering (see ``change.sh``).
_SECONDS_BESIDE = 60

#: What every changing script consists of, before the scripts of its fixes.
LIBRARIES = ("journal.sh", "lock.sh", "transaction.sh", "change.sh")


def compose_changes(plans: Sequence[Plan], run_id: str, catalogue_version: str = "") -> str:
    """Return the script that makes the changes in the order given, each with its own journal record.

    Raises:
        ValueError: the run id is not made of letters, digits and hyphens, or a word of a plan is not printable.
    """
    calls = [
        call("change", plan.fix, str(plan.timeout_seconds), plan.found, plan.wanted, *plan.arguments) for plan in plans
    ]
    return compose_steps(calls, [plan.fix for plan in plans], run_id, seconds_needed(plans), catalogue_version)


def seconds_needed(plans: Sequence[Plan]) -> int:
    """Return how long the visit that makes these changes may last."""
    return sum(plan.timeout_seconds + _SECONDS_BESIDE for plan in plans) + 10


def parse_changes(recording: Recording, plans: Sequence[Plan]) -> list[FixResult]:
    """Return what became of each plan."""
    return [fix_result(plan, said(answer_to(recording, f"change {plan.fix}"), STATES)) for plan in plans]


def compose_steps(calls: Sequence[str], fixes: Iterable[str], run_id: str, seconds: int, catalogue: str = "") -> str:
    """Return the script for calls of ``change.sh`` that use the given fixes."""
    if not re.fullmatch(r"[A-Za-z0-9-]+", run_id):
        raise ValueError(f"expected a run id of letters, digits and hyphens, found {run_id!r}")
    here = Path(__file__).parent
    files = dict.fromkeys([*LIBRARIES, *(script for fix in fixes for script in FIXES["linux"][fix].scripts)])
    definitions = [as_sent(here / file) for file in files]
    names = [f"change_run={quote_posix(run_id)}", f"change_catalogue={quote_posix(_printable(catalogue))}"]
    return compose_calls(calls, Limits(time_seconds=seconds), [*definitions, *names])


def call(*words: str) -> str:
    """Return one line of the script."""
    return " ".join(quote_posix(_printable(word)) for word in words)


def answer_to(recording: Recording, key: str) -> Answer:
    """Return the answer to a call; one that says so where there is none."""
    missing = Status.NOT_ASKED if recording.complete else Status.CUT_OFF
    return recording.answers.get(key) or Answer(key, missing, privileged=recording.privileged)


def _printable(word: str) -> str:
    if not word.isprintable():
        raise ValueError(f"a word of a change must be printable text in one line, found {word!r}")
    return word
