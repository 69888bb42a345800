# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole way from a recording to a verdict, on recordings of real hosts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.audit import Conclusion, Question, ask, conclude
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import load
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import CatalogueError
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED, SUBJECTS

CATALOGUE = load(DECLARED)
RECORDINGS = sorted((Path(__file__).parents[4] / "recordings" / "linux").glob("*.txt"))
NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)


def question(only: Sequence[str] | None = None, **changes: Any) -> Question:
    words: dict[str, Any] = {
        "scenario": "vmware_to_azure",
        "machine": "source",
        "platform": "linux",
        "baseline": "current",
        "settings": {},
        "waivers": [],
    }
    return ask(CATALOGUE, SUBJECTS["linux"], only=only, **{**words, **changes})


def concluded(content: bytes, only: Sequence[str] | None = None) -> Conclusion:
    return conclude(question(only), parse(content), "it", NOW)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_recording_of_a_real_host_is_judged_in_every_requirement(path: Path) -> None:
    conclusion = concluded(path.read_bytes())
    assert len(conclusion.findings) == len(question().requirements) > 60
    for name, verdict in conclusion.verdicts.items():
        # Containers: which disk carries their root is not known, so none of them may be called ready.
        assert verdict.verdict in ("unknown", "blocked"), name


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_less_of_a_recording_never_makes_more_pass(path: Path) -> None:
    content = path.read_bytes()
    whole = {finding.id: finding for finding in concluded(content).findings}
    for part in (2, 3, 7):
        for finding in concluded(content[: len(content) // part]).findings:
            for baseline in finding.baselines:
                if finding.status(baseline) == "pass":
                    assert whole[finding.id].status(baseline) == "pass", finding.id


def test_only_what_is_needed_is_collected() -> None:
    assert question([]).reads == ()
    assert question([]).requirements == ()
    few = question(["linux.mount_points_english"])
    assert {subject.name for subject in few.selection.subjects} == {"storage"}
    assert 0 < len(few.reads) < len(question().reads)


def test_nothing_judged_is_unknown() -> None:
    assert conclude(question([]), parse(RECORDINGS[0].read_bytes()), "it", NOW).verdicts["current"].verdict == "unknown"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scenario": "aws"}, "scenario: expected one of"),
        ({"machine": "sauce"}, "machine: expected one of"),
        ({"settings": {"multi_vm": True}}, "multi_vm_consistency"),
    ],
)
def test_wrong_words_are_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        question(**changes)


def test_nothing_is_collected_for_what_the_settings_rule_out() -> None:
    asked = question(["linux.hyperv_drivers_in_initrd"], settings={"check_initrd": True})
    assert "boot.hyperv_drivers_in_initrd" in {fact.path for fact in asked.selection.facts}
    unasked = question(["linux.hyperv_drivers_in_initrd"])
    assert [each.id for each in unasked.requirements] == ["linux.hyperv_drivers_in_initrd"]
    assert unasked.selection.facts == ()
