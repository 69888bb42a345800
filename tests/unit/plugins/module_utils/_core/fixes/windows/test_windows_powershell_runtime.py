# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.powershell_runtime import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows import (
    cases_powershell_runtime as cases,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_hotfix import (
    CBS,
    options,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    plan,
)

_R2 = "6.3.9600"
_SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
_SHAREPOINT = r"HKLM\SOFTWARE\Microsoft\Shared Tools\Web Server Extensions\14.0"


def _planned(model: Model, **given: Any) -> Any:
    path = next(iter(model["files"]))
    return plan(Case(FIX, model, options(path, **{"kb": "KB3191564", **given})), model)


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (cases.windows(_R2, "4.0", 378675), "expected .NET Framework 4.5.2"),
        (cases.windows(_R2, "4.0", 0), "expected .NET Framework 4.5.2"),
        (cases.windows("10.0.14393", "5.0", 394802), "for which there is none"),
        (cases.windows("6.0.6003", "2.0", 394802), "for which there is none"),
        (cases.windows("6.2.9200", "3.0", 394802), "expected KB3191565"),
        (cases.windows("6.1.7601", "2.0", 394802, service_pack=0), "expected Service Pack 1"),
        (
            cases.windows(_R2, "4.0", 394802, {r"HKLM\SOFTWARE\Microsoft\ExchangeServer\v15\Setup": {}}),
            "Exchange Server 2013 or newer",
        ),
        (cases.windows(_R2, "4.0", 394802, {rf"{_SERVICES}\SCVMMService": {}}), "Virtual Machine Manager"),
        (
            cases.windows(_R2, "4.0", 394802, {_SHAREPOINT: {"SharePoint": {"String": "Installed"}}}),
            "SharePoint Server 2010",
        ),
    ],
)
def test_machines_that_must_not_get_it_are_refused(model: Model, named: str) -> None:
    planned = _planned(model)
    assert isinstance(planned, Refusal)
    assert named in planned.reason


def test_version_3_on_2008_r2_must_go_first() -> None:
    model = cases.windows("6.1.7601", "3.0", 394802)
    planned = _planned(model, kb=None, package=cases.PACKAGES["6.1.7601"])
    assert isinstance(planned, Refusal)
    assert "KB2506143" in planned.reason


def test_a_program_of_windows_installer_is_not_version_5_1() -> None:
    given = options(r"C:\install\a.msi", product_code="{929FBD26-9020-399B-9A7A-751D61F0B942}")
    model = cases.windows(_R2, "4.0", 394802)
    planned = plan(Case(FIX, model, given), model)
    assert isinstance(planned, Refusal)
    assert "found a .msi" in planned.reason


def test_version_5_1_is_enough() -> None:
    planned = _planned(cases.windows("10.0.17763", "5.1.17763.1", 461814))
    assert isinstance(planned, Unchanged)
    assert planned.state == {"powershell": "5.1.17763.1"}


def test_what_waits_for_a_restart_is_not_installed_twice() -> None:
    key = rf"{CBS}\Packages\{cases.PACKAGES[_R2]}"
    waiting = {key: {"CurrentState": {"DWord": 96}}, rf"{CBS}\RebootPending": {}}
    planned = _planned(cases.windows(_R2, "4.0", 394802, waiting))
    assert isinstance(planned, Unchanged)
    assert "waits for a restart" in planned.reason


def test_dotnet_is_not_held_to_what_version_5_1_needs() -> None:
    model = cases.windows(_R2, "5.1.14409.1005", 378675, {rf"{_SERVICES}\SCVMMService": {}})
    planned = _planned(model, runtime="dotnet")
    assert isinstance(planned, Plan)


def test_unknown_versions_are_refused() -> None:
    model = cases.windows(_R2, "4.0", 394802)
    model["faults"] = {"wmi *": "unreadable"}
    planned = _planned(model)
    assert isinstance(planned, Refusal)
    assert "os.version is not known" in planned.reason
    assert cases.PATHS[_R2] in model["files"]
