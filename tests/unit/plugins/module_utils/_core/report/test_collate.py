# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collating: the newest of each machine, nobody forgotten, nobody ready by an old document."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.collate import (
    ReportInfo,
    collate,
    natural_order,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    CATALOGUE,
    RUN,
    machine,
    sample_report,
)
from hypothesis import given
from hypothesis import strategies as st

INFO: Any = {"created_at": "2026-03-01T11:00:00Z", "run": RUN, "scenario": "vmware_to_azure", "baseline": "current"}


def _collate(machines: Any, expected: Any = (), **changed: Any) -> Any:
    return collate(machines, expected, ReportInfo(**{**INFO, **changed}))


def _ready(name: str, **changed: Any) -> Any:
    return machine(name, ("ready", "ready"), **changed)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z"),
        ("2026-03-01T10:00:00.45Z", "2026-03-01T10:00:00.5Z"),
    ],
)
def test_newest_document_of_a_machine_counts(older: str, newer: str) -> None:
    old, new = _ready("a", judged_at=older), machine("a", ("blocked", "ready"), judged_at=newer)
    for documents in ([old, new], [new, old]):
        report = _collate(documents)
        assert [one["verdicts"]["current"]["verdict"] for one in report["machines"]] == ["blocked"]


def test_of_two_documents_of_the_same_time_the_worse_counts() -> None:
    good, bad = _ready("a"), machine("a", ("unknown", "ready"))
    for documents in ([good, bad], [bad, good]):
        assert _collate(documents)["machines"][0]["verdicts"]["current"]["verdict"] == "unknown"


def test_expected_machine_without_a_document_is_missing() -> None:
    report = _collate([_ready("web1")], ["web10", "web2", "web1", "web2"])
    assert report["missing"] == ["web2", "web10"]
    assert report["summary"]["missing"] == 2


def test_document_of_another_run_is_not_an_answer_for_this_one() -> None:
    report = _collate([_ready("web1", run="last-month")], ["web1"])
    assert report["machines"] == []
    assert report["missing"] == ["web1"]


def test_runs_are_merged_when_asked_for() -> None:
    report = _collate([_ready("web1", run="slice-1"), _ready("web2", run="slice-2")], ["web1", "web2"], any_run=True)
    assert [one["name"] for one in report["machines"]] == ["web1", "web2"]
    assert report["missing"] == []


def test_machines_of_several_scenarios_stand_in_one_report() -> None:
    report = _collate([_ready("web1", scenario="hyperv_to_azure"), _ready("web2")], ["web1", "web2"])
    assert {entry["name"]: entry["scenario"] for entry in report["machines"]} == {
        "web1": "hyperv_to_azure",
        "web2": "vmware_to_azure",
    }
    assert report["missing"] == []


def test_machines_are_sorted_by_verdict_then_name() -> None:
    report = sample_report()
    verdicts = [one["verdicts"]["current"]["verdict"] for one in report["machines"]]
    assert verdicts == ["blocked"] * 2 + ["unknown"] * 2 + ["ready_after_fix"] + ["ready"] * 3
    assert [one["name"] for one in report["machines"][-3:]] == ["mail", "web2.example.com", "web10.example.com"]


def test_verdicts_are_counted_by_both_baselines() -> None:
    assert sample_report()["summary"] == {
        "machines": 8,
        "missing": 2,
        "not_collected": 1,
        "verdicts": {
            "current": {"ready": 3, "ready_after_fix": 1, "unknown": 2, "blocked": 2},
            "2017": {"ready": 3, "ready_after_fix": 1, "unknown": 2, "blocked": 2},
        },
    }


def test_headline_baseline_of_the_report_orders_the_machines() -> None:
    report = _collate([machine("a", ("ready", "ready")), machine("b", ("ready", "blocked"))], baseline="2017")
    assert [one["name"] for one in report["machines"]] == ["b", "a"]


def test_facts_are_left_out_and_the_document_is_not_changed() -> None:
    document = _ready("a")
    report = _collate([document])
    assert "facts" not in report["machines"][0]
    assert "facts" in document


def test_catalogue_is_that_of_the_newest_document() -> None:
    newer: Any = {**CATALOGUE, "version": "2.0.0"}
    documents = [_ready("a"), _ready("b", catalogue=newer, judged_at="2026-03-02T00:00:00Z")]
    assert _collate(documents)["catalogue"] == newer
    assert _collate([])["catalogue"] == {"version": "", "digest": "", "requirements": 0}


@pytest.mark.parametrize(("first", "second"), [("web2", "web10"), ("2", "a"), ("a01", "a2"), ("a" + "9" * 5000, "b")])
def test_numbers_in_names_sort_as_numbers(first: str, second: str) -> None:
    assert natural_order(first) < natural_order(second)


@given(st.text(), st.text())
def test_any_two_names_can_be_ordered(one: str, two: str) -> None:
    assert (natural_order(one) == natural_order(two)) == (one == two)
