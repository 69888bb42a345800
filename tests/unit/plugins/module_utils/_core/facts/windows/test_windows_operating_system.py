# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.collecting_process import ENVIRONMENT
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.operating_system import (
    SUBJECT,
    SYSTEM,
    VERSION,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)

SERVER_2008_R2 = {
    VERSION: ["ProductName\tString\tWindows Server 2008 R2 Standard", "CurrentBuild\tString\t7601"],
    SYSTEM: [
        "-",
        "Version\t6.1.7601",
        "ProductType\t3",
        "ServicePackMajorVersion\t1",
        "OSLanguage\t1031",
        "CSName\tALT",
        "SystemDrive\tC:",
        "OperatingSystemSKU\t7",
    ],
    ENVIRONMENT: ["powershell\t2.0", "clr\t2.0.50727.5420", "process_bits\t64", "architecture\tAMD64"],
}


def test_old_german_server_is_told_by_numbers() -> None:
    facts = assemble(recording(SERVER_2008_R2), [SUBJECT])
    assert facts.tree["os"] == {
        "name": "Windows Server 2008 R2 Standard",
        "version": "6.1.7601",
        "major": 6,
        "minor": 1,
        "build": 7601,
        "revision": 0,
        "service_pack": 1,
        "server": True,
        "domain_controller": False,
        "installation_type": "",
        "language": 1031,
        "hostname": "ALT",
        "system_drive": "C:",
        "edition": 7,
        "architecture": "x86_64",
        "powershell_version": "2.0",
        "collected_by_bits": 64,
    }


@pytest.mark.parametrize("said", [Status.TIMED_OUT, 1])
def test_broken_wmi_makes_only_what_it_tells_unknown(said: Status | int) -> None:
    facts = assemble(recording({**SERVER_2008_R2, SYSTEM: said}), [SUBJECT])
    assert isinstance(facts.tree["os"], dict)
    assert facts.tree["os"]["build"] is None
    assert facts.tree["os"]["name"] == "Windows Server 2008 R2 Standard"
