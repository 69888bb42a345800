# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machines of all machine files, and some of which more is wrong than of the one that they are like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.machine_file import MACHINES, load, merged

Document = dict[str, Any]
_SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.0"
_OFF = {"Enabled": {"DWord": 0}, "DisabledByDefault": {"DWord": 1}}


@dataclass(frozen=True)
class Neglected:
    """A machine of which more is wrong than of the one that it is like."""

    like: str
    scenario: str
    baseline: str
    differs: Document


NEGLECTED: Mapping[str, Neglected] = {
    "source_2019_neglected": Neglected(
        "source_2019",
        "vmware_to_azure",
        "current",
        {
            "services": {"VMTools": {"state": "Stopped", "start": 4}, "VSS": {"state": "Stopped", "start": 4}},
            "registry": {
                r"HKLM\SYSTEM\CurrentControlSet\Services\partmgr\Parameters": {"SanPolicy": {"DWord": 4}},
                r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server": {"fDenyTSConnections": {"DWord": 1}},
            },
        },
    ),
    "mvmc_2012r2_without_certificate": Neglected(
        "mvmc_2012r2", "mvmc_to_azure", "2017", {"certificates": {r"CurrentUser\My": [], r"CurrentUser\Root": []}}
    ),
    "configuration_server_2012r2_neglected": Neglected(
        "configuration_server_2012r2",
        "aws_to_azure",
        "2017",
        {
            "services": {"W32Time": {"state": "Stopped", "start": 3}},
            "registry": {_SCHANNEL: {}, rf"{_SCHANNEL}\Client": _OFF, rf"{_SCHANNEL}\Server": _OFF},
        },
    ),
    "vmm_2016_between_sites": Neglected("vmm_2016", "vmm_to_site", "2017", {}),
}


def all_machines() -> dict[str, Document]:
    """Return the models by their names."""
    models = {file.stem: load(file.stem) for file in sorted(MACHINES.glob("*.yml"))}
    return models | {name: merged(models[each.like], each.differs) for name, each in NEGLECTED.items()}
