# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folding keeps everything that the page shows, once."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.report.collate import ReportInfo, collate
from ansible_collections.preflight.azure.plugins.module_utils._core.report.fold import fold
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    RUN,
    finding,
    fix_record,
    machine,
    sample_report,
)


def _fold(*machines: Any) -> dict[str, Any]:
    info = ReportInfo(created_at="x", run=RUN, scenario="vmware_to_azure", baseline="current")
    return fold(collate(machines, [], info))


def test_machines_that_are_alike_share_everything() -> None:
    folded = _fold(*(machine(f"web{number}", ("ready", "ready")) for number in range(50)))
    assert len(folded["machines"]) == 50
    assert len(folded["findings"]) == len(folded["requirements"]) == 8
    assert len(folded["verdicts"]) == 1
    assert folded["machines"][0][2] == folded["machines"][49][2]


def test_finding_unfolds_to_what_it_was() -> None:
    folded = _fold(machine("a", ("blocked", "blocked"), [finding("linux.os_supported", "fail", "rhel 5")]))
    requirement, current, other, place, _place_2017, waiver, evidence = folded["findings"][folded["machines"][0][2][0]]
    assert folded["requirements"][requirement]["id"] == "linux.os_supported"
    status, required, observed, reason, standing, _note = folded["outcomes"][current]
    assert (status, standing, current) == ("fail", "unchanged", other)
    assert folded["texts"][required].startswith("RHEL, CentOS")
    assert folded["texts"][observed] == "rhel 5"
    assert folded["texts"][reason] == ""
    assert folded["places"][place] == "blocking"
    assert folded["texts"][waiver] == ""
    assert folded["texts"][evidence] == "file /etc/os-release\ncommand lsblk"


def test_requirement_whose_severity_was_changed_for_one_machine_stays_apart() -> None:
    softer = machine("b", ("ready", "ready"), [finding("linux.lsof", severity="warning")])
    folded = _fold(machine("a", ("ready", "ready")), softer)
    severities = [one["severity"] for one in folded["requirements"] if one["id"] == "linux.lsof"]
    assert sorted(severities) == ["blocker", "warning"]


def test_only_web_addresses_become_links() -> None:
    bad = [{"title": "t", "url": "javascript:alert(1)", "dated": ""}]
    folded = _fold(machine("a", ("ready", "ready"), [finding("linux.lsof", sources=bad)]))
    (entry,) = (one for one in folded["requirements"] if one["id"] == "linux.lsof")
    assert entry["sources"] == [["t", "", ""]]


def test_long_values_are_cut() -> None:
    folded = _fold(machine("a", ("blocked", "blocked"), [finding("linux.os_supported", "fail", "x" * 5000)]))
    assert max(len(text) for text in folded["texts"]) < 1100


def test_errors_fixes_changes_and_notes_are_kept() -> None:
    extras = {entry[0]: entry[4] for entry in fold(sample_report())["machines"]}
    assert extras["db-03"]["error"].startswith("unreachable: ssh: connect to host")
    fixes = extras["web1.example.com"]["fixes"]
    assert fixes["linux.hosts_entries"] == "hosts_file needs preflight_allow: [hosts_file]"
    assert extras["web10.example.com"]["changes"][0] == [["linux.lsof", "fail", "pass"]]
    weakened = "Weakened by the fix root_password_logon. Restore it after the move."
    assert extras["web2.example.com"]["notes"] == [weakened]
    assert extras["app-07"]["notes"] == ["Judged from a recording, offline: its origin is not proven."]
    assert extras["mail"] == {}


def test_what_a_fix_says_is_a_note() -> None:
    entry = machine("a", ("ready", "ready"), [])
    entry["fixes"] = [fix_record("hotfix", "refused", [], reason="there is no file")]
    assert _fold(entry)["machines"][0][4]["notes"] == ["The fix hotfix was refused: there is no file"]


def test_everything_folded_is_plain_json_without_unsafe_characters() -> None:
    text = json.dumps(fold(sample_report()), ensure_ascii=False)
    assert text.isprintable()
