# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines whose Windows Firewall refuses what Site Recovery needs."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.firewall_rules import FIX
from ansible_collections.preflight.azure.tests.doubles.machine_file import load
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
)

SHARING = "@FirewallAPI.dll,-28502"
WMI = "@FirewallAPI.dll,-34251"
DESKTOP = "@FirewallAPI.dll,-28752"
SVCHOST = r"%SystemRoot%\system32\svchost.exe"
#: What several rules of a German Windows are called.
GERMAN = {
    "File and Printer Sharing (SMB-In)": "Datei- und Druckerfreigabe (SMB eingehend)",
    "File and Printer Sharing (NB-Session-In)": "Datei- und Druckerfreigabe (NB-Sitzung eingehend)",
    "Windows Management Instrumentation (DCOM-In)": "Windows-Verwaltungsinstrumentation (DCOM eingehend)",
    "Windows Management Instrumentation (WMI-In)": "Windows-Verwaltungsinstrumentation (WMI eingehend)",
    "Remote Desktop - User Mode (TCP-In)": "Remotedesktop (TCP eingehend)",
}
#: Rules that stand in the groups of every Windows, and which nobody needs here.
OTHERS = {
    "Spooler": {"group": SHARING, "enabled": False, "ports": "RPC", "profiles": 7, "service": "Spooler",
                "application": r"%SystemRoot%\system32\spoolsv.exe"},
    "ASync": {"group": WMI, "enabled": False, "ports": "*", "profiles": 7,
              "application": r"%systemroot%\system32\wbem\unsecapp.exe"},
    "Shadow": {"group": DESKTOP, "enabled": False, "ports": "*", "profiles": 7,
               "application": r"%SystemRoot%\system32\RdpSa.exe"},
    "Echo": {"group": SHARING, "enabled": False, "protocol": 1, "profiles": 7},
    "NB-Name": {"group": SHARING, "enabled": False, "protocol": 17, "ports": "137",
                "application": "System", "profiles": 7},
}  # fmt: skip


def closed(name: str, **changed: dict[str, Any] | None) -> Model:
    """Return the machine of a machine file with all groups closed; ``changed`` rules are made so, or taken away."""
    model = load(name)
    rules = {**copy.deepcopy(model["firewall"]["rules"]), **copy.deepcopy(OTHERS)}
    for rule in rules.values():
        if rule.get("group") in (SHARING, WMI, DESKTOP):
            rule["enabled"] = False
    for key, rule in changed.items():
        rules[key] = rule or {}
    return {**model, "firewall": {**model["firewall"], "rules": {key: rule for key, rule in rules.items() if rule}}}


def german(model: Model) -> Model:
    """Return a machine whose rules have the names that a German Windows gives them."""
    rules = {GERMAN.get(name, f"{name} (eingehend)"): rule for name, rule in model["firewall"]["rules"].items()}
    return {**model, "firewall": {**model["firewall"], "rules": rules}}


def in_profile(model: Model, number: int) -> Model:
    """Return a machine whose network is of another kind."""
    return {**model, "firewall": {**model["firewall"], "policy": {"modify_state": 0, "current_profiles": number}}}


_TWO_NAMES = {
    # As a workstation has them, and a server on which somebody set profiles apart.
    "Windows Management Instrumentation (WMI-In)": {
        "group": WMI, "enabled": False, "ports": "*", "service": "winmgmt", "application": SVCHOST, "profiles": 6,
        "remote": "LocalSubnet"},
    "WMI 2": {
        "name": "Windows Management Instrumentation (WMI-In)", "group": WMI, "enabled": False, "ports": "*",
        "service": "winmgmt", "application": SVCHOST, "profiles": 1},
    "Remote Desktop - User Mode (TCP-In)": {
        "group": DESKTOP, "enabled": True, "ports": "3389", "service": "termservice", "application": SVCHOST,
        "profiles": 3},
    "Remote Desktop 2": {
        "name": "Remote Desktop - User Mode (TCP-In)", "group": DESKTOP, "enabled": False, "ports": "3389",
        "service": "termservice", "application": SVCHOST, "profiles": 4},
}  # fmt: skip
_TWO_NETWORKS: dict[str, Any] = {"groups": ["multi_vm"], "sources": ["10.1.2.0/24", "10.1.3.17"]}
OWN = {"group": "preflight.azure", "enabled": True, "direction": 1, "action": 1, "protocol": 6, "ports": "20004"}

SMB = "File and Printer Sharing (SMB-In)"
MULTI_VM: dict[str, Any] = {"groups": ["multi_vm"], "sources": ["10.1.2.0/24"]}
OWN_STATE = (
    "present enabled=True direction=1 action=1 protocol=6 ports=20004 profiles={} addresses={} group=preflight.azure"
)

CASES = {
    "2008 R2, German": Case(FIX, german(closed("source_2008r2_german"))),
    "2008 R2, with the names of an English one": Case(FIX, closed("source_2008r2_german")),
    "2019": Case(FIX, closed("source_2019"), {"groups": ["file_and_printer_sharing", "wmi", "remote_desktop"]}),
    "2019, private, named": Case(
        FIX, in_profile(closed("source_2019"), 2), {"groups": ["wmi"], "profiles": ["domain", "private"]}
    ),
    "2025 in a public network that is trusted": Case(
        FIX, closed("source_2025"), {"groups": ["file_and_printer_sharing"], "profiles": ["public"]}
    ),
    "several rules of one name": Case(FIX, closed("source_2019", **_TWO_NAMES)),
    "a rule that is on elsewhere": Case(
        FIX,
        closed("source_2019", **{
            "File and Printer Sharing (SMB-In)":
                {"group": SHARING, "enabled": True, "ports": "445", "application": "System", "profiles": 2}}),
        {"groups": ["file_and_printer_sharing"]},
    ),
    "multi-VM consistency": Case(FIX, closed("source_2019"), _TWO_NETWORKS),
    "multi-VM consistency, 2008 R2, by the settings": Case(
        FIX,
        german(closed("source_2008r2_german")),
        {"sources": ["10.1.2.0/24"]},
        {"multi_vm_consistency": True, "push_installation": False, "remote_desktop_after_failover": False},
    ),
    "multi-VM consistency, other networks before": Case(
        FIX,
        closed("source_2019", **{
            "preflight.azure multi-VM consistency": {**OWN, "remote": "10.9.0.0/255.255.0.0", "profiles": 1}}),
        _TWO_NETWORKS,
    ),
}  # fmt: skip
