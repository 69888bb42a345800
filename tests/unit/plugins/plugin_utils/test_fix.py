# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fix and restore called alone, between a real script and a stand-in for the connection."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.commands import PROGRAMS
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import READS
from ansible_collections.preflight.azure.plugins.plugin_utils import changing
from ansible_collections.preflight.azure.plugins.plugin_utils.fix import FixAction
from ansible_collections.preflight.azure.plugins.plugin_utils.restore import RestoreAction
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError

FILES, RECORDS = (read.key for read in READS)
PATH = "/var/lib/preflight.azure/journal/000001.lsof.r1.record"
JOURNAL = "".join(
    f"{PATH}:{line}\n"
    for line in ("record: 000001", "fix: lsof", "run: r1", "before: missing", "after: installed", "state: done t")
)


def recording(**answers: str) -> Recording:
    return Recording(
        {key: Answer(key, Status.ANSWERED, text, 0) for key, text in answers.items()}, user=0, complete=True
    )


class Machine:
    """Answers the visits of an action with recordings, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Any) -> None:
        self.answers = list(answers)
        self.scripts: list[str] = []
        monkeypatch.setattr(changing, "collect", lambda *_a, **_k: (self._next(), b""))
        monkeypatch.setattr(changing, "run_script", self._run)
        monkeypatch.setattr(changing, "recorded", lambda _visit: (self._next(), b""))

    def _run(self, _action: Any, script: str, **_options: Any) -> None:
        self.scripts.append(script)

    def _next(self) -> Recording:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def connection(shell: str = "sh") -> Any:
    return SimpleNamespace(transport="ssh", _shell=SimpleNamespace(SHELL_FAMILY=shell))


def lsof(check_mode: bool = False, shell: str = "sh") -> dict[str, Any]:
    action = FixAction.__new__(FixAction)
    action._connection = connection(shell)
    action.FIX = "lsof"
    action._task = SimpleNamespace(check_mode=check_mode)
    return action.answer({"timeout_seconds": 300}, {})


def undo(check_mode: bool = False, shell: str = "sh", **arguments: Any) -> dict[str, Any]:
    action = RestoreAction.__new__(RestoreAction)
    action._connection = connection(shell)
    action._task = SimpleNamespace(check_mode=check_mode)
    return action.answer({"fix": None, "run": None, "force": False, "timeout_seconds": 300, **arguments}, {})


MISSING = recording(**{PROGRAMS.key: "/usr/bin/dnf\n"})
APPLIED = recording(**{"change lsof": "state: applied\nreason: installed lsof 4.94\n"})


def test_check_mode_visits_once_and_shows_the_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, MISSING)
    result = lsof(check_mode=True)
    assert (result["changed"], result["state"]) == (True, "planned")
    assert (result["diff"]["before"], result["diff"]["after"]) == ("lsof: missing\n", "lsof: installed\n")
    assert machine.scripts == []


def test_run_applies_in_a_second_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, MISSING, APPLIED)
    result = lsof()
    assert (result["changed"], result["state"], result["reason"]) == (True, "applied", "installed lsof 4.94")
    assert "failed" not in result
    assert len(machine.scripts) == 1


def test_machine_that_is_as_wanted_is_visited_once(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, recording(**{PROGRAMS.key: "/usr/bin/lsof\n/usr/bin/dnf\n"}))
    result = lsof()
    assert (result["changed"], result["state"]) == (False, "unchanged")
    assert result["before"] == result["after"] == {"lsof": "installed"}
    assert machine.scripts == []


@pytest.mark.parametrize("state", ["refused", "failed", "running"])
def test_what_is_not_as_wanted_fails_the_task_with_the_cause(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    Machine(monkeypatch, MISSING, recording(**{"change lsof": f"state: {state}\nreason: dnf is locked\n"}))
    result = lsof()
    assert result["failed"]
    assert result["msg"] == f"lsof: {state}: dnf is locked"
    assert result["after"] == {"lsof": "missing"}


def test_unreachable_machine_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, VisitError("unreachable", "no route"))
    assert lsof()["unreachable"]


def test_connection_that_breaks_while_changing_points_to_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, MISSING, VisitError("timed_out", "no answer"))
    result = lsof()
    assert result["failed"]
    assert "journal" in result["msg"]


def test_restore_without_a_journal_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, recording(**{FILES: ""}))
    assert undo() == {"changed": False, "restored": [], "diff": []}


def test_restore_in_check_mode_lists_what_would_be_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, recording(**{FILES: PATH, RECORDS: JOURNAL}))
    result = undo(check_mode=True)
    assert result["changed"]
    assert [each["state"] for each in result["restored"]] == ["planned"]
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == ("installed\n", "missing\n")
    assert machine.scripts == []


def test_restore_undoes_in_a_second_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = recording(**{"restore 000001": "state: restored\nreason: removed lsof\n"})
    machine = Machine(monkeypatch, recording(**{FILES: PATH, RECORDS: JOURNAL}), answer)
    result = undo()
    assert (result["changed"], result["restored"][0]["reason"]) == (True, "removed lsof")
    assert len(machine.scripts) == 1


def test_restore_that_leaves_something_fails_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    other = JOURNAL.replace("000001", "000002").replace("lsof", "from_the_future")
    answer = recording(**{"restore 000001": "state: refused\nreason: needed by ltp\n"})
    Machine(monkeypatch, recording(**{FILES: PATH, RECORDS: JOURNAL + other}), answer)
    result = undo()
    assert result["failed"]
    assert "2 of 2 changes were not undone" in result["msg"]
    assert "needed by ltp" in result["msg"]
    assert "from_the_future" in result["msg"]


def test_restore_of_an_unknown_fix_names_the_known_ones() -> None:
    with pytest.raises(Exception, match=r"expected one of .*lsof"):
        undo(fix="lsoff")


@pytest.mark.parametrize("shell", ["powershell", "cmd"])
def test_fix_for_linux_says_so_on_windows_and_visits_nobody(monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    machine = Machine(monkeypatch)
    result = lsof(shell=shell)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("lsof: this fix is for Linux, and the connection of this machine is one to Windows")
    assert machine.scripts == []
