# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job on every machine file: prepare_sources repairs what it may and audits again, restore_sources undoes it."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.registry import FIXES
from ansible_collections.preflight.azure.tests.doubles.fleet import WAYS, Double, Fleet
from ansible_collections.preflight.azure.tests.doubles.machine_file import MACHINES, load
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    without_journal,
)

Document = dict[str, Any]
NAMES = sorted(file.stem for file in MACHINES.glob("*.yml"))
THROUGH = ("winrm-https-ntlm", "psrp-http-ntlm")
#: What an operator chooses for the fixes that ask for something.
CHOSEN: Document = {}


@dataclass
class Prepared:
    """One machine on its way: its model before, after the audit, after one and two runs, and after restore."""

    double: Double
    models: list[Document]
    visits: list[int]
    document: Document


def _play(playbook: str, inventory: Path, *options: str) -> str:
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-playbook")),
            *("-i", str(inventory), f"preflight.azure.{playbook}", "-f", "6", *options),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0"},
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )
    return done.stdout + done.stderr


def _inventory(fleet: Fleet, doubles: dict[str, Double], folder: Path) -> Path:
    hosts = {}
    for number, (name, double) in enumerate(doubles.items()):
        asked = double.session.machine["expect"]["audits"][0]
        hosts[name] = {
            **fleet.variables(double, THROUGH[number % 2]),
            **{"preflight_scenario": asked["scenario"], "preflight_machine": asked["machine"]},
        }
    variables = {
        "preflight_output_dir": str(folder / "report"),
        "preflight_allow": [name for name, fix in FIXES.items() if fix.safety == "opt_in"],
        "preflight_allow_weakening": [name for name, fix in FIXES.items() if fix.safety == "weakening"],
        "preflight_fix_options": CHOSEN,
    }
    path = folder / "inventory.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": variables}}))
    return path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Prepared]]:
    folder = tmp_path_factory.mktemp("prepare")
    with Fleet(with_ssh=False) as fleet:
        ports = tuple(dict.fromkeys(WAYS[way][1] for way in THROUGH))
        doubles = {name: fleet.add(name, load(name), ports) for name in NAMES}
        all_prepared = {name: Prepared(double, [], [], {}) for name, double in doubles.items()}
        inventory = _inventory(fleet, doubles, folder)

        def note() -> None:
            for each in all_prepared.values():
                each.models.append(copy.deepcopy(each.double.session.machine))
                each.visits.append(len(each.double.session.seen))

        note()
        output = _play("prepare_sources", inventory, "--check")
        note()
        output += _play("prepare_sources", inventory)
        note()
        for name, each in all_prepared.items():
            path = folder / "report" / "machines" / f"{name}.json"
            assert path.exists(), output[-5000:]
            each.document = json.loads(path.read_text(encoding="utf-8"))
        for playbook in ("prepare_sources", "restore_sources", "restore_sources"):
            _play(playbook, inventory)
            note()
        yield all_prepared


@pytest.fixture(params=NAMES)
def machine(request: pytest.FixtureRequest, prepared: dict[str, Prepared]) -> Prepared:
    return prepared[request.param]


def test_check_mode_changes_nothing(machine: Prepared) -> None:
    assert machine.models[1] == machine.models[0]


def test_all_fixes_together_cost_three_visits_more_than_an_audit(machine: Prepared) -> None:
    assert machine.visits[2] - machine.visits[1] <= 1 + 3
    assert machine.double.session.unknown == []


def test_what_was_applied_is_then_judged_clean(machine: Prepared) -> None:
    assert machine.document["error"] is None
    findings = {each["id"]: each for each in machine.document["findings"]}
    left = {
        (fix["fix"], requirement): findings[requirement]["baselines"]["current"]["status"]
        for fix in machine.document["fixes"]
        if fix["state"] == "applied"
        for requirement in fix["requirements"]
        if findings[requirement]["baselines"]["current"]["status"] != "pass"
    }
    assert left == {}


def test_fixes_are_applied_or_say_why_not(machine: Prepared) -> None:
    told = {fix["fix"]: fix["state"] for fix in machine.document["fixes"] if fix["state"] != "applied"}
    assert told == machine.models[0]["expect"].get("not_repaired", {}), machine.document["fixes"]


def test_second_run_changes_nothing(machine: Prepared) -> None:
    assert machine.models[3] == machine.models[2]


def test_restore_brings_the_machine_back_and_a_second_one_changes_nothing(machine: Prepared) -> None:
    assert without_journal(machine.models[4]) == without_journal(machine.models[0])
    assert machine.models[5] == machine.models[4]
