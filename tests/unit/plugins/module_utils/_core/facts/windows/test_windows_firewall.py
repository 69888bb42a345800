# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import firewall, firewall_effective
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.firewall_rules import (
    policy_rules,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    DESKTOP,
    OPEN_FIREWALL,
    SERVER_2019,
    SHARING,
    row,
    rule,
)

DOMAIN_POLICY = firewall_effective.POLICIES["domain"][0]
PORT = "20004"


def facts(lines: list[str] | Status | int, more: Mapping[Read, Any] | None = None) -> dict[str, Any]:
    answers = {**SERVER_2019, firewall_effective.INTERFACE: lines, **(more or {})}
    found = assemble(recording(answers), [firewall.SUBJECT]).tree["firewall"]
    assert isinstance(found, dict)
    return found


def test_open_groups_let_everything_in() -> None:
    found = facts(OPEN_FIREWALL)
    assert found["file_and_printer_sharing_allowed"] is True
    assert found["wmi_allowed"] is True
    assert found["remote_desktop_allowed"] is True


@pytest.mark.parametrize(
    ("sharing", "expected"),
    [
        ([rule("SMB-In", SHARING, "445", program="System", enabled=False)], False),
        ([rule("SMB-In", SHARING, "445", program="System", sources="LocalSubnet")], None),
        ([rule("SMB-In", SHARING, "445", program="System", profiles=4)], False),
        ([rule("Freigabe", "", "440-450")], True),
        ([rule("Freigabe", "", "445", program=r"C:\other.exe")], False),
        ([rule("Freigabe", "", "445", protocol=17)], False),
        ([rule("a", "", "445"), rule("b", "", "*", allow=False)], False),
        ([rule("a", "", "445"), rule("b", "", "445", allow=False, sources="192.0.2.1/255.255.255.255")], None),
    ],
)
def test_file_sharing_is_judged_by_its_port_and_not_by_names(sharing: list[str], expected: bool | None) -> None:
    lines = [line for line in OPEN_FIREWALL if SHARING not in line] + sharing
    assert facts(lines)["file_and_printer_sharing_allowed"] is expected


def test_only_active_profiles_count_but_remote_desktop_is_told_for_the_public_one() -> None:
    lines = [line for line in OPEN_FIREWALL if DESKTOP not in line]
    lines.append(rule("Remotedesktop (TCP eingehend)", DESKTOP, "3389", program="System", profiles=1))
    found = facts(lines)
    assert found["remote_desktop_allowed"] is True
    assert found["remote_desktop_allowed_in_public"] is False


def test_firewall_that_is_off_lets_everything_in_and_one_that_blocks_all_nothing() -> None:
    rest = OPEN_FIREWALL[3:4]
    off = facts([*(row("profile", number, False, False, 0) for number in (1, 2, 4)), *rest])
    assert off["wmi_allowed"] is True
    assert off["running"] is False
    shut = facts([*(row("profile", number, True, True, 0) for number in (1, 2, 4)), *OPEN_FIREWALL[3:]])
    assert shut["wmi_allowed"] is False


def test_rules_of_the_machine_do_not_count_where_group_policy_says_so() -> None:
    merged = {DOMAIN_POLICY: [row("AllowLocalPolicyMerge", "DWord", 0)]}
    assert facts(OPEN_FIREWALL, merged)["wmi_allowed"] is False
    allowed = "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=445|App=System|Name=x|EmbedCtxt=y|"
    with_rule = {**merged, firewall_effective.POLICY_RULES: [row("{1}", "String", allowed)]}
    found = facts(OPEN_FIREWALL, with_rule)
    assert found["file_and_printer_sharing_allowed"] is True
    assert found["wmi_allowed"] is False
    assert found["group_policy_rules"] == 1


def test_group_policy_switches_the_firewall_on_and_off() -> None:
    off = {DOMAIN_POLICY: [row("EnableFirewall", "DWord", 0)]}
    assert facts(OPEN_FIREWALL[:4], off)["wmi_allowed"] is True
    assert facts(OPEN_FIREWALL, {DOMAIN_POLICY: Status.UNREADABLE})["wmi_allowed"] is None


def test_policy_from_elsewhere_leaves_everything_unknown() -> None:
    overridden = [row("policy", 1, 1) if line.startswith("policy") else line for line in OPEN_FIREWALL]
    assert facts(overridden)["wmi_allowed"] is None
    assert facts(overridden, {DOMAIN_POLICY: [row("EnableFirewall", "DWord", 1)]})["wmi_allowed"] is True


def test_rules_of_group_policy_are_taken_apart() -> None:
    (found,) = policy_rules(
        [
            "v2.30|Action=Block|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|Profile=Public|LPort=135|LPort=RPC-EPMap"
            "|RA4=192.0.2.0/255.255.255.0|RA42=IntErnet|App=%SystemRoot%\\system32\\svchost.exe|Svc=rpcss|",
            "v2.30|Action=Allow|Active=FALSE|Dir=In|",
            "v2.30|Action=Allow|Active=TRUE|Dir=Out|",
        ]
    )
    assert (found.allow, found.profiles, found.ports) == (False, 5, ("135", "rpc-epmap"))
    assert found.sources == ("192.0.2.0/255.255.255.0", "IntErnet")


@pytest.mark.parametrize(
    ("rules", "allowed", "sources"),
    [
        ([], False, []),
        ([rule("multi", "", PORT)], True, []),
        ([rule("multi", "", PORT, sources="192.0.2.0/255.255.255.0")], True, ["192.0.2.0/255.255.255.0"]),
        ([rule("multi", "", PORT, sources="192.0.2.1", program=r"C:\x.exe")], False, []),
        ([rule("multi", "", PORT, sources="192.0.2.1"), rule("no", "", PORT, allow=False)], False, ["192.0.2.1"]),
    ],
)
def test_port_for_multi_vm_consistency(rules: list[str], allowed: bool, sources: list[str]) -> None:
    found = facts([*OPEN_FIREWALL, *rules])
    assert found["multi_vm_allowed_now"] is allowed
    assert found["multi_vm_sources"] == sources


def test_other_port_for_remote_desktop_counts() -> None:
    moved = {firewall.RDP_PORT: [row("PortNumber", "DWord", 3390)]}
    assert facts(OPEN_FIREWALL, moved)["remote_desktop_allowed"] is False


@pytest.mark.parametrize("lines", [[], OPEN_FIREWALL[1:], OPEN_FIREWALL[:3], [*OPEN_FIREWALL, "rule\tx"], 1])
def test_firewall_that_is_not_told_whole_is_unknown(lines: Any) -> None:
    assert set(facts(lines).values()) == {None}
