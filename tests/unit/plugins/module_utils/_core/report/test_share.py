# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Equal findings become one object, different ones stay apart."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.share import Sharing
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import finding


def _nothing_wrong(_finding: object) -> str:
    return ""


def test_shared_finding_is_what_it_was() -> None:
    original = finding("linux.lsof", "fail", [{"name": "sda"}])
    assert Sharing(check=_nothing_wrong).finding(copy.deepcopy(original)) == original


def test_equal_findings_are_one_object_and_checked_once() -> None:
    checked: list[object] = []

    def check(one: object) -> str:
        checked.append(one)
        return ""

    sharing = Sharing(check=check)
    assert sharing.finding(finding("linux.lsof")) is sharing.finding(finding("linux.lsof"))
    assert len(checked) == 1


def test_findings_that_differ_in_what_was_observed_share_the_rest() -> None:
    sharing = Sharing(check=_nothing_wrong)
    one, two = (sharing.finding(finding("linux.lsof", "fail", value)) for value in ("a", "b"))
    assert one is not two
    assert one["sources"] is two["sources"]
    assert one["title"] is two["title"]


@pytest.mark.parametrize(("one", "two"), [(True, 1), (1, 1.0), ("1", 1), (None, "")])
def test_values_that_only_look_equal_stay_apart(one: object, two: object) -> None:
    sharing = Sharing(check=_nothing_wrong)
    shared = [sharing.finding(finding("linux.lsof", "fail", value)) for value in (one, two)]
    found = [each["baselines"]["current"]["observed"] for each in shared]
    assert [type(value) for value in found] == [type(one), type(two)]


def test_wrong_finding_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="no title"):
        Sharing(check=lambda _finding: "no title").finding({})
