# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.windows_read import wmi
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import wmi_objects
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)

DISKS = wmi(r"root\cimv2", "Win32_DiskDrive", "Index", "Size", "Caption")
TWO = ["-", "Index\t0", "Size\t53687091200", "Caption\tQEMU\\tDISK", "-", "Index\t1"]


def test_objects_are_told_apart_and_escapes_undone() -> None:
    found = wmi_objects.all_of(recording({DISKS: TWO}), DISKS)
    assert found == [{"Index": ["0"], "Size": ["53687091200"], "Caption": ["QEMU\tDISK"]}, {"Index": ["1"]}]


def test_property_without_a_value_is_unknown() -> None:
    found = wmi_objects.all_of(recording({DISKS: TWO}), DISKS)
    assert isinstance(found, list)
    assert wmi_objects.number(found[0], "Size") == 50 * 1024**3
    assert isinstance(wmi_objects.number(found[1], "Size"), Unknown)
    assert isinstance(wmi_objects.number(found[0], "Caption"), Unknown)
    assert isinstance(wmi_objects.flag(found[0], "Caption"), Unknown)


def test_more_or_fewer_than_one_object_is_unknown() -> None:
    assert isinstance(wmi_objects.one(recording({DISKS: TWO}), DISKS), Unknown)
    assert isinstance(wmi_objects.one(recording({DISKS: []}), DISKS), Unknown)


@pytest.mark.parametrize("said", [Status.ABSENT, Status.TIMED_OUT, 1])
def test_broken_repository_is_unknown(said: Status | int) -> None:
    assert isinstance(wmi_objects.all_of(recording({DISKS: said}), DISKS), Unknown)
