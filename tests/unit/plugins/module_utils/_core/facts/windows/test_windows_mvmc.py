# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine of the converter, and the stores of the account that collects."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    collecting_process,
    installed_programs,
    mvmc,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    Answers,
    row,
)

SHA1 = "0B9BC432A9B7E7F9C0D9A9D5C7A1A6B1C2D3E4F5"
CERTIFICATE = row(
    SHA1, "CN=Türkiye", "CN=Türkiye", "2014-01-01T00:00:00Z", "2039-12-31T23:59:59Z", "True", "1.2.840.113549.1.1.5"
)
MACHINE: Answers = {
    collecting_process.ENVIRONMENT: ["powershell\t2.0", "process_bits\t64", "architecture\tAMD64", "user\tS-1-5-21-9"],
    mvmc.POWERSHELL[0]: [row("PowerShellVersion", "String", "4.0")],
    mvmc.POWERSHELL[1]: [row("PowerShellVersion", "String", "2.0")],
    mvmc.DOTNET_35: [row("Install", "DWord", "1")],
    mvmc.PERSONAL: [CERTIFICATE],
    mvmc.ROOTS: [CERTIFICATE.replace("True", "False")],
    installed_programs.PROGRAMS: [
        row("{A}", "DisplayName", "String", "Microsoft Virtual Machine Converter"),
        row("{A}", "DisplayVersion", "String", "3.0.0.0"),
        row("{B}", "DisplayName", "String", "Microsoft Visual C++ 2012 x64 Minimum Runtime - 11.0.61030"),
        row("{B}", "DisplayVersion", "String", "11.0.61030"),
    ],
    installed_programs.PROGRAMS_32_BIT: [
        row("{C}", "DisplayName", "String", "Microsoft Visual C++ 2012 Redistributable (x86) - 11.0.51106"),
        row("{C}", "DisplayVersion", "String", "11.0.51106.1"),
    ],
}


def told(name: str, changes: Answers | None = None) -> Any:
    """One fact of the machine with some answers changed."""
    tree: Any = assemble(recording({**MACHINE, **(changes or {})}), [mvmc.SUBJECT]).tree
    return tree["mvmc"][name]


def test_healthy_machine_is_known_whole() -> None:
    facts = assemble(recording(MACHINE), [mvmc.SUBJECT])
    assert facts.reasons == {}
    one = {"sha1": SHA1, "subject": "CN=Türkiye", "until": "2039-12-31T23:59:59Z"}
    assert facts.tree["mvmc"] == {
        "installed": True,
        "version": "3.0.0.0",
        "powershell_version": "4.0",
        "dotnet_35": True,
        "visual_c_version": "11.0.61030",
        "account": "S-1-5-21-9",
        "personal_certificates": [{**one, "has_private_key": True}],
        "trusted_roots": [{**one, "has_private_key": False}],
    }


def test_old_powershell_is_told_by_its_old_key() -> None:
    assert told("powershell_version", {mvmc.POWERSHELL[0]: Status.ABSENT}) == "2.0"


def test_key_of_powershell_that_cannot_be_read_is_unknown_not_old() -> None:
    assert told("powershell_version", {mvmc.POWERSHELL[0]: Status.UNREADABLE}) is None


def test_machine_without_any_of_it_has_none() -> None:
    changes: Answers = {
        installed_programs.PROGRAMS: [],
        installed_programs.PROGRAMS_32_BIT: Status.ABSENT,
        mvmc.DOTNET_35: Status.ABSENT,
        mvmc.PERSONAL: [],
    }
    names = ("installed", "version", "visual_c_version", "dotnet_35", "personal_certificates")
    assert [told(name, changes) for name in names] == [False, "", "", False, []]


@pytest.mark.parametrize("line", ["0B9B\tCN=x", CERTIFICATE.replace(SHA1, "no thumbprint"), SHA1])
def test_store_that_cannot_be_understood_is_unknown(line: str) -> None:
    assert told("personal_certificates", {mvmc.PERSONAL: [CERTIFICATE, line]}) is None


def test_account_without_a_profile_has_no_store_and_it_is_unknown() -> None:
    assert told("personal_certificates", {mvmc.PERSONAL: 1}) is None
    assert told("trusted_roots", {mvmc.ROOTS: Status.TIMED_OUT}) is None


def test_32_bit_process_does_not_know_the_programs() -> None:
    changes: Answers = {collecting_process.ENVIRONMENT: ["process_bits\t32", "architecture\tAMD64", "user\tS-1-5-18"]}
    assert told("installed", changes) is None
    assert told("account", changes) == "S-1-5-18"
