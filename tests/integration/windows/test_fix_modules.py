# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fix by its module, over the unmodified winrm and psrp connections, and back by restore; secrets stay secret."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.tests.doubles.fleet import WAYS, Fleet
from ansible_collections.preflight.azure.tests.integration.windows.fix_runs import (
    Document,
    Machine,
    Run,
    module_options,
    run,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    without_journal,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_fix_cases import (
    CASES,
)

THROUGH = ("winrm-https-ntlm", "psrp-http-ntlm")
#: One case of every fix; the others are tried without a connection, in the unit tests.
FIRST = {case.fix.name: case for case in reversed(CASES.values())}
#: Where the connection breaks: before the first thing is given its state, and before the change is closed.
BREAKS = {"winrm-https-ntlm": "set", "psrp-http-ntlm": "finish"}
_RESTORE: Document = {"preflight.azure.restore": {}}


@dataclass(frozen=True)
class Passage:
    """The machines of all cases after all that is done to them; what they were before and on the way, by name."""

    machines: dict[str, Machine]
    before: dict[str, Document]
    checked: dict[str, Document]
    applied: dict[str, Document]
    runs: dict[str, Run]
    visits: dict[str, int]


def _added(fleet: Fleet, folder: Path) -> Iterator[Machine]:
    for fix, case in sorted(FIRST.items()):
        options = module_options(case, folder / fix)
        for way in THROUGH:
            double = fleet.add(f"{fix}.{way}", case.machine(), (WAYS[way][1],))
            yield Machine(double.name, case, double, fleet.variables(double, way), options)


def _models(machines: list[Machine]) -> dict[str, Document]:
    return {machine.name: copy.deepcopy(machine.model) for machine in machines}


@pytest.fixture(scope="module")
def passage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Passage]:
    folder = tmp_path_factory.mktemp("fixes")
    with Fleet(with_ssh=False) as fleet:
        machines = list(_added(fleet, folder / "files"))
        before = _models(machines)
        check = run(machines, {"check": None}, folder / "check", "--check", "--diff", "-vvvvv")
        checked = _models(machines)
        apply = run(machines, {"first": None}, folder / "apply", "-vvvvv")
        visits = {machine.name: len(machine.double.session.seen) for machine in machines}
        applied = _models(machines)
        second = run(machines, {"second": None}, folder / "second")
        restore = run(machines, {"restore": _RESTORE, "again": _RESTORE}, folder / "restore", "-vvvvv")
        runs = {"check": check, "first": apply, "second": second, "restore": restore}
        yield Passage({each.name: each for each in machines}, before, checked, applied, runs, visits)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Passage]:
    folder = tmp_path_factory.mktemp("broken")
    with Fleet(with_ssh=False) as fleet:
        machines = list(_added(fleet, folder / "files"))
        before = _models(machines)
        for machine in machines:
            machine.model["dropped_before_step"] = BREAKS[machine.name.partition(".")[2]]
        first = run(machines, {"first": None}, folder / "first")
        applied = _models(machines)
        for machine in machines:
            del machine.model["dropped_before_step"]
        second = run(machines, {"second": None}, folder / "second")
        restore = run(machines, {"restore": _RESTORE}, folder / "restore")
        runs = {"first": first, "second": second, "restore": restore}
        yield Passage({each.name: each for each in machines}, before, {}, applied, runs, {})


@pytest.fixture(params=[f"{fix}.{way}" for fix in sorted(FIRST) for way in THROUGH])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_check_mode_shows_the_change_and_makes_none(passage: Passage, name: str) -> None:
    result = passage.runs["check"].results[name]["check"]
    assert (result.get("failed"), result["changed"], result["state"]) == (None, True, "planned"), result
    assert result["diff"]["before"] != result["diff"]["after"]
    assert passage.checked[name] == passage.before[name]


def test_first_run_changes_and_second_finds_nothing_to_do(passage: Passage, name: str) -> None:
    first = passage.runs["first"].results[name]["first"]
    assert (first["changed"], first["state"], first["journal"]["state"]) == (True, "applied", "done"), first
    second = passage.runs["second"].results[name]["second"]
    assert (second["changed"], second["state"]) == (False, "unchanged"), second
    assert without_journal(passage.applied[name]) != without_journal(passage.before[name])


def test_restore_brings_the_machine_back_and_a_second_one_changes_nothing(passage: Passage, name: str) -> None:
    results = passage.runs["restore"].results[name]
    assert (results["restore"].get("failed"), results["restore"]["changed"]) == (None, True), results["restore"]
    assert (results["again"].get("failed"), results["again"]["changed"]) == (None, False), results["again"]
    assert without_journal(passage.machines[name].model) == without_journal(passage.before[name])


def test_a_fix_costs_two_visits_and_check_mode_one(passage: Passage, name: str) -> None:
    assert passage.visits[name] == 3
    assert passage.machines[name].double.session.unknown == []


def test_nothing_that_leaves_the_machine_or_stays_there_holds_a_secret(passage: Passage, name: str) -> None:
    machine = passage.machines[name]
    told = {step: made.output for step, made in passage.runs.items()}
    told |= {f"results of {step}": json.dumps(made.results) for step, made in passage.runs.items()}
    told["command lines"] = "\n".join(seen.command_line for seen in machine.double.session.seen)
    told["journal"] = json.dumps(machine.model["journal"])
    told["actions"] = json.dumps(machine.model.get("actions", []))
    assert [(where, secret) for secret in machine.secrets for where, text in told.items() if secret in text] == []


def test_connection_that_breaks_is_told_and_what_was_done_can_be_finished_and_restored(
    broken: Passage, name: str
) -> None:
    first = broken.runs["first"].results[name]["first"]
    assert first["failed"], first
    assert "journal" in first["msg"], first
    assert broken.applied[name]["journal"], "nothing is touched before it is written down"
    second = broken.runs["second"].results[name]["second"]
    assert second["state"] in ("applied", "unchanged"), second
    restored = broken.runs["restore"].results[name]["restore"]
    assert (restored.get("failed"), restored["changed"]) == (None, True), restored
    assert without_journal(broken.machines[name].model) == without_journal(broken.before[name])
