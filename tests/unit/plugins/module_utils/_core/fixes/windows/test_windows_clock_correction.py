# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.clock_sync import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_clock_sync import (
    clock,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    plan,
)

_RUNNING = {"state": "Running", "start": 3}


def _planned(model: dict[str, Any], **options: Any) -> Any:
    return plan(Case(FIX, model, options), model)


def _config(**values: int) -> dict[str, Any]:
    return {"Config": {name: {"DWord": number} for name, number in values.items()}}


@pytest.mark.parametrize(
    ("offset", "policy", "step", "told"),
    [
        (0, {}, False, "none: the clock is right"),
        (-200, {}, False, "slewed by Windows Time"),
        # PhaseCorrectRate 1 and UpdateInterval 30000 allow 234 seconds.
        (250, {}, False, "which is not allowed: allow it with the option step: true"),
        (250, {}, True, "set at once by Windows Time"),
        (250, _config(UpdateInterval=360000), False, "slewed by Windows Time"),
        (350, _config(UpdateInterval=360000), False, "would set it at once"),
        (20, _config(MaxAllowedPhaseOffset=1), False, "would set it at once"),
        (-55000, {}, True, "corrects at most 15 hours (MaxPosPhaseCorrection)"),
        (55000, {}, True, "(MaxNegPhaseCorrection)"),
        (55000, _config(MaxNegPhaseCorrection=4294967295), True, "set at once by Windows Time"),
    ],
)
def test_clock_is_only_stepped_where_that_is_allowed(
    offset: int, policy: dict[str, Any], step: bool, told: str
) -> None:
    planned = _planned(clock(clock_offset_seconds=offset, policy=policy), step=step)
    said = planned.after["correction"] if isinstance(planned, Plan) else planned.reason
    assert told in said


@pytest.mark.parametrize(
    "sign",
    [
        {"registry": {r"HKLM\Cluster": {"ClusterName": {"String": "CLUSTER1"}}}},
        {"services": {"ClusSvc": {"state": "Stopped", "start": 2}}},
        {"services": {"ClusSvc": {"state": "Running", "start": 3}}},
    ],
)
def test_clock_of_a_node_of_a_cluster_is_never_stepped(sign: dict[str, Any]) -> None:
    refused = _planned(clock(clock_offset_seconds=3600, **sign), step=True)
    assert isinstance(refused, Refusal)
    assert "never made on a node of a cluster" in refused.reason
    assert isinstance(_planned(clock(**sign), step=True), Plan)


def test_clock_that_is_wrong_although_all_is_in_place_is_told() -> None:
    found = _planned(clock(_RUNNING, clock_offset_seconds=400))
    assert isinstance(found, Unchanged)
    assert "400 seconds off; see that it reaches its time servers" in found.reason
    assert isinstance(_planned(clock(_RUNNING, clock_offset_seconds=60000)), Refusal)
