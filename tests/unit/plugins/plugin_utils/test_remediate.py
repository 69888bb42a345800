# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All fixes of a machine, between real plans and a stand-in for the connection."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.commands import PROGRAMS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan
from ansible_collections.preflight.azure.plugins.plugin_utils import changing, per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake
from ansible_collections.preflight.azure.plugins.plugin_utils.remediate import RemediateAction
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import ScriptTooLong, VisitError
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    finding,
    machine,
)

MISSING = "/usr/bin/dnf\n"


class Machine:
    """Counts the visits to a machine whose audit says that lsof is missing, and then what it is told to say."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, programs: Any = MISSING, said: Any = "state: applied\n"
    ) -> None:
        self.visits: list[str] = []
        self.programs, self.said = programs, said
        looked = partial(self._visit, "probe", PROGRAMS.key, self.programs)
        monkeypatch.setattr(changing, "collect", lambda *_a, **_k: (looked(), b""))
        monkeypatch.setattr(changing, "run_script", lambda *_a, **_k: None)
        monkeypatch.setattr(changing, "recorded", lambda _v: (self._visit("change", "change lsof", self.said), b""))
        monkeypatch.setattr(RemediateAction, "audit", lambda *_a: (self._audited(), None))
        monkeypatch.setattr(per_run, "question", lambda *_a: None)

    def _visit(self, kind: str, key: str, text: Any) -> Recording:
        self.visits.append(kind)
        if isinstance(text, Exception):
            raise text
        return Recording({key: Answer(key, Status.ANSWERED, text, 0)}, user=0, complete=True)

    def _audited(self) -> Any:
        self.visits.append("audit")
        return machine("web01", ("ready_after_fix", "ready_after_fix"), [finding("linux.lsof", "fail", False)])


def run(check_mode: bool = False, **arguments: Any) -> dict[str, Any]:
    action = RemediateAction.__new__(RemediateAction)
    action._task = SimpleNamespace(check_mode=check_mode)
    action._connection = SimpleNamespace(transport="ssh", _shell=SimpleNamespace(SHELL_FAMILY="sh"))
    given: dict[str, Any] = {"allow": [], "allow_weakening": [], "fix_options": {}, "settings": {}, "audit": None}
    return action.answer({**given, "catalogue": [], "output_dir": None, "timeout_seconds": 60, **arguments}, {})


def test_run_costs_three_visits_more_than_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    visited = Machine(monkeypatch)
    result = run()
    assert visited.visits == ["audit", "probe", "change", "audit"]
    assert [(each["fix"], each["state"]) for each in result["fixes"]] == [("lsof", "applied")]
    assert result["changed"]


def test_check_mode_only_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    visited = Machine(monkeypatch)
    result = run(check_mode=True)
    assert visited.visits == ["audit", "probe"]
    assert [each["state"] for each in result["fixes"]] == ["planned"]
    assert result["diff"][0]["before_header"] == "lsof"


def test_what_was_repaired_since_the_audit_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    visited = Machine(monkeypatch, programs="/usr/bin/dnf\n/usr/bin/lsof\n")
    result = run()
    assert visited.visits == ["audit", "probe"]
    assert [each["state"] for each in result["fixes"]] == ["unchanged"]
    assert not result["changed"]


def test_machine_that_is_gone_after_the_audit_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, programs=VisitError("unreachable", "no route"))
    result = run()
    assert result["unreachable"]
    assert "no route" in result["msg"]


def test_visit_that_breaks_off_is_told_with_each_fix_that_it_was_to_make(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []
    Machine(monkeypatch, said=VisitError("cut_off", "the connection broke"))
    monkeypatch.setattr(RemediateAction, "written", lambda _self, _arguments, document: written.append(document))
    result = run()
    assert result["unreachable"]
    (told,) = written[0]["fixes"]
    assert told["state"] == "failed"
    assert "the connection broke" in told["reason"]
    assert told["reason"].endswith("audit it again")


def test_failed_fix_fails_the_task_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    Machine(monkeypatch, said="state: failed\nreason: the disk is full; make room\n")
    result = run()
    assert result["failed"]
    assert "lsof: the disk is full" in result["msg"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"lsoff": {}}, "expected names of fixes"),
        ({"lsof": ["x"]}, "expected a mapping of options for lsof"),
        ({"lsof": {"timeout_secs": 3}}, "timeout_secs"),
        ({"lsof": {"timeout_seconds": "soon"}}, "timeout_seconds"),
    ],
)
def test_wrong_options_of_a_fix_are_named_before_any_visit(
    monkeypatch: pytest.MonkeyPatch, options: Any, told: str
) -> None:
    visited = Machine(monkeypatch)
    with pytest.raises(Mistake, match=told):
        run(fix_options=options)
    assert visited.visits == []


def test_script_too_long_for_the_connection_is_made_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[str]] = []

    def refuse(plans: Any, *_words: Any) -> str:
        tried.append([plan.fix for plan in plans])
        return "x" * len(plans)

    def run_short_ones(_action: Any, script: str, **_options: Any) -> None:
        if len(script) > 1:
            raise ScriptTooLong(len(script))

    Machine(monkeypatch)
    monkeypatch.setattr(changing.linux, "compose_changes", refuse)
    monkeypatch.setattr(changing, "run_script", run_short_ones)
    action = RemediateAction.__new__(RemediateAction)
    action._connection = SimpleNamespace(transport="ssh", _shell=SimpleNamespace(SHELL_FAMILY="sh"))
    plan = Plan("lsof", "missing", "installed", "missing", "installed")
    assert [made.state for made in changing.make(action, [plan] * 3, "1.0.0", 60)] == ["applied"] * 3
    assert [len(part) for part in tried] == [3, 1, 2, 1, 1]


def test_options_reach_the_planner(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds: list[int] = []
    Machine(monkeypatch)
    monkeypatch.setattr(changing.linux, "seconds_needed", lambda plans: seconds.append(plans[0].timeout_seconds) or 1)
    run(fix_options={"lsof": {"timeout_seconds": 900}})
    assert set(seconds) == {900}
