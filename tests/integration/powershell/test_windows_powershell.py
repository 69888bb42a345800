# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collector on a real PowerShell (:mod:`real_powershell`)."""

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector import windows_read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import (
    Answer,
    Recording,
    Status,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED
from ansible_collections.preflight.azure.tests.integration.powershell.real_powershell import needs_powershell, send

LIMITS = Limits()
pytestmark = needs_powershell


def collect(*reads: Read, limits: Limits = LIMITS) -> Recording:
    return send(compose_windows(reads, limits))


def answer_to(read: Read) -> Answer:
    return collect(read).answer(read)


def test_environment_is_told() -> None:
    answer = answer_to(windows_read.environment())
    assert answer.code == 0
    assert {"powershell", "clr", "process_bits", "machine", "architecture", "user", "culture"} <= {
        row[0] for row in windows_read.rows(answer.lines)
    }


@pytest.mark.parametrize(
    "read",
    [
        windows_read.registry("HKLM\\SOFTWARE\\No such key \u2019", "a"),
        windows_read.file_version("%SystemRoot%\\no such \u2018file.sys"),
        windows_read.file_version(r"C:\no such folder\file.sys"),
        windows_read.text(r"C:\no such file.txt"),
        windows_read.certificates("LocalMachine", "No such store"),
        windows_read.wmi(r"root\cimv2", "Win32_NoSuchClass", "Name"),
        windows_read.wmi(r"root\nosuch", "Win32_BIOS", "Version"),
        windows_read.objects("NoSuchModule", "Get-NoSuch", "Name"),
    ],
    ids=lambda read: read.key,
)
def test_what_does_not_exist_is_absent(read: Read) -> None:
    assert answer_to(read).status is Status.ABSENT


def test_query_that_fails_is_no_empty_answer() -> None:
    answer = answer_to(windows_read.wmi(r"root\cimv2", "Win32_BIOS", "NoSuchProperty"))
    assert answer.code != 0


@pytest.mark.parametrize(
    "text", ["a'b", "\u2018\u2019\u201a\u201b", "\u201c$(1)`", "caf\u00e9 \u20ac", "\U0001f600", "%"]
)
def test_hostile_name_arrives_and_comes_back(text: str) -> None:
    read = windows_read.services(text)
    assert windows_read.rows(answer_to(read).lines) == [[text, "absent"]]


def test_registry_service_and_wmi_are_read() -> None:
    version = windows_read.registry(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "CurrentBuild", "no such")
    service = windows_read.services("EventLog")
    system = windows_read.wmi(r"root\cimv2", "Win32_OperatingSystem", "Version", "ProductType")
    recording = collect(version, service, system)
    assert [row[:2] for row in windows_read.rows(recording.answer(version).lines)] == [["CurrentBuild", "String"]]
    assert windows_read.rows(recording.answer(service).lines)[0][:3] == ["EventLog", "Running", "2"]
    [found] = windows_read.instances(recording.answer(system).lines)
    assert set(found) == {"Version", "ProductType"}


def test_program_gives_its_exit_code_and_its_limit() -> None:
    failing, slow = windows_read.program("echo a& exit 7"), windows_read.program("ping -n 30 127.0.0.1", 2)
    recording = collect(failing, slow, windows_read.environment())
    assert (recording.answer(failing).code, recording.answer(failing).lines[0].strip()) == (7, "a")
    assert recording.answer(slow).status is Status.TIMED_OUT
    assert recording.answer(windows_read.environment()).code == 0, "the reads behind it still run"


def test_answer_that_is_too_long_is_cut_and_says_so() -> None:
    read = windows_read.registry_keys("HKLM\\SYSTEM\\CurrentControlSet\\Services", "*")
    assert collect(read, limits=Limits(answer_bytes=200)).answer(read).truncated


def test_time_for_all_reads_ends_them() -> None:
    slow, last = windows_read.program("ping -n 30 127.0.0.1", 20), windows_read.environment()
    recording = collect(slow, last, limits=Limits(time_seconds=3))
    assert recording.answer(slow).status is Status.TIMED_OUT
    assert recording.answer(last).status is Status.NOT_RUN


def test_every_read_of_every_fact_is_answered_or_says_why_not() -> None:
    reads = tuple(dict.fromkeys(read for fact in DECLARED["windows"] for read in fact.reads))
    recording = collect(*reads, limits=Limits(time_seconds=240))
    assert {recording.answer(read).status for read in reads} <= {Status.ANSWERED, Status.ABSENT, Status.UNREADABLE}
