# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much is sent to a Windows machine for an audit, and that a model knows each kind of read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.audit import ask
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import load as load_catalogue
from ansible_collections.preflight.azure.plugins.module_utils._core.collector import windows_read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED, SUBJECTS
from ansible_collections.preflight.azure.tests.doubles.answers import KINDS, answer
from ansible_collections.preflight.azure.tests.doubles.machine_file import MACHINES, load
from ansible_collections.preflight.azure.tests.doubles.model import NotInFileError, ReadEndedError

#: What one visit may send: a request of WS-Management is split beyond it.
MAXIMUM_BYTES = 32 * 1024
CATALOGUE = load_catalogue(DECLARED)
AUDITS = sorted(
    {
        (scenario, requirement.machine)
        for requirement in CATALOGUE.requirements
        if requirement.platform in ("windows", "any")
        for scenario in requirement.scenarios
        if requirement.machine != "operator"
    }
)
LIBRARY = Path(windows_read.__file__).with_name("windows.ps1").read_text(encoding="utf-8")


def reads_of(scenario: str, machine: str) -> tuple[Read, ...]:
    given: Mapping[str, Any] = {"settings": {}, "waivers": [], "only": None, "baseline": "current"}
    subjects = SUBJECTS["windows"]
    return ask(CATALOGUE, subjects, scenario=scenario, machine=machine, platform="windows", **given).reads


@pytest.mark.parametrize(("scenario", "machine"), AUDITS)
def test_what_an_audit_sends_stays_small(scenario: str, machine: str) -> None:
    reads = reads_of(scenario, machine)
    sent = len(compose_windows(reads, Limits()).encode())
    largest = sorted(((len(read.key), read.key[:60]) for read in reads), reverse=True)[:3]
    assert sent <= MAXIMUM_BYTES, f"{len(reads)} reads, the largest: {largest}"


@pytest.mark.parametrize(("scenario", "machine"), AUDITS)
def test_every_audit_of_a_kind_of_machine_has_a_machine_file(scenario: str, machine: str) -> None:
    if not reads_of(scenario, machine):
        pytest.skip("nothing is collected for it")
    audits = [each for file in MACHINES.glob("*.yml") for each in load(file)["expect"]["audits"]]
    assert machine in {each["machine"] for each in audits}


def test_a_model_answers_every_kind_that_the_library_reads() -> None:
    read = {name.lower() for name in re.findall(r"function Read-(\w+)", LIBRARY)} - {"answer"}
    assert read == {kind.replace("_", "") for kind in KINDS}


def test_a_line_that_no_machine_file_knows_is_told_apart_from_what_is_absent() -> None:
    model = load("source_2019")
    with pytest.raises(NotInFileError):
        answer(model, "registry", [r"HKLM\SOFTWARE\Example", "Value"])
    with pytest.raises(NotInFileError):
        answer(model, "wmi", [r"root\cimv2", "Win32_OperatingSystem", "", "Caption"])
    with pytest.raises(ReadEndedError, match="absent"):
        answer(model, "registry", [r"HKLM\Cluster\Nodes", "NodeName"])
    with pytest.raises(ReadEndedError, match="absent"):
        answer(model, "wmi", [r"root\wmi", "MSFC_FCAdapterHBAAttributes", "", "InstanceName"])
