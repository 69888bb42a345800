# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.firewall_port import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.firewall_samples import (
    IPTABLES,
    NFT_FILE,
    NFT_LIVE,
    NO,
    UFW,
    UFW_LIVE,
    YES,
    ZONE,
    facts,
    unknown,
)

BOTH: Mapping[str, Any] = MappingProxyType({"ports": ["ssh", "multi_vm"], "sources": ["10.0.0.0/8", "192.0.2.7"]})
MACHINES = {
    "iptables": facts("iptables", file=IPTABLES, live={"legacy": IPTABLES}),
    "nftables": facts("nftables", file=NFT_FILE, live={"nft": NFT_LIVE}),
    "ufw": facts("ufw", file=UFW, live={"compat": UFW_LIVE}),
    "firewalld": facts("firewalld", file=ZONE),
}


def planned(found: Facts, options: Mapping[str, Any] = BOTH, **settings: bool) -> Plan:
    plan = FIX.plan(found, options, settings)
    assert isinstance(plan, Plan), plan
    return plan


def refused(found: Facts, options: Mapping[str, Any] = BOTH, **settings: bool) -> str:
    refusal = FIX.plan(found, options, settings)
    assert isinstance(refusal, Refusal), refusal
    return refusal.reason


def lines(plan: Plan) -> list[str]:
    assert isinstance(plan.after, dict)
    [added] = [value for key, value in plan.after.items() if key.startswith("/")]
    assert isinstance(added, list)
    return [str(line) for line in added]


def test_iptables_rules_stand_behind_bans_and_before_what_refuses_all() -> None:
    plan = planned(MACHINES["iptables"])
    assert lines(plan) == [
        '-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 20004 -m comment --comment "preflight.azure:20004:10.0.0.0/8" '
        "-j ACCEPT",
        "-A INPUT -s 192.0.2.7/32 -p tcp -m tcp --dport 20004 -m comment --comment "
        '"preflight.azure:20004:192.0.2.7/32" -j ACCEPT',
    ]
    assert plan.arguments[:2] == ("legacy", "5 6")
    assert plan.wanted.startswith("legacy-named INPUT/20004/10.0.0.0/8 INPUT/20004/192.0.2.7/32 live=yes /etc/sysconf")


def test_iptables_rules_have_no_comment_where_its_match_is_not_loaded() -> None:
    plan = planned(facts("iptables", file=IPTABLES, live={"legacy": IPTABLES, "legacy_matches": ["tcp"]}))
    assert lines(plan)[0] == "-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 20004 -j ACCEPT"
    assert plan.wanted.startswith("legacy INPUT/")


def test_match_that_is_not_loaded_is_not_loaded() -> None:
    assert "no module is loaded" in refused(
        facts("iptables", file=IPTABLES, live={"legacy": IPTABLES, "legacy_matches": []})
    )


def test_nftables_rules_have_their_place_in_kernel_and_file() -> None:
    plan = planned(MACHINES["nftables"])
    assert plan.found.startswith(
        "nft inet.filter.input/20004/10.0.0.0/8 inet.filter.input/20004/192.0.2.7/32 live=1.4.8.9 "
    )
    assert plan.arguments[:2] == ("nft", "9 9")
    assert lines(plan) == [
        '\t\tip saddr 10.0.0.0/8 tcp dport 20004 accept comment "preflight.azure:20004:10.0.0.0/8"',
        '\t\tip saddr 192.0.2.7/32 tcp dport 20004 accept comment "preflight.azure:20004:192.0.2.7/32"',
    ]


def test_ufw_gets_the_lines_that_it_would_write() -> None:
    plan = planned(MACHINES["ufw"])
    assert lines(plan)[:3] == [
        "### tuple ### allow tcp 20004 0.0.0.0/0 any 10.0.0.0/8 in comment=707265666c696768742e617a757265",
        "-A ufw-user-input -p tcp --dport 20004 -s 10.0.0.0/8 -j ACCEPT",
        "",
    ]
    assert plan.wanted.startswith("compat ufw-user-input/20004/10.0.0.0/8 ")
    assert plan.arguments[:2] == ("compat", "2 3")


def test_old_ufw_gets_no_comment_for_it_could_not_read_its_rules() -> None:
    plan = planned(facts("ufw", file=UFW, live={"compat": UFW_LIVE}, ufw_comments=False))
    assert lines(plan)[0] == "### tuple ### allow tcp 20004 0.0.0.0/0 any 10.0.0.0/8 in"


@pytest.mark.parametrize("text", [ZONE, None])
def test_zone_of_firewalld_is_edited_or_begins_as_the_vendors(text: str | None) -> None:
    plan = planned(facts("firewalld", file=text))
    rule = ['  <rule family="ipv4">', '    <source address="10.0.0.0/8"/>']
    assert any(lines(plan)[index : index + 2] == rule for index in range(20))
    assert plan.wanted.startswith(
        "firewalld public/20004/10.0.0.0/8 public/20004/192.0.2.7/32 live=yes /etc/firewalld/"
    )
    assert ("none" in plan.found) is (text is None)


@pytest.mark.parametrize("kind", MACHINES)
def test_what_is_let_in_changes_nothing(kind: str) -> None:
    found = facts(kind, multi_vm=(YES, YES))
    assert isinstance(FIX.plan(found, BOTH, {}), Unchanged)


def test_ssh_alone_is_the_default() -> None:
    assert isinstance(FIX.plan(MACHINES["iptables"], {}, {}), Unchanged)


def test_settings_say_what_is_wanted() -> None:
    plan = planned(MACHINES["iptables"], {"sources": ["10.0.0.0/8"]}, multi_vm_consistency=True)
    assert "20004" in plan.wanted
    closed = replace(facts("iptables", ssh=(NO, NO)))
    assert isinstance(FIX.plan(closed, {}, {"ssh_after_failover": False}), Unchanged)


@pytest.mark.parametrize("kind", MACHINES)
def test_20004_without_sources_is_refused(kind: str) -> None:
    assert "open to everybody" in refused(MACHINES[kind], {"ports": ["multi_vm"]})


def test_20004_that_is_let_in_needs_no_sources() -> None:
    assert isinstance(FIX.plan(facts("iptables", multi_vm=(YES, YES)), {"ports": ["multi_vm"]}, {}), Unchanged)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("10.1.2.3/8", "found '10.1.2.3/8', an address within the network 10.0.0.0/8; correct it"),
        ("ten", "found 'ten'; correct it"),
        ("fd00::/8", "only IPv4"),
        ("0.0.0.0/0", "is everybody"),
        ("example.com", "expected networks"),
        ("10.0.0.0/8; reboot", "expected networks"),
        ("", "expected networks"),
    ],
)
def test_source_that_is_no_network_is_refused(source: str, found: str) -> None:
    assert found in refused(MACHINES["iptables"], {"ports": ["multi_vm"], "sources": [source]})


def test_sources_that_are_let_in_are_left_out() -> None:
    now = {"allowed": "yes", "sources": ["192.0.2.7"], "reason": ""}
    text = IPTABLES.replace(
        "-A INPUT -j REJ", "-A INPUT -s 192.0.2.7/32 -p tcp -m tcp --dport 20004 -j ACCEPT\n-A INPUT -j REJ"
    )
    plan = planned(facts("iptables", file=text, live={"legacy": text}, multi_vm=(now, now)))
    assert plan.wanted.startswith("legacy-named INPUT/20004/10.0.0.0/8 live=yes")


def test_what_is_open_now_but_not_later_is_only_written() -> None:
    closed = IPTABLES.replace("-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT\n", "")
    plan = planned(facts("iptables", file=closed, live={"legacy": IPTABLES}, ssh=(YES, NO)), {})
    assert plan.found.startswith("none live=- /etc/sysconfig/iptables")
    assert lines(plan) == ['-A INPUT -p tcp -m tcp --dport 22 -m comment --comment "preflight.azure:22" -j ACCEPT']


def test_what_is_open_later_but_not_now_is_only_added_to_the_kernel() -> None:
    closed = IPTABLES.replace("-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT\n", "")
    plan = planned(facts("iptables", file=IPTABLES, live={"legacy": closed}, ssh=(NO, YES)), {})
    assert plan.wanted == "legacy-named INPUT/22 live=yes"
    assert plan.arguments == ("none", "4")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            facts("iptables", multi_vm=(NO, unknown("what set the present firewall rules could not be told"))),
            "what set",
        ),
        (facts("iptables", multi_vm=(unknown("no root"), NO)), "no root"),
        (facts("iptables", multi_vm=(NO, NO), keepers=("/etc/sysconfig/SuSEfirewall2",)), "FW_SERVICES_EXT_TCP"),
        (facts("iptables", others=["/etc/shorewall/shorewall.conf"]), "/etc/shorewall/shorewall.conf"),
        (facts("iptables", keepers=("/etc/ufw", "/etc/nftables")), "found 2"),
        (facts("nftables", keepers=("/etc/ufw",)), "decide which one"),
        (facts("none", multi_vm=(NO, YES), keepers=()), "found 0"),
        (facts("nftables", file=NFT_FILE, live={"nft": NFT_LIVE}, nftables_unit=""), "expected that the service"),
        (facts("nftables", file='include "/etc/nftables/*.nft"\n', live={"nft": NFT_LIVE}), "found 0"),
        (facts("iptables", file=IPTABLES, live={"nft": NFT_LIVE}), "by other rules"),
        (facts("iptables", file=IPTABLES, live={"legacy": IPTABLES, "nft": NFT_LIVE}), "several sets"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_reason(found: Facts, reason: str) -> None:
    assert reason in refused(found)


@pytest.mark.parametrize(
    "rule",
    [
        "-A INPUT -m geoip --source-country XX -j DROP",
        "-A INPUT -s 10.9.0.0/16 -j DROP",
        "-A INPUT -m u32 --u32 x -j DROP",
    ],
)
def test_rules_on_the_way_that_refuse_some_are_not_passed_by(rule: str) -> None:
    text = IPTABLES.replace("-A INPUT -i lo", f"{rule}\n-A INPUT -i lo")
    found = facts("iptables", file=text, live={"legacy": text})
    assert "open it by hand" in refused(found)


def test_rule_that_is_there_without_effect_is_told() -> None:
    comment = '-m comment --comment "preflight.azure:20004:10.0.0.0/8"'
    rule = f"-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 20004 {comment} -j ACCEPT\n"
    text = IPTABLES.replace("-A FORWARD", f"{rule}-A FORWARD")
    assert "where it stands it has no effect" in refused(facts("iptables", file=IPTABLES, live={"legacy": text}))


def test_file_that_cannot_be_replaced_is_refused() -> None:
    found = facts("iptables", file=IPTABLES, live={"legacy": IPTABLES})
    files: Any = found.tree["files"]
    files["iptables_rules"]["obstacle"] = "it is immutable"
    assert "it is immutable" in refused(found)


def test_no_fact_is_refused() -> None:
    assert "was not collected" in refused(Facts())


LIMITED = {"allowed": "yes", "sources": ["192.0.2.0/24"], "reason": ""}


def test_ssh_that_is_limited_does_not_stand_in_the_way_of_what_is_asked_for_beside_it() -> None:
    found = facts("iptables", file=IPTABLES, live={"legacy": IPTABLES}, ssh=(LIMITED, LIMITED))
    assert "20004" in planned(found, {"sources": ["10.0.0.0/8"]}, multi_vm_consistency=True).wanted
    assert "as somebody decided" in refused(found, {})
    assert "as somebody decided" in refused(found, BOTH)


def test_20004_that_is_limited_is_enough_where_no_sources_are_named() -> None:
    found = facts("iptables", multi_vm=(LIMITED, LIMITED))
    assert isinstance(FIX.plan(found, {"ports": ["multi_vm"]}, {}), Unchanged)
