# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job on every machine file: prepare_sources repairs and audits again, restore_sources undoes it."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import certifi
import pytest
import yaml
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import load as load_catalogue
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.registry import FIXES
from ansible_collections.preflight.azure.tests.doubles.fleet import WAYS, Double, Fleet
from ansible_collections.preflight.azure.tests.integration.windows.neglected_machines import (
    NEGLECTED,
    Document,
    all_machines,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.sample_pfx import (
    PASSWORD,
    der,
    given,
    usual,
    usual_pfx,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    without_journal,
)

MODELS = all_machines()
THROUGH = ("winrm-https-ntlm", "psrp-http-ntlm")
ACCOUNT_PASSWORD = "Ganz-geheim-0815"
SETTINGS = {"push_account": "preflight-push", "multi_vm_consistency": True}


@dataclass
class Prepared:
    """One machine on its way: its model before, after the audit, after one and two runs, and after restore."""

    double: Double
    models: list[Document]
    visits: list[int]
    document: Document
    told: str = ""


def _chosen(folder: Path) -> Document:
    """Return what an operator chooses for the fixes that ask for something."""
    [rule] = [each for each in load_catalogue(DECLARED).requirements if each.id == "windows.trusted_roots"]
    wanted = rule.baselines["current"].limits["sha1"]
    texts = re.findall("-----BEGIN[^-]+-----[^-]+-----END[^-]+-----", Path(certifi.where()).read_text("ascii"))
    known = {hashlib.sha1(content).hexdigest().upper(): content for content in map(ssl.PEM_cert_to_DER_cert, texts)}
    roots = {f"{sha1}.cer": known[sha1] for sha1 in wanted}
    for name, content in {**roots, "management.pfx": usual_pfx(), "management.cer": der(usual())}.items():
        (folder / name).write_bytes(content)
    return {
        "root_certificates": {"files": [str(folder / name) for name in roots]},
        "management_certificate": {"pfx": str(folder / "management.pfx"), "pfx_password": PASSWORD},
        "management_certificate_root": {"cer": str(folder / "management.cer")},
        "push_account": {"account_password": ACCOUNT_PASSWORD},
        "firewall_rules": {"sources": ["10.1.2.0/24"]},
    }


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
        scenario, baseline = asked["scenario"], "current"
        if name in NEGLECTED:
            scenario, baseline = NEGLECTED[name].scenario, NEGLECTED[name].baseline
        hosts[name] = {
            **fleet.variables(double, THROUGH[number % 2]),
            **{"preflight_scenario": scenario, "preflight_machine": asked["machine"], "preflight_baseline": baseline},
        }
    variables = {
        "preflight_output_dir": str(folder / "report"),
        "preflight_allow": [name for name, fix in FIXES.items() if fix.safety == "opt_in"],
        "preflight_allow_weakening": [name for name, fix in FIXES.items() if fix.safety == "weakening"],
        "preflight_fix_options": _chosen(folder),
        "preflight_settings": SETTINGS,
    }
    path = folder / "inventory.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": variables}}))
    return path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Prepared]]:
    folder = tmp_path_factory.mktemp("prepare")
    with Fleet(with_ssh=False) as fleet:
        ports = tuple(dict.fromkeys(WAYS[way][1] for way in THROUGH))
        doubles = {name: fleet.add(name, model, ports) for name, model in MODELS.items()}
        all_prepared = {name: Prepared(double, [], [], {}) for name, double in doubles.items()}
        inventory = _inventory(fleet, doubles, folder)

        def note() -> None:
            for each in all_prepared.values():
                each.models.append(copy.deepcopy(each.double.session.machine))
                each.visits.append(len(each.double.session.seen))

        note()
        output = _play("prepare_sources", inventory, "--check", "--diff", "-vvvvv")
        note()
        output += _play("prepare_sources", inventory, "--diff", "-vvvvv")
        note()
        for name, each in all_prepared.items():
            path = folder / "report" / "machines" / f"{name}.json"
            assert path.exists(), output[-5000:]
            each.document = json.loads(path.read_text(encoding="utf-8"))
        for playbook in ("prepare_sources", "restore_sources", "restore_sources"):
            output += _play(playbook, inventory, "-vvvvv")
            note()
        report = "".join(file.read_text(encoding="utf-8") for file in (folder / "report").rglob("*") if file.is_file())
        for each in all_prepared.values():
            lines = [seen.command_line for seen in each.double.session.seen]
            each.told = "\n".join([output, report, str(each.models[2].get("journal")), *lines])
        yield all_prepared


@pytest.fixture(params=MODELS)
def machine(request: pytest.FixtureRequest, prepared: dict[str, Prepared]) -> Prepared:
    return prepared[request.param]


def test_check_mode_changes_nothing(machine: Prepared) -> None:
    assert machine.models[1] == machine.models[0]


def test_all_fixes_together_cost_three_visits_more_than_an_audit(machine: Prepared) -> None:
    assert machine.visits[2] - machine.visits[1] <= 1 + 3
    assert machine.double.session.unknown == []


def test_what_was_applied_is_then_judged_clean(machine: Prepared) -> None:
    assert machine.document["error"] is None
    baseline = machine.document["baseline"]
    status = {each["id"]: each["baselines"][baseline]["status"] for each in machine.document["findings"]}
    repaired = {
        requirement: fix["fix"]
        for fix in machine.document["fixes"]
        if fix["state"] == "applied"
        for requirement in fix["requirements"]
    }
    assert {requirement: (fix, "pass") for requirement, fix in repaired.items()} == {
        requirement: (fix, status[requirement]) for requirement, fix in repaired.items()
    }


def test_fixes_are_applied_or_say_why_not(machine: Prepared) -> None:
    told = {fix["fix"]: fix["state"] for fix in machine.document["fixes"] if fix["state"] != "applied"}
    assert told == machine.models[0]["expect"].get("not_repaired", {}), [
        fix["reason"] for fix in machine.document["fixes"]
    ]


def test_machine_on_which_a_fix_is_refused_is_blocked(prepared: dict[str, Prepared]) -> None:
    verdict = prepared["source_2012r2"].document["verdicts"]["current"]
    assert (verdict["verdict"], verdict["because"]) == ("blocked", ["windows.multi_vm_port", "windows.push_firewall"])


def test_second_run_changes_nothing(machine: Prepared) -> None:
    assert machine.models[3] == machine.models[2]


def test_restore_brings_the_machine_back_and_a_second_one_changes_nothing(machine: Prepared) -> None:
    assert without_journal(machine.models[4]) == without_journal(machine.models[0])
    assert machine.models[5] == machine.models[4]


def test_nothing_that_leaves_the_machine_or_stays_there_holds_a_secret(machine: Prepared) -> None:
    secrets = [ACCOUNT_PASSWORD, PASSWORD, *(given(text.encode()) for text in (ACCOUNT_PASSWORD, PASSWORD))]
    key = given(usual_pfx())
    assert [secret for secret in (*secrets, key[:40], key[400:440], key[-40:]) if secret in machine.told] == []


def test_every_fix_of_the_catalogue_was_applied_to_some_machine(prepared: dict[str, Prepared]) -> None:
    applied = {fix["fix"] for each in prepared.values() for fix in each.document["fixes"] if fix["state"] == "applied"}
    asked = {rule.fix.name for rule in load_catalogue(DECLARED).requirements if rule.fix and rule.platform == "windows"}
    assert applied >= asked
