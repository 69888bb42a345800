# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import load
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import Requirement
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.evaluate import judge
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.finding import Finding
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.waivers import Waivers, parse
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import (
    changed,
    declared_facts,
    healthy,
    our_catalogue,
)

NOW = datetime(2026, 11, 20, tzinfo=timezone.utc)
SETTINGS = {"ssh_after_failover": True, "multi_vm_consistency": False, "push_installation": True}


def requirement(directory: Path, **keys: str) -> Requirement:
    """Load one small requirement with some keys of its own."""
    lines = {
        "id": "site.try",
        "title": "A try",
        "scenarios": "[vmware_to_azure]",
        "machine": "source",
        "platform": "linux",
        "severity": "blocker",
        "expression": '"os.major == `7`"',
        "required": "It holds.",
        "consequence": "None.",
        "remedy": "None.",
        "sources": '[{title: A, url: "https://example.org", dated: "2026-01-01"}]',
        **keys,
    }
    (directory / "site").mkdir()
    text = "".join(f"{key}: {value}\n" for key, value in lines.items() if value)
    (directory / "site" / "try.yml").write_text(text, encoding="utf-8")
    return load(declared_facts(), requirements_directory=str(directory)).requirements[0]


def outcome(rule: Requirement, tree: Any, reasons: dict[str, str] | None = None) -> tuple[str, str]:
    (finding,) = judge(Facts(tree, reasons or {}), [rule], SETTINGS, Waivers(), "web01", NOW)
    return finding.baselines["current"].status, finding.baselines["current"].reason


def test_unknown_names_the_place_and_the_nearest_reason(tmp_path: Path) -> None:
    rule = requirement(tmp_path, expression='"max(storage.disks[].size_bytes) > `0`"')
    tree = changed({"storage.disks[1].size_bytes": None})
    place = "storage.disks[1].size_bytes"
    assert outcome(rule, tree) == ("unknown", f"{place} not known (it was not collected)")
    assert outcome(rule, tree, {"storage": "no root"}) == ("unknown", f"{place} not known (no root)")
    assert outcome(rule, tree, {"storage": "no root", place: "cut off"}) == ("unknown", f"{place} not known (cut off)")
    assert outcome(rule, tree, {"storage.disks[0]": "x", "storage.disks": "y"})[1].endswith("(y)")


def test_many_unknown_places_are_summed_up(tmp_path: Path) -> None:
    rule = requirement(tmp_path, expression='"max(storage.disks[].size_bytes) > `0`"')
    tree = changed({"storage.disks": [{"size_bytes": None}] * 64})
    assert outcome(rule, tree)[1].endswith("storage.disks[4].size_bytes not known (it was not collected); and 59 more")


def test_what_would_be_shown_must_be_known_too(tmp_path: Path) -> None:
    rule = requirement(tmp_path, observed="os.kernel")
    assert outcome(rule, changed({"os.kernel": None}))[0] == "unknown"


def test_an_empty_tree_is_unknown() -> None:
    findings = judge(Facts({}, {}), our_catalogue().requirements, SETTINGS, Waivers(), "web01", NOW)
    assert {finding.status("current") for finding in findings if not finding.requirement.manual} == {
        "unknown",
        "not_applicable",
    }
    assert not [finding.id for finding in findings if finding.status("2017") in ("pass", "fail")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"os.id": "sles", "os.major": None}, "not_applicable"),
        ({"os.major": 8, "os.id": None}, "not_applicable"),
        ({"os.major": None}, "unknown"),
        ({"os.id": None}, "unknown"),
    ],
)
def test_one_false_part_settles_that_it_does_not_apply(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    rule = requirement(tmp_path, applies_when="\"os.id == 'rhel' && os.major == `7`\"")
    assert outcome(rule, changed(changes))[0] == expected


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("os.id", "the expression needs true or false, found a text"),
        ("!(storage.disks)", "! needs true or false, found a list"),
        ("os.major == '7'", "a number is compared with a text"),
        ("contains(`7`, os.id)", "JMESPathTypeError"),
        ("max(storage.encrypted) > `1`", "nothing is compared with a number"),
    ],
)
def test_a_mistake_of_the_catalogue_is_unknown(tmp_path: Path, expression: str, reason: str) -> None:
    status, found = outcome(requirement(tmp_path, expression=f'"{expression}"'), healthy())
    assert status == "unknown"
    assert found.startswith("catalogue error: ")
    assert reason in found
    assert found.endswith("; correct the requirement")


def test_a_mistake_in_applies_when_is_unknown(tmp_path: Path) -> None:
    rule = requirement(tmp_path, applies_when="os.id")
    assert outcome(rule, healthy())[0] == "unknown"


def test_facts_of_the_wrong_kind_are_unknown(tmp_path: Path) -> None:
    rule = requirement(tmp_path, expression='"length(storage.disks[?boot]) == `1`"')
    assert outcome(rule, changed({"storage.disks[0].boot": "yes"}))[0] == "unknown"
    assert outcome(rule, changed({"storage.disks": "sda"}))[0] == "unknown"


def test_wrapped_texts_are_judged_like_plain_ones() -> None:
    class Tagged(str):
        pass

    rules = [each for each in our_catalogue().requirements if each.id == "azure_vm.name_characters"]
    (finding,) = judge(Facts(changed({"os.hostname": Tagged("web01")}), {}), rules, SETTINGS, Waivers(), "web01", NOW)
    assert finding.status("current") == "pass"
    assert finding.baselines["current"].observed.__class__ is str


def test_the_facts_are_left_as_they_were() -> None:
    tree = healthy()
    judge(Facts(tree, {}), our_catalogue().requirements, SETTINGS, Waivers(), "web01", NOW)
    assert tree == healthy()


def test_both_baselines_are_judged_by_their_own_limits() -> None:
    tree = changed({"storage.data_disks[0].size_bytes": 4 * 2**40})
    rules = [each for each in our_catalogue().requirements if each.id == "azure_vm.data_disk_size"]
    (finding,) = judge(Facts(tree, {}), rules, SETTINGS, Waivers(), "web01", NOW)
    assert finding.status("2017") == "fail"
    assert finding.status("current") == "pass"
    assert finding.baselines["2017"].standing == "obsolete"
    assert finding.baselines["2017"].required == "Each data disk holds at most 1,023 GiB."


def waive(
    kind: str, expires: str = "2026-12-31", machines: str = "web*", rule: str = "linux.lsof"
) -> list[dict[str, str]]:
    return [
        {"kind": kind, "requirement": rule, "machines": machines, "reason": "r", "approver": "a", "expires": expires}
    ]


def lsof(entries: list[dict[str, str]], tree: Any) -> Finding:
    rules = our_catalogue().requirements
    wanted = [each for each in rules if each.id == "linux.lsof"]
    (finding,) = judge(Facts(tree, {}), wanted, SETTINGS, parse(entries, rules), "web01", NOW)
    return finding


def test_a_waiver_stays_beside_the_status() -> None:
    finding = lsof(waive("waiver"), changed({"commands.lsof": False}))
    assert finding.status("current") == "fail"
    assert finding.waiver is not None
    assert finding.attestation is None


@pytest.mark.parametrize(
    ("entries", "lsof_there"),
    [
        (waive("waiver"), True),
        (waive("waiver"), None),
        (waive("waiver", expires="2026-11-19"), False),
        (waive("waiver", machines="db*"), False),
        (waive("waiver", rule="linux.python"), False),
        (waive("attestation"), False),
    ],
)
def test_a_waiver_is_not_applied_elsewhere(entries: list[dict[str, str]], lsof_there: bool | None) -> None:
    assert lsof(entries, changed({"commands.lsof": lsof_there})).waiver is None


def test_an_attestation_answers_a_manual_requirement(tmp_path: Path) -> None:
    rule = requirement(tmp_path, expression="", manual="Look at it.", observed="os.kernel")
    entries = parse(waive("attestation", rule="site.try"), [rule])
    (finding,) = judge(Facts(healthy(), {}), [rule], SETTINGS, entries, "web01", NOW)
    assert finding.baselines["current"].status == "manual"
    assert finding.baselines["current"].reason == "Look at it."
    assert finding.attestation is not None
    (finding,) = judge(Facts(healthy(), {}), [dataclasses.replace(rule, id="x.y")], SETTINGS, entries, "web01", NOW)
    assert finding.attestation is None
