# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a change, as ``change.ps1`` and ``journal.ps1`` carry them out, on a model.

The journal of a model is a mapping of file names to their lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ansible_collections.preflight.azure.tests.doubles import actions, states
from ansible_collections.preflight.azure.tests.doubles.model import ReadEndedError, row

Model = dict[str, Any]


class _Stopped(Exception):
    """The change ended: its outcome stands."""


@dataclass
class Steps:
    """The changes of one visit; ``data`` are the lines behind the script."""

    model: Model
    data: Sequence[str]
    change_id: str = ""
    outcome: str = ""
    reason: str = ""
    record: str = ""
    wanted: str = ""
    head: list[str] = field(default_factory=list)
    file: str = ""
    made: list[tuple[str, str, str, str]] = field(default_factory=list)
    touched: bool = False
    left_behind: bool = False

    def carry_out(self, step: str, change_id: str, *words: str) -> Iterator[str]:
        """Do one step and return the lines of its answer.

        Raises:
            ReadEndedError: a look that fails.
        """
        ended = self.change_id != change_id or (self.outcome and step != "finish")
        if ended and step not in ("look", "begin", "undo"):
            return
        try:
            yield from getattr(self, f"_{step}")(change_id, *words)
        except _Stopped:
            return
        except ReadEndedError as error:
            if error.word == "timed_out":
                self.change_id = ""  # what hangs is left behind with all that it knew, and keeps the lock
                self.left_behind = True
            if step == "look" or error.word == "timed_out":
                raise
            self._note("failed", f"{step} {' '.join(words)}: {error.message}")

    def _note(self, outcome: str, reason: str) -> None:
        if not self.outcome:
            self.outcome, self.reason = outcome, reason

    def _stop(self, outcome: str, reason: str) -> None:
        self._note(outcome, reason)
        raise _Stopped

    def _look(self, _change_id: str, kind: str, name: str) -> Iterator[str]:
        yield states.get(self.model, kind, name)

    def _open(self, change_id: str) -> None:
        self.change_id, self.outcome, self.reason, self.record = change_id, "", "", ""
        self.made, self.touched = [], False
        if not self.model.get("elevated", True):
            self._stop("refused", "the rights of an administrator are needed; connect as an administrator")
        for part in ("journal_distrust", "journal_locked"):
            if self.model.get(part):
                self._stop("refused", str(self.model[part]))
        if self.left_behind:
            self._stop("refused", "another run is changing this machine; wait until it has ended, and run again")
        for name, lines in self._records().items():
            if _state(lines) == "planned":
                self._settle(name, lines)

    def _settle(self, name: str, lines: list[str]) -> None:
        changes = [line[8:].split("\t") for line in lines if line.startswith("change: ")]
        words = [[word.replace("\\\\", "\\") for word in change] for change in changes]
        try:
            found = [states.get(self.model, kind, thing) for kind, thing, _before, _after in words]
        except ReadEndedError:
            return  # a later run finds it out
        reached = found == [after for *_others, after in words]
        self._close("done" if reached else "failed", name)

    def _records(self) -> dict[str, list[str]]:
        journal: dict[str, list[str]] = self.model.setdefault("journal", {})
        return dict(sorted(journal.items()))

    def _begin(self, change_id: str, fix: str, run: str, catalogue: str, before: str, after: str) -> Iterator[str]:
        self._open(change_id)
        self.head = [f"fix: {fix}", f"run: {run}", f"catalogue: {catalogue}", f"before: {before}", f"after: {after}"]
        self.wanted, self.file = "done", f".{fix}.{run}.record"
        yield from ()

    def _undo(self, change_id: str, fix: str, _run: str) -> Iterator[str]:
        self._open(change_id)
        self.wanted = "restored"
        records = self._records()
        self.record = next((name for name in records if name.startswith(f"{change_id}.{fix}.")), "")
        if not self.record:
            self._stop("refused", f"there is no record {change_id} of the fix {fix}")
        state = _state(records[self.record])
        if state == "restored":
            self._stop("unchanged", "restored before")
        if state == "planned":
            self._stop("refused", "what was done for this record cannot be found out now; run again later")
        yield from ()

    def _expect(self, _change_id: str, kind: str, name: str, before: str, after: str, force: str) -> Iterator[str]:
        now = states.get(self.model, kind, name)
        if now not in (before, after) and force != "yes":
            told = f'expected the {kind} {name} to be "{before}", found "{now}": it was changed since'
            self._stop("refused", told)
        self.made.append((kind, name, now, after))
        self.touched = self.touched or now != after
        yield from ()

    def _record(self, _change_id: str) -> Iterator[str]:
        if not self.touched:
            made = [name for name, lines in self._records().items() if _state(lines) == "done"]
            self.record = next((name for name in reversed(made) if name.endswith(self.file)), "")
            if self.record:
                self._stop("already_done", "this run has made this change before")
            self._stop("unchanged", "the machine is as wanted already")
        numbers = [int(name.partition(".")[0]) for name in self._records()]
        number = f"{max(numbers, default=0) + 1:06d}"
        self.record = number + self.file
        changes = [f"change: {row(*words)}" for words in self.made]
        self.model["journal"][self.record] = [f"record: {number}", *self.head, f"time: {_now()}", *changes]
        self._close("planned")
        yield from ()

    def _set(self, _change_id: str, kind: str, name: str, state: str, *numbers: str) -> Iterator[str]:
        if self.touched and states.get(self.model, kind, name) != state:
            # What sets a state knows whether a change is made or undone.
            self.model["restoring"] = self.wanted == "restored"
            try:
                states.give(self.model, kind, name, state, [self.data[int(number)] for number in numbers])
            finally:
                del self.model["restoring"]
        yield from ()

    def _act(self, _change_id: str, action: str, *words: str) -> Iterator[str]:
        if self.touched:
            self.reason = f"{self.reason} {actions.ACTIONS[action](self.model, *words)}".strip()
        yield from ()

    def _finish(self, _change_id: str) -> Iterator[str]:
        if not self.outcome:
            try:
                self._complete()
            except ReadEndedError as error:
                self._note("failed", f"finish: {error.message}")
        elif self.outcome == "failed" and self.record and self.wanted == "done":
            self._close("failed")
        yield f"state: {self.outcome}"
        yield f"reason: {self.reason}"
        if self.record:
            yield from (f"record: {line}" for line in self.model["journal"][self.record])
        self.change_id = ""

    def _complete(self) -> None:
        for kind, name, _before, after in self.made:
            now = states.get(self.model, kind, name)
            if now != after:
                told = f'the {kind} {name} is "{now}" after it was made "{after}"'
                blamed = "a policy or another program may set it back; look for it (gpresult /r) and run again"
                self._note("failed", f"{told}: {blamed}")
        if self.outcome:
            if self.wanted == "done":
                self._close("failed")
            return
        self._close(self.wanted)
        if not self.touched:
            self._note("unchanged", "nothing of it was left")
        else:
            reason, self.reason = self.reason, ""
            self._note("applied" if self.wanted == "done" else "restored", reason)

    def _close(self, state: str, record: str = "") -> None:
        self.model["journal"][record or self.record].append(f"state: {state} {_now()}")


def _state(lines: Sequence[str]) -> str:
    found = [line[7:].partition(" ")[0] for line in lines if line.startswith("state: ")]
    return found[-1] if found else ""


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
