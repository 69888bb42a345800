# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines on which services are disabled or stopped that replication needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.windows_service import FIX
from ansible_collections.preflight.azure.tests.doubles.model import ABSENT
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)

HEALTHY: Mapping[str, Mapping[str, Any]] = {
    "VSS": {"state": "Stopped", "start": 3},
    "COMSysApp": {"state": "Stopped", "start": 3},
    "EventSystem": {"state": "Running", "start": 2},
    "swprv": {"state": "Stopped", "start": 3},
    "LanmanServer": {"state": "Running", "start": 2},
    "Winmgmt": {"state": "Running", "start": 2},
}
_DISABLED = {"state": "Stopped", "start": 4}


def services(**others: Any) -> dict[str, Any]:
    """Return a machine with all services as they should be, but these."""
    whole = {**HEALTHY, **others}
    return machine(services={name: each if each == ABSENT else dict(each) for name, each in whole.items()})


CASES = {
    "disabled": Case(FIX, services(VSS=_DISABLED, COMSysApp=_DISABLED)),
    "disabled since it was started": Case(FIX, services(VSS={"state": "Running", "start": 4})),
    "2008 R2, nothing for a push": Case(
        FIX, services(LanmanServer=_DISABLED, Winmgmt={"state": "Stopped", "start": 2, "delayed": 1})
    ),
    "configuration server": Case(
        FIX,
        services(
            cxprocessserver={"state": "Stopped", "start": 2},
            tmansvc={"state": "Stopped", "start": 3},
            obengine={"state": "Running", "start": 2},
            dra=_DISABLED,
        ),
    ),
    "named": Case(
        FIX, services(swprv=_DISABLED, VSS=_DISABLED, VMTools=_DISABLED), options={"services": ["swprv", "VMTools"]}
    ),
}
