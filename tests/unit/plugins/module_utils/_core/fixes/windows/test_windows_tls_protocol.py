# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.tls_protocol import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_tls_protocol import (
    CASES,
    DOTNET,
    PROTOCOLS,
    SETTINGS,
    SOFTWARE,
    WOW,
    server,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    plan,
    restore,
    visit,
)

_CLIENT = rf"{PROTOCOLS}\TLS 1.2\Client"
_WINHTTP = rf"{SOFTWARE}\{SETTINGS}\WinHttp"


def planned(version: str, **registry: Any) -> dict[str, tuple[str, str]]:
    """Return what becomes of each thing, under its name without the path that all share."""
    case = Case(FIX, server(version, **registry))
    made = plan(case, case.machine())
    assert isinstance(made, Plan), made
    return {change.thing.name: (change.before, change.after) for change in made.changes}


def test_all_that_is_missing_on_2008_r2_is_made_in_both_views() -> None:
    made = planned("6.1.7601")
    for side in ("Client", "Server"):
        assert made[rf"{PROTOCOLS}\TLS 1.2\{side}|Enabled"] == ("absent", "DWord 1")
        assert made[rf"{PROTOCOLS}\TLS 1.2\{side}|DisabledByDefault"] == ("absent", "DWord 0")
    for view in (SOFTWARE, WOW):
        assert made[rf"{view}\{DOTNET}"] == ("absent", "present")
        assert made[rf"{view}\{DOTNET}|SystemDefaultTlsVersions"] == ("absent", "DWord 1")
        assert made[rf"{view}\{DOTNET}|SchUseStrongCrypto"] == ("absent", "DWord 1")
        # What WinHTTP of this release uses by itself, 0xA0, and TLS 1.1 and 1.2.
        assert made[rf"{view}\{SETTINGS}\WinHttp|DefaultSecureProtocols"] == ("absent", f"DWord {0xAA0}")
    assert not [name for name in made if "TLS 1.0" in name or "TLS 1.1" in name or "SSL" in name]


@pytest.mark.parametrize(
    ("version", "found", "made"),
    [
        ("6.1.7601", {"DWord": 0xA0}, f"DWord {0x8A0}"),
        ("6.1.7601", {"String": "2720"}, f"DWord {0xAA0}"),
        ("6.1.7601", {"DWord": 0xA80}, None),
        ("6.3.9600", {"DWord": 0x200}, f"DWord {0xA00}"),
        ("10.0.20348", {"DWord": 0x2000}, f"DWord {0x2800}"),
        ("10.0.20348", {"QWord": 0x800}, "absent"),
        ("10.0.20348", {"DWord": 0x800}, None),
    ],
)
def test_bits_of_winhttp_are_added_and_none_is_cleared(
    version: str, found: dict[str, object], made: str | None
) -> None:
    changes = planned(version, **{_WINHTTP: {"DefaultSecureProtocols": found}})
    assert changes.get(f"{_WINHTTP}|DefaultSecureProtocols", ("", None))[1] == made


@pytest.mark.parametrize("version", ["6.3.9600", "10.0.14393", "10.0.26100"])
def test_winhttp_that_uses_tls_1_2_by_itself_is_left_alone(version: str) -> None:
    assert not [name for name in planned(version) if "WinHttp" in name]


def test_any_number_but_0_leaves_a_protocol_enabled() -> None:
    made = planned("6.3.9600", **{_CLIENT: {"Enabled": {"DWord": 4294967295}, "DisabledByDefault": {"DWord": 0}}})
    assert not [name for name in made if name.startswith(_CLIENT)]


@pytest.mark.parametrize(
    ("case", "told", "untold"),
    [
        ("2008 R2 without .NET 4", ("started anew", "Restart Windows", "KB3140245"), ()),
        ("2008 R2 with TLS 1.2 for clients only, and its update", ("started anew", "Restart Windows"), ("KB",)),
        ("2016 with values of other types", ("started anew",), ("Restart Windows", "KB")),
    ],
)
def test_what_is_left_to_do_is_told(case: str, told: tuple[str, ...], untold: tuple[str, ...]) -> None:
    model = CASES[case].machine()
    made = apply(CASES[case], model, plan(CASES[case], model))
    assert made.state == "applied"
    assert all(word in made.reason for word in told)
    assert not any(word in made.reason for word in untold)
    again = plan(CASES[case], model)
    assert isinstance(again, Unchanged)
    assert ("KB3140245" in again.reason) == ("KB3140245" in told)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_audit_then_finds_tls_1_2_everywhere(case: Case) -> None:
    names = ("client_tls12", "server_tls12", "winhttp_tls12", "dotnet_strong_crypto", "dotnet_system_default")
    selection = select([f"tls.{name}" for name in names], SUBJECTS)
    model = case.machine()
    apply(case, model, plan(case, model))
    recording = visit(model, compose_windows(selection.reads, Limits()))
    assert assemble(recording, selection.subjects).tree["tls"] == dict.fromkeys(names, True)


def test_a_32_bit_powershell_on_a_64_bit_windows_is_refused_with_what_to_do() -> None:
    case = CASES["2016 with values of other types"]
    model = case.machine()
    model["environment"] = {"powershell": "5.1", "process_bits": "32", "architecture": "AMD64"}
    refused = plan(case, model)
    assert isinstance(refused, Refusal)
    assert "connect with the 64-bit PowerShell" in refused.reason


def test_a_32_bit_powershell_puts_nothing_back_and_says_what_to_do() -> None:
    case = CASES["2016 with values of other types"]
    model = case.machine()
    apply(case, model, plan(case, model))
    changed = copy.deepcopy(model)
    bits = model["environment"]["process_bits"]
    model["environment"]["process_bits"] = "32"
    (failed,) = restore(model)
    assert failed.state == "failed"
    assert "connect with the 64-bit PowerShell" in failed.reason
    model["environment"]["process_bits"] = bits
    assert model == changed
    assert [each.state for each in restore(model)] == ["restored"]


def test_release_that_is_not_known_is_refused() -> None:
    case = CASES["2016 with values of other types"]
    model = case.machine()
    model["wmi"][r"root\cimv2"]["Win32_OperatingSystem"]["Version"] = ""
    refused = plan(case, model)
    assert isinstance(refused, Refusal)
    assert "os.build" in refused.reason


@pytest.mark.parametrize(
    ("kind", "name", "state"),
    [
        ("registry", rf"{PROTOCOLS}\TLS 1.0\Client|Enabled", "DWord 1"),
        ("registry", rf"{PROTOCOLS}\TLS 1.2\Client|Other", "absent"),
        ("registry", rf"{_CLIENT}|Enabled", "DWord 1; rm"),
        ("registry", rf"{_CLIENT}|Enabled", "Unknown 00"),
        ("registry", rf"{_CLIENT}|Enabled", "Binary 0G"),
        ("registry_key", PROTOCOLS, "absent"),
        ("registry_key", _CLIENT, "DWord 1"),
        ("service", _CLIENT, "disabled stopped"),
    ],
)
def test_what_the_fix_never_changes_is_not_put_back(kind: str, name: str, state: str) -> None:
    assert not FIX.owns(Thing(kind, name), state)


@pytest.mark.parametrize("state", ["absent", "DWord 0", "String ", "MultiString a\\tb", "Binary 00FF", "QWord 1"])
def test_every_state_that_it_may_have_found_is_put_back(state: str) -> None:
    assert FIX.owns(Thing("registry", rf"{_CLIENT}|Enabled"), state)
