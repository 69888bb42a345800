# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary that a person reads in a job log."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.collate import ReportInfo, collate
from ansible_collections.preflight.azure.plugins.module_utils._core.report.paper import Paper, columns
from ansible_collections.preflight.azure.plugins.module_utils._core.report.terminal import render_terminal
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    HOSTILE,
    RUN,
    audited,
    failed_machine_document,
    finding,
    fix_record,
    machine,
    sample_report,
)

_SNAPSHOT = Path(__file__).with_name("terminal.txt")
INFO = ReportInfo(created_at="2026-03-01T10:05:00Z", run=RUN, scenario="vmware_to_azure", baseline="current")


def _report(*machines: Any, expected: Any = ()) -> Any:
    return collate(machines, expected, INFO)


def test_summary_of_the_sample_is_the_one_that_was_looked_at() -> None:
    assert render_terminal(sample_report()) == _SNAPSHOT.read_text("utf-8")


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_no_line_is_wider_than_asked(width: int) -> None:
    text = render_terminal(sample_report(), Paper(width=width))
    assert [line for line in text.splitlines() if columns(line) > max(width, 70)] == []


def test_hostile_text_reaches_no_terminal() -> None:
    text = render_terminal(sample_report())
    assert not re.search("[^\\n\x20-\x7e\xa1-\u1fff\u2010-\u2027\u2030-\u205f\u2070-\ud7ff]", text)
    assert "\\x1b[31m" in text


def test_colour_only_adds_colour() -> None:
    report = sample_report()
    coloured = render_terminal(report, Paper(colour=True))
    assert "\x1b[31;1mBLOCKED" in coloured
    plain = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in plain.splitlines()] == render_terminal(report).splitlines()


def test_one_machine_needs_no_overview_of_groups() -> None:
    text = render_terminal(_report(machine("web1", ("ready", "blocked"))))
    assert "READY              web1" in text
    assert "ready by the 2017 documents: no" in text
    assert "──" not in text


def test_what_a_fix_says_is_told_in_full() -> None:
    entry = machine("a", ("ready", "ready"), [])
    told = "Windows waits for a restart to finish it; nothing was restarted."
    entry["fixes"] = [fix_record("hotfix", "applied", [], reason=told), fix_record("lsof", "unchanged", [])]
    text = render_terminal(_report(entry), Paper(80))
    assert f"applied hotfix: {told}" in " ".join(text.split())
    assert "lsof" not in text


def test_refusal_is_told_once_with_its_finding() -> None:
    entry = machine("a", ("blocked", "ready"), [finding("linux.lsof", "fail")])
    entry["fixes"] = [fix_record("lsof", "refused", ["linux.lsof"], reason="there is no repository")]
    text = " ".join(render_terminal(_report(entry), Paper(80)).split())
    assert "fix: lsof was refused: there is no repository" in text
    assert text.count("there is no repository") == 1


def test_fix_that_changed_nothing_says_why_its_warning_stays() -> None:
    entry = machine("a", ("ready", "ready"), [finding("linux.free_space", "fail")])
    entry["fixes"] = [fix_record("clock_sync", "unchanged", ["linux.free_space"], reason="the servers do not answer")]
    assert "unchanged   clock_sync: the servers do not answer" in render_terminal(_report(entry), Paper(80))


def test_other_baseline_is_named_when_2017_gives_the_headline() -> None:
    info = ReportInfo(created_at="x", run=RUN, scenario="vmware_to_azure", baseline="2017")
    text = render_terminal(collate([machine("web1", ("ready_after_fix", "ready"))], [], info))
    assert "ready by the newest documents: after fixes" in text


def test_large_fleet_is_cut_and_says_where_the_rest_is() -> None:
    fleet = [machine(f"web{number}", ("ready", "ready")) for number in range(1, 65)]
    text = render_terminal(_report(*fleet, expected=[f"db{number}" for number in range(60)]))
    assert "and 54 more: web11, web12" in text
    assert "… and 14 more, see report.html" in text
    assert "… and 20 more, see report.html" in text
    assert len(text.splitlines()) < 60


def test_unreachable_machines_take_two_lines_each() -> None:
    failed = [failed_machine_document(audited(f"db{n}"), "unreachable", "no route to host\n" * 99) for n in range(3)]
    lines = render_terminal(_report(*failed)).splitlines()
    start = next(index for index, line in enumerate(lines) if "UNKNOWN" in line)
    assert ["UNKNOWN" in line for line in lines[start : start + 6]] == [True, False] * 3
    assert "not read    unreachable: no route to host" in lines[start + 1]


def test_unknown_blocker_gives_the_reason_and_not_the_remedy_for_a_failure() -> None:
    unknown = finding("linux.os_disk_size", "unknown", None, "lsblk is missing")
    text = render_terminal(_report(machine("a", ("unknown", "unknown"), [unknown])))
    assert "why: lsblk is missing" in text
    assert "do: Move data" not in text


def test_obsolete_or_dangerous_rule_is_said_beside_the_finding() -> None:
    failing = finding("linux.os_supported", "fail", "rhel 5")
    failing["baselines"]["current"].update(standing="dangerous", note="TLS 1.0 is off in Azure.")
    assert "dangerous today: TLS 1.0 is off in Azure." in render_terminal(
        _report(machine("a", ("blocked", "blocked"), [failing]))
    )


def test_empty_report_says_so() -> None:
    text = render_terminal(_report(expected=["a"]))
    assert "0 machines judged by the newest documents, 1 missing" in text
    assert "1 machine missing" in text


@pytest.mark.parametrize("place", ["name", "reason", "scenario"])
def test_hostile_text_anywhere_terminates_in_a_summary(place: str) -> None:
    one = finding("linux.os_supported", "unknown", None, HOSTILE if place == "reason" else "")
    entry = machine(HOSTILE if place == "name" else "a", ("unknown", "unknown"), [one])
    report = _report(entry)
    report["scenario"] = HOSTILE if place == "scenario" else "vmware_to_azure"
    assert "\x1b" not in render_terminal(report)
