# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold whatever a machine answers."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import BASELINES, Requirement
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.finding import STATUSES
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.places import ELEMENTS, Path
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.verdict import VERDICTS, verdict
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import (
    healthy,
    judged,
    our_catalogue,
    platforms,
    put,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

BASE = healthy()
QUIET = settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-9, 2**45) | st.floats() | st.sampled_from(["", "ol", "7.2", "uefi", "ä\n"])
)


def like(value: Any) -> st.SearchStrategy[Any]:
    """Values of the form of a part of the healthy machine, with gaps and surprises."""
    if isinstance(value, dict):
        return st.fixed_dictionaries({}, optional={key: like(each) for key, each in value.items()}) | st.none()
    if isinstance(value, list):
        return st.lists(like(value[0]) if value else SCALARS, max_size=4) | st.none()
    return st.just(value) | SCALARS


def check(tree: Any) -> None:
    findings = judged(tree)
    for baseline in BASELINES:
        found = verdict(findings, baseline)
        assert found.verdict in VERDICTS
        assert {finding.status(baseline) for finding in findings} <= set(STATUSES)
        json.dumps([found.to_json(), *(finding.to_json() for finding in findings)], allow_nan=False)


@QUIET
@given(JSON)
def test_any_tree_ends_in_a_verdict(tree: Any) -> None:
    check(tree)


@QUIET
@given(like(BASE))
def test_any_machine_ends_in_a_verdict(tree: Any) -> None:
    check(tree)


def leaves(value: Any, here: str = "") -> Iterator[str]:
    """Every place of a tree, lists and mappings included."""
    if here:
        yield here
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, f"{here}.{key}" if here else key)
    elif isinstance(value, list):
        for position, each in enumerate(value):
            yield from leaves(each, f"{here}[{position}]")


PLACES = sorted(leaves(BASE), key=len, reverse=True)
SPOILED = {
    "os.architecture": "i686",
    "storage.os_disks": ["sda", "sdb"],
    "storage.data_disks[0].size_bytes": 2**46,
    "storage.encrypted": ["luks"],
    "network.unmapped_addresses": ["192.0.2.10"],
    "commands.lsof": False,
    "ssh.autostart": False,
    "boot.firmware": "uefi",
    "boot.secure_boot": True,
    "hardware.virtualization": "kvm",
    "os.version": "9.9",
    "storage.xfs[0].crc": True,
    "clock.offset_seconds": 4000.0,
}


@QUIET
@example(set(), {"storage.disks[1].paths[0]", "storage.data_disks[0].paths"})
@given(st.sets(st.sampled_from(sorted(SPOILED))), st.sets(st.sampled_from(PLACES), max_size=12))
def test_knowing_less_never_makes_a_pass(spoiled: set[str], forgotten: set[str]) -> None:
    tree = copy.deepcopy(BASE)
    for place in spoiled:
        put(tree, place, SPOILED[place])
    before = judged(tree)
    for place in sorted(forgotten, key=len, reverse=True):
        put(tree, place, None)
    for known, less in zip(before, judged(tree), strict=True):
        for baseline in BASELINES:
            if less.status(baseline) in ("pass", "fail"):
                assert less.status(baseline) == known.status(baseline), less.id


def matched(value: Any, path: Path, at: int = 0, here: str = "") -> Iterator[str]:
    """Every place of a tree that a path needs."""
    if here:
        yield here
    if at == len(path.steps):
        if not path.shallow:
            yield from (f"{here}{place}" if place.startswith("[") else f"{here}.{place}" for place in leaves(value))
    elif path.steps[at] == ELEMENTS:
        for position, each in enumerate(value):
            yield from matched(each, path, at + 1, f"{here}[{position}]")
    else:
        step = str(path.steps[at])
        yield from matched(value[step], path, at + 1, f"{here}.{step}" if here else step)


@pytest.mark.parametrize("requirement", [pytest.param(each, id=each.id) for each in our_catalogue().requirements])
def test_a_gap_in_any_fact_that_is_used_is_never_a_pass(requirement: Requirement) -> None:
    expressions = [*requirement.applies_when, requirement.expression, requirement.observed]
    paths = [path for each in expressions if each for path in each.facts]
    assert paths
    allowed = {"unknown", "not_applicable", *(["manual"] if requirement.manual else [])}
    for platform in platforms(requirement):
        base = healthy(requirement.machine, platform)
        for place in sorted({place for path in paths for place in matched(base, path)}):
            tree = copy.deepcopy(base)
            put(tree, place, None)
            chosen = {"multi_vm_consistency": True}
            (finding,) = judged(tree, requirement.id, chosen)
            assert {finding.status(baseline) for baseline in BASELINES} <= allowed, (platform, place)
