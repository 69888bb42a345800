# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the changing script answers to one call, taken apart. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass

from ..collector.recording import Answer, Status
from ..journal.record import parse_record
from .contract import FixResult, Plan

_UNANSWERED = {
    Status.TIMED_OUT: (
        "running",
        "the machine gave no answer in time; a package manager that it started is not interrupted; run again later",
    ),
    Status.NOT_RUN: ("failed", "it was not begun, for the time of the visit was used up; run again"),
    Status.CUT_OFF: (
        "failed",
        "the connection ended before the answer; nothing is lost, for the machine's journal tells what was done: "
        "run again",
    ),
    Status.NOT_ASKED: ("failed", "the machine gave no answer to it; run again"),
}


@dataclass(frozen=True)
class Said:
    """State and reason, and the lines of the journal record and of the log."""

    state: str
    reason: str
    record: tuple[str, ...] = ()
    log: tuple[str, ...] = ()


def fix_result(plan: Plan, words: Said) -> FixResult:
    """Return what became of a plan, from what the machine said of it."""
    return FixResult(
        plan.fix, words.state, words.reason, plan.before, plan.after, parse_record(words.record), words.log
    )


def said(answer: Answer, states: frozenset[str]) -> Said:
    """Return what the answer to a change or a restore says; one of the given states, or ``failed``."""
    if answer.status is not Status.ANSWERED:
        state, reason = _UNANSWERED.get(answer.status, ("failed", answer.reason))
        return Said(state, reason)
    lines: dict[str, list[str]] = {"state": [], "reason": [], "record": [], "log": []}
    stray = []
    for line in answer.lines:
        key, colon, text = line.partition(":")
        if colon and key in lines:
            lines[key].append(text[1:])
        elif line.strip():
            stray.append(line)
    found = lines["state"][-1] if lines["state"] else ""
    record, log = tuple(lines["record"]), tuple(stray + lines["log"])
    if found not in states:
        return Said("failed", f"the script ended without an answer: {answer.reason}; run again", record, log)
    return Said(found, " ".join(lines["reason"]).strip(), record, log)
