# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VMware Tools on a virtual machine of VMware: enabled and running. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ..facts.fact import Facts, Json
from .contract import PACKAGE_SCRIPTS, SERVICE_SCRIPTS, Fix, Planned, Refusal
from .service_change import INSTALL_OPTION, Wish, plan_service

_PACKAGES = dict.fromkeys(("apt", "dnf", "yum", "zypper"), "open-vm-tools")
_WISH = Wish("vmware_tools", "vmware_tools", "VMware Tools", _PACKAGES)


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    hardware = facts.tree["hardware"]
    virtualization = hardware["virtualization"] if isinstance(hardware, dict) else None
    if virtualization != "vmware":
        return Refusal(
            f"expected a virtual machine of VMware, found the virtualization {virtualization}; VMware Tools neither "
            "start nor help here"
        )
    return plan_service(_WISH, facts, options)


FIX = Fix(
    name="vmware_tools",
    safety="automatic",
    why="enables and starts tools that are installed; installs open-vm-tools only with permission",
    needs=(
        "hardware.virtualization",
        *("vmware_tools.installed", "vmware_tools.autostart", "vmware_tools.running", "vmware_tools.obstacle"),
        "packages.manager",
    ),
    scripts=(*PACKAGE_SCRIPTS, *SERVICE_SCRIPTS, "vmware_tools.sh"),
    planner=_plan,
    options=INSTALL_OPTION,
)
