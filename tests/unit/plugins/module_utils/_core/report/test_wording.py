# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values in words, and the place of a finding."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.wording import (
    changes,
    fix_text,
    permissions,
    place,
    size_text,
    value_text,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    before,
    finding,
    fix_record,
    machine,
)
from hypothesis import given
from hypothesis import strategies as st

ACCEPTED = {"reason": "r", "approver": "a", "expires": "2026-12-31", "ticket": ""}


@pytest.mark.parametrize(
    ("value", "required", "expected"),
    [
        (None, "", "not known"),
        (True, "", "yes"),
        (False, "", "no"),
        ("", "", "empty"),
        ([], "", "none"),
        ({}, "", "none"),
        (412.5, "At most 300 seconds.", "412.5"),
        (2199023255552, "At most 2 TiB.", "2 TiB"),
        ([512, 2199023255552], "At most 2 TiB.", "512, 2 TiB"),
        (2199023255552, "A number.", "2199023255552"),
        ([{"name": "sda", "size_bytes": 1536}], "", "name sda, size 1.5 KiB"),
        ([{"a": 1}, {"a": 2}], "", "a 1; a 2"),
        (list(range(25)), "", ", ".join(map(str, range(20))) + ", … and 5 more"),
    ],
)
def test_value_in_words(value: Any, required: str, expected: str) -> None:
    assert value_text(value, required) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 bytes"),
        (10**400, f"1{'0' * 400} bytes"),
        (float("inf"), "inf bytes"),
        (1023, "1023 bytes"),
        (1024**3 * 1.5, "1.5 GiB"),
        (1024**5, "1 PiB"),
    ],
)
def test_size_in_words(size: float, expected: str) -> None:
    assert size_text(size) == expected


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("size_bytes"), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON, st.sampled_from(["", "At most 2 TiB."]))
def test_any_value_has_words(value: Any, required: str) -> None:
    assert isinstance(value_text(value, required), str)


@pytest.mark.parametrize(
    ("identifier", "status", "changed", "expected"),
    [
        ("linux.os_supported", "fail", {}, "blocking"),
        ("linux.lsof", "fail", {}, "fixable"),
        ("linux.lsof", "unknown", {}, "unproven"),
        ("linux.lsof", "manual", {}, "unproven"),
        ("linux.lsof", "pass", {}, "passed"),
        ("linux.lsof", "not_applicable", {"waiver": ACCEPTED}, "not_applicable"),
        ("linux.free_space", "fail", {}, "warning"),
        ("linux.free_space", "unknown", {}, "warning"),
        ("linux.os_supported", "fail", {"waiver": ACCEPTED}, "waived"),
        ("linux.os_supported", "unknown", {"waiver": ACCEPTED}, "unproven"),
        ("linux.mac_policy", "manual", {"attestation": ACCEPTED}, "waived"),
        ("linux.mac_policy", "manual", {"waiver": ACCEPTED}, "unproven"),
        ("linux.mac_policy", "fail", {"attestation": ACCEPTED}, "blocking"),
    ],
)
def test_place_of_a_finding_agrees_with_the_verdict(identifier: str, status: str, changed: Any, expected: str) -> None:
    assert place(finding(identifier, status, **changed), "current") == expected


@pytest.mark.parametrize(
    ("identifier", "record", "expected"),
    [
        ("linux.os_supported", None, ""),
        ("linux.lsof", None, "lsof (runs by default)"),
        ("linux.hosts_entries", None, "hosts_file (preflight_allow: [hosts_file])"),
        ("linux.root_password_logon", None, "root_password_logon (preflight_allow_weakening: [root_password_logon])"),
        ("linux.lsof", ("planned", ""), "lsof is planned and was not run yet (runs by default)"),
        ("linux.lsof", ("refused", "the state has changed"), "lsof was refused: the state has changed"),
        ("linux.lsof", ("failed", ""), "lsof failed"),
    ],
)
def test_fix_in_words(identifier: str, record: Any, expected: str) -> None:
    fixes = {} if record is None else {identifier: fix_record("lsof", record[0], [identifier], reason=record[1])}
    assert fix_text(finding(identifier, "fail"), fixes) == expected


@pytest.mark.parametrize("safety", ["opt_in", "weakening"])
def test_planned_fix_that_needed_a_permission_has_it(safety: str) -> None:
    record = {**fix_record("hosts_file", "planned", ["linux.hosts_entries"]), "safety": safety, "permission": ""}
    told = fix_text(finding("linux.hosts_entries", "fail"), {"linux.hosts_entries": record})  # type: ignore[dict-item]
    assert told == "hosts_file is planned and was not run yet (allowed)"


def test_permissions_are_joined_by_setting_and_named_once() -> None:
    failing = [finding(one, "fail") for one in ("linux.lsof", "linux.hosts_entries", "linux.root_password_logon")]
    entry = machine("a", ("ready_after_fix", "ready_after_fix"), failing)
    entry["verdicts"]["current"]["permissions"] *= 2
    assert permissions(entry, "current") == [
        "lsof (runs by default)",
        "preflight_allow: [hosts_file]",
        "preflight_allow_weakening: [root_password_logon]",
    ]


def test_changes_name_what_fixes_have_changed() -> None:
    entry = machine("a", ("ready", "ready"))
    entry["before"] = before({"linux.lsof": "fail", "gone": "fail"}, entry["findings"])
    assert changes(entry, "current") == [("linux.lsof", "fail", "pass")]
