# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines with a file of an update that is not installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.hotfix import FIX
from ansible_collections.preflight.azure.tests.doubles.states_update import sha256_of
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    machine,
)

CBS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
PACKAGE = "Package_for_KB3140245~31bf3856ad364e35~amd64~~6.1.1.1"
ROLLUP = "Package_for_RollupFix~31bf3856ad364e35~amd64~~7601.24511.1.8"
OLDER = "Package_for_RollupFix~31bf3856ad364e35~amd64~~7601.24411.1.7"
PRODUCT = "{929FBD26-9020-399B-9A7A-751D61F0B942}"
PATH = r"C:\install\Windows6.1-KB3140245-x64.msu"


def with_file(path: str, holds: Mapping[str, Any], registry: Mapping[str, Any] | None = None, **more: Any) -> Model:
    """Return a machine with a file to install from."""
    packages = {CBS: {}, rf"{CBS}\Packages": {}, **(registry or {})}
    return machine(registry=packages, files={path: {"text": f"content of {path}", "holds": dict(holds)}}, **more)


def options(path: str = PATH, **others: Any) -> dict[str, Any]:
    """Return what an operator says of that file."""
    return {"path": path, "sha256": sha256_of(f"content of {path}"), **others}


_CAB = r"D:\Updates of 2019\windows6.1-kb4512506-x64.cab"
_MSI = r"C:\install\vc_runtimeMinimum_x64.msi"
CASES = {
    "an .msu": Case(FIX, with_file(PATH, {"package": PACKAGE}), options(kb="KB3140245")),
    "another update has a longer number": Case(
        FIX,
        with_file(
            PATH,
            {"package": PACKAGE},
            {rf"{CBS}\Packages\{PACKAGE.replace('245', '2456')}": {"CurrentState": {"DWord": 112}}},
        ),
        options(kb="3140245", sha256=sha256_of(f"content of {PATH}").upper()),
    ),
    "a .cab with an older rollup there": Case(
        FIX,
        with_file(_CAB, {"package": ROLLUP}, {rf"{CBS}\Packages\{OLDER}": {"CurrentState": {"DWord": 112}}}),
        options(_CAB, package=ROLLUP),
    ),
    "a program of 32 bits": Case(
        FIX, with_file(_MSI, {"product": PRODUCT, "bits": 32}), options(_MSI, product_code=PRODUCT.lower())
    ),
}
