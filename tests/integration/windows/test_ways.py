# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One machine, reached in every way that the unmodified connections know: one command each, and the same answer."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.plugin_utils.transport_windows import BOOTSTRAP
from ansible_collections.preflight.azure.tests.doubles.fleet import PASSWORD, WAYS, Double, Fleet
from ansible_collections.preflight.azure.tests.doubles.machine_file import load
from ansible_collections.preflight.azure.tests.doubles.session import Seen, decoded
from ansible_collections.preflight.azure.tests.doubles.ssh_server import why_no_sshd
from ansible_collections.preflight.azure.tests.integration.windows.visits import Answers, run_module


@dataclass(frozen=True)
class Visits:
    """What a double for each way saw, and what was made of its answers."""

    before: dict[str, Any]
    doubles: dict[str, Double]
    facts: Answers
    seen_by_facts: dict[str, list[Seen]]
    audits: Answers
    folder: Path


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visits]:
    folder, model = tmp_path_factory.mktemp("ways"), load("source_2008r2_german")
    ways = [way for way in WAYS if not way.startswith("ssh") or not why_no_sshd()]
    with Fleet() as fleet:
        doubles = {way: fleet.add(way, model, (WAYS[way][1],)) for way in ways}
        before = copy.deepcopy(doubles[ways[0]].session.machine)
        hosts = {way: fleet.variables(double, way) for way, double in doubles.items()}
        facts = run_module(hosts, "preflight.azure.machine_info", {}, folder / "facts", "-vvvvv")
        seen = {way: list(double.session.seen) for way, double in doubles.items()}
        arguments = {"output_dir": str(folder / "report")}
        audits = run_module(hosts, "preflight.azure.audit", arguments, folder / "audits")
        yield Visits(before, doubles, facts, seen, audits, folder / "report")


@pytest.fixture(params=sorted(WAYS))
def way(request: pytest.FixtureRequest) -> str:
    if request.param.startswith("ssh") and why_no_sshd():
        pytest.skip(why_no_sshd())
    return str(request.param)


def test_facts_are_the_same_in_every_way(visits: Visits, way: str) -> None:
    result, first = visits.facts.results[way], visits.facts.results["winrm-http-basic"]
    assert result["facts"]["os"]["version"] == "6.1.7601"
    assert {**result["facts"], "clock": None} == {**first["facts"], "clock": None}
    assert result["unknown"] == first["unknown"]


def test_an_audit_judges_in_every_way(visits: Visits, way: str) -> None:
    document = json.loads((visits.folder / "machines" / f"{way}.json").read_text(encoding="utf-8"))
    assert document["error"] is None
    assert document["findings"]
    assert visits.audits.results[way]["verdict"] == visits.audits.results["winrm-http-basic"]["verdict"]


def test_a_visit_is_one_command_and_changes_nothing(visits: Visits, way: str) -> None:
    double = visits.doubles[way]
    assert [len(visits.seen_by_facts[way]), len(double.session.seen)] == [1, 2]
    assert double.session.machine == visits.before
    for seen in double.session.seen:
        assert len(seen.command_line) <= 2000
        assert (decoded(seen.command_line) or seen.command_line).startswith(BOOTSTRAP)


def test_no_log_holds_the_script_or_a_password(visits: Visits) -> None:
    # What is logged of a command is its line; the script itself went over standard input.
    encoded = re.findall(r"-EncodedCommand\W+([A-Za-z0-9+/=]{20,})", visits.facts.output)
    assert encoded
    assert max(map(len, encoded)) <= 2000
    assert "Read-Answer" not in visits.facts.output
    assert PASSWORD not in visits.facts.output
