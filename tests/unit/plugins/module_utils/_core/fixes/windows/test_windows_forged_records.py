# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from unittest.mock import ANY

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.firewall_own_rule import RULE, OwnRule
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import Record, parse_record
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo_windows import changes_of, undoable

_SERVER = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"
_SYSTEM = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
_SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
_TIME = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time"
_WINHTTP = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp|DefaultSecureProtocols"
_NARROW, _WIDE = (str(OwnRule(1, (network,))) for network in ("10.1.2.0/24", "10.0.0.0/8"))


def record(fix: str, *changes: tuple[str, str, str, str]) -> Record:
    rows = tuple("\t".join(word.replace("\\", "\\\\") for word in words) for words in changes)
    return Record("000001", fix, "run", "1", "", "", "", (("done", ""),), {"change": rows})


def _registry(value: str, before: str, after: str) -> tuple[str, str, str, str]:
    return ("registry", value, before, after)


@pytest.mark.parametrize(
    ("fix", "change"),
    [
        ("token_filter_policy", _registry(f"{_SYSTEM}|LocalAccountTokenFilterPolicy", "DWord 1", "absent")),
        ("token_filter_policy", _registry(f"{_SYSTEM}|LocalAccountTokenFilterPolicy", "DWord 1", "DWord 0")),
        ("remote_desktop", _registry(f"{_SERVER}|fDenyTSConnections", "DWord 0", "DWord 1")),
        ("remote_desktop", ("terminal_service", "TermService", "automatic running", "manual stopped")),
        ("remote_desktop", ("terminal_service", "TermService", "automatic running", "manual running")),
        ("tls_1_0", _registry(rf"{_SCHANNEL}\TLS 1.0\Server|Enabled", "DWord 1", "DWord 0")),
        ("tls_1_0", _registry(rf"{_SCHANNEL}\TLS 1.0\Server|Enabled", "DWord 4294967295", "DWord 1")),
        ("tls_1_0", _registry(rf"{_SCHANNEL}\TLS 1.0\Server|DisabledByDefault", "DWord 0", "absent")),
        ("tls_1_0", ("registry_key", rf"{_SCHANNEL}\TLS 1.0\Server", "present", "absent")),
        ("tls_protocol", _registry(_WINHTTP, "DWord 8", "DWord 2048")),
        ("tls_protocol", _registry(_WINHTTP, "DWord 2048", "DWord 8")),
        (
            "san_policy",
            _registry(r"HKLM\SYSTEM\CurrentControlSet\Services\partmgr\Parameters|SanPolicy", "DWord 1", "absent"),
        ),
        ("vmware_tools", ("service", "VMTools", "automatic running", "manual stopped")),
        ("windows_service", ("service", "LanmanServer", "automatic running", "disabled stopped")),
        ("windows_service", ("service_start", "VSS", "automatic", "disabled")),
        ("windows_service", ("service_start", "VSS", "disabled", "automatic")),
        ("clock_sync", ("service", "W32Time", "automatic running", "disabled stopped")),
        ("clock_sync", _registry(rf"{_TIME}\Parameters|Type", "String NTP", "String NoSync")),
        ("clock_sync", _registry(rf"{_TIME}\Parameters|NtpServer", "String evil.example,0x8", "String a.example,0x9")),
        ("clock_sync", _registry(rf"{_TIME}\TimeProviders\NtpClient|Enabled", "DWord 7", "DWord 1")),
        ("clock_sync", ("time_service", "W32Time", "absent", "disabled stopped NTP x")),
        ("firewall_rules", (RULE.kind, RULE.name, _WIDE, "absent")),
        ("firewall_rules", (RULE.kind, RULE.name, _WIDE, _NARROW)),
        ("firewall_rules", (RULE.kind, RULE.name, "absent", "absent enabled")),
    ],
)
def test_what_the_fix_never_makes_is_not_put_back(fix: str, change: tuple[str, str, str, str]) -> None:
    good, refused = undoable([record(fix, change)])
    assert not good
    assert refused[0].state == "refused"
    assert "somebody else wrote this record" in refused[0].reason


@pytest.mark.parametrize(
    ("fix", "change"),
    [
        ("token_filter_policy", _registry(f"{_SYSTEM}|LocalAccountTokenFilterPolicy", "DWord 0", "DWord 1")),
        ("remote_desktop", ("terminal_service", "TermService", "disabled stopped", "manual running")),
        ("tls_protocol", _registry(_WINHTTP, "DWord 8", "DWord 2056")),
        ("tls_protocol", _registry(_WINHTTP, "String x", "absent")),
        ("windows_service", ("service", "LanmanServer", "disabled stopped", "automatic running")),
        ("windows_service", ("service_start", "VSS", "disabled", "manual")),
        ("clock_sync", ("service", "W32Time", "manual stopped", "automatic running")),
        ("clock_sync", _registry(rf"{_TIME}\Parameters|NtpServer", "String a.example,0x9", "String b.example,0x8")),
        ("clock_sync", ("time_service", "W32Time", "absent", "automatic running NTP b.example,0x8")),
        ("firewall_rules", (RULE.kind, RULE.name, "absent", _WIDE)),
        ("firewall_rules", (RULE.kind, RULE.name, _NARROW, _WIDE)),
    ],
)
def test_what_the_fix_makes_is_put_back(fix: str, change: tuple[str, str, str, str]) -> None:
    assert undoable([record(fix, change)])[1] == []


def test_what_was_as_wanted_already_is_not_touched_by_restore() -> None:
    """Between looking and changing somebody else may do a part of it; with force it would be done again by restore."""
    value = f"{_SYSTEM}|LocalAccountTokenFilterPolicy"
    same = record("token_filter_policy", _registry(value, "DWord 1", "DWord 1"))
    assert changes_of(same) == []
    key = rf"{_SCHANNEL}\TLS 1.0"
    both = record(
        "tls_1_0", ("registry_key", key, "present", "present"), _registry(rf"{key}\Client|Enabled", "absent", "DWord 1")
    )
    assert [change.thing.kind for change in changes_of(both)] == ["registry"]
    assert undoable([both])[1] == []


def test_every_fix_tells_what_it_makes() -> None:
    assert [name for name, fix in FIXES.items() if fix.makes.__name__ == "_makes_nothing"] == []


@pytest.mark.parametrize("file", ["000002.token_filter_policy.run.record", "000001.tls_1_0.run.record", "x.record"])
def test_record_in_the_file_of_another_one_is_refused(file: str) -> None:
    value = f"{_SYSTEM}|LocalAccountTokenFilterPolicy"
    good = record("token_filter_policy", _registry(value, "absent", "DWord 1"))
    assert undoable([replace(good, file="000001.token_filter_policy.run.record")]) == ([ANY], [])
    refused = undoable([replace(good, file=file)])[1]
    assert f"found it in {file}" in refused[0].reason


@pytest.mark.parametrize("number", ["9" * 5000, "\u0663", "-1", ""])
def test_number_that_no_change_writes_makes_no_record(number: str) -> None:
    assert parse_record([f"record: {number}", "fix: lsof", "run: r", "state: done x"]) is None
