# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.windows_read import registry
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import registry_values
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)

KEY = registry(r"HKLM\SYSTEM\It", "Start", "Names")


def test_type_and_data_of_a_list_are_kept() -> None:
    found = recording({KEY: ["Names\tMultiString\ta", "Names\tMultiString\tb\\tc", "Start\tDWord\t4294967295"]})
    assert registry_values.value(found, KEY, "names") == ("MultiString", ["a", "b\tc"])
    assert registry_values.number(found, KEY, "Start") == 4294967295


def test_empty_list_has_no_entry() -> None:
    assert registry_values.value(recording({KEY: ["Names\tMultiString"]}), KEY, "Names") == ("MultiString", [])


def test_missing_key_and_missing_value_are_known_to_be_absent() -> None:
    assert registry_values.value(recording({KEY: Status.ABSENT}), KEY, "Start") is None
    assert registry_values.value(recording({KEY: []}), KEY, "Start") is None
    assert registry_values.number(recording({KEY: []}), KEY, "Start", absent=0) == 0


@pytest.mark.parametrize("line", ["Start\tString\t1", "Start\tBinary\t01", "Start\tDWord\t"])
def test_number_of_another_type_is_unknown(line: str) -> None:
    assert isinstance(registry_values.number(recording({KEY: [line]}), KEY, "Start"), Unknown)


@pytest.mark.parametrize("said", [Status.UNREADABLE, Status.TIMED_OUT, 1])
def test_what_could_not_be_read_is_unknown(said: Status | int) -> None:
    assert isinstance(registry_values.value(recording({KEY: said}), KEY, "Start"), Unknown)


def test_text_of_another_type_is_unknown() -> None:
    found = recording({KEY: ["Names\tDWord\t1"]})
    assert isinstance(registry_values.text(found, KEY, "Names"), Unknown)
