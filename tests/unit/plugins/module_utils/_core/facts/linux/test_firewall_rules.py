# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of what firewall rules let in."""

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import (
    firewall_iptables,
    firewall_nft,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.firewall_chains import (
    ACCEPT,
    DENY,
    JUMP,
    RETURN,
    Connection,
    Outcome,
    Rule,
    all_of,
    judge,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux import (
    firewall_samples as samples,
)

ETH0 = frozenset({"eth0"})
ANY = "any"
NONE = "none"
UNKNOWN = "unknown"


def told(outcome: Outcome) -> str:
    if isinstance(outcome.allowed, Unknown):
        return UNKNOWN
    return ",".join(outcome.sources) or (ANY if outcome.allowed else NONE)


def iptables(rules: str, port: int = 22, policy: str = "DROP") -> str:
    text = f"*filter\n:INPUT {policy} [0:0]\n{rules}\nCOMMIT\n"
    return told(firewall_iptables.accepts(text, Connection(port, ETH0)))


def nft(rules: str, port: int = 22, policy: str = "drop") -> str:
    text = f"table inet f {{\n chain i {{\n type filter hook input priority 0; policy {policy};\n{rules}\n }}\n}}\n"
    return told(firewall_nft.accepts(firewall_nft.read_rule_set(text), Connection(port, ETH0)))


@pytest.mark.parametrize(("port", "expected"), [(22, ANY), (23, NONE), (80, NONE), (20004, UNKNOWN)])
@pytest.mark.parametrize("text", [samples.IPTABLES_SAVE, samples.IPTABLES_NFT_SAVE])
def test_iptables_as_saved(text: str, port: int, expected: str) -> None:
    assert told(firewall_iptables.accepts(text, Connection(port, ETH0))) == expected


@pytest.mark.parametrize(
    ("port", "expected"), [(22, ANY), (80, ANY), (443, ANY), (81, NONE), (20004, "10.0.0.0/8"), (53, ANY)]
)
def test_ufw_as_saved(port: int, expected: str) -> None:
    assert told(firewall_iptables.accepts(samples.UFW_SAVE, Connection(port, ETH0))) == expected


@pytest.mark.parametrize("text", [samples.NFT, samples.NFT_FILE])
def test_nft_lists_and_files_say_the_same(text: str) -> None:
    assert told(firewall_nft.accepts(firewall_nft.read_rule_set(text), Connection(22, ETH0))) == ANY


def test_nft_shows_what_it_cannot_translate_of_iptables() -> None:
    found = firewall_nft.accepts(firewall_nft.read_rule_set(samples.IPTABLES_NFT_LISTED), Connection(22, ETH0))
    assert found == Outcome(True)


RHEL6 = """\
-A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -m state --state NEW -m tcp -p tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited"""


@pytest.mark.parametrize(
    ("rules", "port", "expected"),
    [
        (RHEL6, 22, ANY),
        (RHEL6, 20004, NONE),
        ("", 22, NONE),
        ("-A INPUT -p tcp --dport 22", 22, NONE),
        ("-A INPUT -j ACCEPT", 22, ANY),
        ("-A INPUT -i lo -j ACCEPT", 22, NONE),
        ("-A INPUT -i eth0 -j ACCEPT", 22, ANY),
        ("-A INPUT -i eth+ -j ACCEPT", 22, ANY),
        ("-A INPUT -i eth1 -j ACCEPT", 22, NONE),
        ("-A INPUT ! -i eth0 -j ACCEPT", 22, NONE),
        ("-A INPUT -i ! eth1 -j ACCEPT", 22, ANY),
        ("-A INPUT -p udp --dport 22 -j ACCEPT", 22, NONE),
        ("-A INPUT -p 6 --dport 20:25 -j ACCEPT", 22, ANY),
        ("-A INPUT -p tcp --dport 23: -j ACCEPT", 22, NONE),
        ("-A INPUT -p tcp -m multiport --dports 80,20:30 -j ACCEPT", 22, ANY),
        ("-A INPUT -p tcp -m multiport ! --dports 22 -j ACCEPT", 22, NONE),
        ("-A INPUT -p tcp --dport ssh -j ACCEPT", 22, ANY),
        ("-A INPUT -p tcp --dport https -j ACCEPT", 443, UNKNOWN),
        ("-A INPUT -p tcp --sport 22 -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT", 22, "10.0.0.0/8"),
        ("-A INPUT -s 0.0.0.0/0 -d 0/0 -j ACCEPT", 22, ANY),
        ("-A INPUT -s 127.0.0.0/8 -j ACCEPT", 22, NONE),
        ("-A INPUT ! -s 10.0.0.0/8 -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -d 10.0.0.5/32 -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -d 224.0.0.0/4 -j ACCEPT", 22, NONE),
        ("-A INPUT -m set --match-set good src -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -m set --match-set bad src -j DROP", 22, NONE),
        ("-A INPUT -m set --match-set bad src,dst -j DROP\n-A INPUT -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -m new --some thing other -j DROP\n-A INPUT -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -m new --some -j DROP\n-A INPUT -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT", 22, ANY),
        (
            "-A INPUT -p tcp -m hashlimit --hashlimit-above 5/min --hashlimit-name x -j DROP\n-A INPUT -j ACCEPT",
            22,
            ANY,
        ),
        ("-A INPUT -p tcp -m connlimit --connlimit-above 3 -j REJECT\n-A INPUT -j ACCEPT", 22, ANY),
        ("-A INPUT -m recent --rcheck --name knocked --rsource -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j DROP\n-A INPUT -j ACCEPT", 22, ANY),
        ("-A INPUT -p tcp --tcp-flags ALL NONE -j DROP\n-A INPUT -j ACCEPT", 22, ANY),
        ("-A INPUT -p tcp ! --syn -m state --state NEW -j DROP\n-A INPUT -j ACCEPT", 22, ANY),
        ("-A INPUT -s 1.2.3.4/32 -j DROP\n-A INPUT -j ACCEPT", 22, ANY),
        ("-A INPUT -s 10.0.0.0/8 -j DROP\n-A INPUT -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -s 10.0.0.0/8 -j DROP\n-A INPUT -s 10.1.0.0/16 -j ACCEPT", 22, UNKNOWN),
        (":c - [0:0]\n-A INPUT -j c\n-A c -p tcp --dport 22 -j ACCEPT", 22, ANY),
        (":c - [0:0]\n-A INPUT -j c\n-A INPUT -j ACCEPT\n-A c -j RETURN\n-A c -j DROP", 22, ANY),
        (":c - [0:0]\n-A INPUT -g c\n-A INPUT -j ACCEPT\n-A c -p udp -j DROP", 22, NONE),
        (":c - [0:0]\n-A INPUT -j c\n-A c -s 10.0.0.0/8 -j RETURN\n-A c -j ACCEPT", 22, UNKNOWN),
        ("-A INPUT -j c", 22, UNKNOWN),
        (":c - [0:0]\n-A INPUT -j c\n-A c -j c", 22, UNKNOWN),
        ("-A INPUT -p tcp -j NFQUEUE --queue-num 1", 22, UNKNOWN),
        ("-A INPUT -m mark --mark 0x1 -j DROP\n-A INPUT -j ACCEPT", 22, UNKNOWN),
        ('-A INPUT -p tcp -m comment --comment "-j DROP" -j ACCEPT', 22, ANY),
        ('-A INPUT -p tcp -m comment --comment "open', 22, UNKNOWN),
        ("[12:3456] -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT", 22, ANY),
    ],
)
def test_iptables_rules(rules: str, port: int, expected: str) -> None:
    assert iptables(rules, port) == expected


def test_two_adapters_make_a_rule_for_one_of_them_undecided() -> None:
    text = "*filter\n:INPUT DROP [0:0]\n-A INPUT -i eth0 -j ACCEPT\nCOMMIT\n"
    assert told(firewall_iptables.accepts(text, Connection(22, frozenset({"eth0", "eth1"})))) == UNKNOWN
    assert told(firewall_iptables.accepts(text, Connection(22))) == UNKNOWN


def test_a_rule_that_is_not_understood_is_quoted() -> None:
    text = "*filter\n:INPUT DROP [0:0]\n-A INPUT -m geoip --source-country DE -j ACCEPT\nCOMMIT\n"
    allowed = firewall_iptables.accepts(text, Connection(22)).allowed
    assert isinstance(allowed, Unknown)
    assert "-m geoip --source-country DE" in allowed.reason


def test_other_tables_do_not_count() -> None:
    text = "*nat\n:INPUT DROP [0:0]\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"
    assert told(firewall_iptables.accepts(text, Connection(22))) == ANY


@pytest.mark.parametrize(
    ("rules", "port", "expected"),
    [
        ("tcp dport 22 accept", 22, ANY),
        ("tcp dport 22 accept", 23, NONE),
        ("tcp dport { ssh, 80, 1000-2000 } ct state new counter packets 0 bytes 0 accept", 1500, ANY),
        ("tcp dport != 22 accept", 22, NONE),
        ("tcp dport https accept", 443, UNKNOWN),
        ("th dport 22 accept", 22, ANY),
        ("udp dport 22 accept", 22, NONE),
        ("ct state established,related accept", 22, NONE),
        ("ct state { established, new } accept", 22, ANY),
        ("ct state vmap { established : accept, new : jump c }", 22, UNKNOWN),
        ("tcp dport vmap { 22 : accept, 23 : drop }", 22, ANY),
        ("tcp dport vmap { 22: drop }\naccept", 22, NONE),
        ("tcp dport vmap @ports", 22, UNKNOWN),
        ('iifname "lo" accept', 22, NONE),
        ('iif "eth0" accept', 22, ANY),
        ('iifname { "eth0", "eth1" } accept', 22, ANY),
        ('iifname vmap { "lo" : accept, "eth0" : drop }', 22, NONE),
        ("iif 2 accept", 22, UNKNOWN),
        ("ip saddr 10.0.0.0/8 tcp dport 22 accept", 22, "10.0.0.0/8"),
        ("ip saddr { 10.0.0.0/8, 192.168.1.1 } accept", 22, "10.0.0.0/8,192.168.1.1"),
        ("ip saddr @good accept", 22, UNKNOWN),
        ("ip saddr $admin accept", 22, UNKNOWN),
        ("ip saddr . tcp dport { 10.0.0.1 . 22 } accept", 22, UNKNOWN),
        ("ip saddr != 10.0.0.0/8 drop\naccept", 22, UNKNOWN),
        ("ip6 saddr ::/0 accept", 22, NONE),
        ("meta nfproto ipv6 accept", 22, NONE),
        ("meta l4proto { icmp, ipv6-icmp } accept", 22, NONE),
        ("ip protocol tcp accept", 22, ANY),
        ("icmp type echo-request accept", 22, NONE),
        ("meta pkttype { broadcast, multicast } accept", 22, NONE),
        ("fib daddr type local accept", 22, ANY),
        ("fib saddr . iif oif missing drop\naccept", 22, UNKNOWN),
        ("tcp flags syn / fin,syn,rst,ack accept", 22, ANY),
        ("tcp flags & (fin|syn|rst|ack) == syn accept", 22, ANY),
        ("tcp flags & (fin|syn) == (fin|syn) drop\naccept", 22, ANY),
        ("tcp flags & (fin|syn|rst|psh|ack|urg) == 0x0 drop\naccept", 22, ANY),
        ("tcp flags != syn ct state new drop\naccept", 22, ANY),
        ("limit rate 5/minute burst 5 packets accept", 22, ANY),
        ("limit rate over 5/minute drop\naccept", 22, ANY),
        ('log prefix "drop: " flags ip options level info\ntcp dport 22 accept', 22, ANY),
        ("counter ip saddr 10.0.0.0/8 accept", 22, "10.0.0.0/8"),
        ('counter name "x" accept comment "why; { not"', 22, ANY),
        ("counter packets 0 bytes 0 # xt_recent drop\naccept", 22, UNKNOWN),
        ("tcp dport 22 counter packets 0 bytes 0 # xt_geoip", 22, UNKNOWN),
        ("meta l4proto tcp xt match recent counter packets 0 bytes 0 accept", 22, UNKNOWN),
        ("meta mark 0x1 accept", 22, UNKNOWN),
        ("queue num 0", 22, UNKNOWN),
        ("tcp dport 22 reject with tcp reset\naccept", 22, NONE),
        ("ct status dnat accept", 22, NONE),
        ("jump nowhere", 22, UNKNOWN),
    ],
)
def test_nft_rules(rules: str, port: int, expected: str) -> None:
    assert nft(rules, port) == expected


#: The way in which firewalld 0.9 writes its zones.
FIREWALLD = """\
table inet firewalld {
\tchain filter_INPUT {
\t\ttype filter hook input priority filter + 10; policy accept;
\t\tct state { established, related } accept
\t\tct status dnat accept
\t\tiifname "lo" accept
\t\tjump filter_INPUT_POLICIES_pre
\t\tjump filter_INPUT_ZONES
\t\tjump filter_INPUT_POLICIES_post
\t\tct state { invalid } drop
\t\treject with icmpx admin-prohibited
\t}
\tchain filter_INPUT_POLICIES_pre { jump filter_IN_policy_allow-host-ipv6 }
\tchain filter_INPUT_POLICIES_post { }
\tchain filter_IN_policy_allow-host-ipv6 { icmpv6 type nd-neighbor-advert accept }
\tchain filter_INPUT_ZONES {
\t\tiifname "eth0" goto filter_IN_public
\t\tgoto filter_IN_public
\t}
\tchain filter_IN_public {
\t\tjump filter_IN_public_deny
\t\tjump filter_IN_public_allow
\t\tmeta l4proto { icmp, ipv6-icmp } accept
\t}
\tchain filter_IN_public_deny { }
\tchain filter_IN_public_allow {
\t\ttcp dport 22 ct state { new, untracked } accept
\t\tip saddr 10.0.0.0/8 tcp dport 20004 ct state { new, untracked } accept
\t\tip6 daddr fe80::/64 udp dport 546 ct state { new, untracked } accept
\t}
}
"""


@pytest.mark.parametrize(("port", "expected"), [(22, ANY), (23, NONE), (20004, "10.0.0.0/8")])
def test_nft_rules_of_firewalld(port: int, expected: str) -> None:
    assert told(firewall_nft.accepts(firewall_nft.read_rule_set(FIREWALLD), Connection(port, ETH0))) == expected


def test_every_base_chain_must_accept() -> None:
    first = "table inet a {\n chain i {\n type filter hook input priority 0; policy accept;\n accept\n }\n}\n"
    second = "table ip b {\n chain i {\n type filter hook input priority 5; policy drop;\n tcp dport 80 accept\n }\n}\n"
    rule_set = firewall_nft.read_rule_set(first + second)
    assert told(firewall_nft.accepts(rule_set, Connection(80))) == ANY
    assert told(firewall_nft.accepts(rule_set, Connection(22))) == NONE


def test_chains_of_other_hooks_and_families_do_not_count() -> None:
    text = "".join(
        f"table {family} t {{\n chain c {{\n type {kind} hook {hook} priority 0; policy drop;\n }}\n}}\n"
        for family, kind, hook in [("ip6", "filter", "input"), ("ip", "nat", "input"), ("inet", "filter", "forward")]
    )
    assert told(firewall_nft.accepts(firewall_nft.read_rule_set(text), Connection(22))) == ANY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flush ruleset\n", ANY),
        ('include "/etc/nftables.d/*.nft"\n', UNKNOWN),
        ("#!/usr/sbin/nft -f\ntable inet f {\n\tchain i {\n\t\ttype filter hook input priority 0;\n}\n}\n", ANY),
        ("add table inet f\nadd chain inet f i { type filter hook input priority 0 ; policy drop ; }\n"
         "add rule inet f i tcp dport 22 accept\n", ANY),
        ("add table f\nadd chain f i { type filter hook input priority 0 ; policy drop ; }\n", NONE),
        ("table inet f { chain i { type filter hook input priority 0; policy $p; } }\n", UNKNOWN),
        ("define x = {\n 10.0.0.1,\n 10.0.0.2\n}\n", ANY),
        ("what is this\n", UNKNOWN),
        ("{" * 200, UNKNOWN),
    ],
)  # fmt: skip
def test_files_of_nftables(text: str, expected: str) -> None:
    assert told(firewall_nft.accepts(firewall_nft.read_rule_set(text), Connection(22))) == expected


def test_a_doubt_that_leads_to_the_same_end_is_none() -> None:
    rules = [Rule(DENY, doubt="?"), Rule(JUMP, "c", doubt="?")]
    assert judge({"INPUT": rules, "c": [Rule(DENY)]}, "INPUT", DENY) == Outcome(False)


def test_a_doubt_inside_a_doubtful_chain_stays_one() -> None:
    chains = {"INPUT": [Rule(JUMP, "c", doubt="first")], "c": [Rule(ACCEPT, doubt="second"), Rule(DENY)]}
    assert isinstance(judge(chains, "INPUT", ACCEPT).allowed, Unknown)


def test_what_follows_a_doubtful_return_is_doubtful() -> None:
    chains = {"INPUT": [Rule(RETURN, doubt="?"), Rule(ACCEPT)]}
    assert isinstance(judge(chains, "INPUT", DENY).allowed, Unknown)


def test_different_limits_of_two_rule_sets_are_not_merged() -> None:
    both = [Outcome(True, ("10.0.0.0/8",)), Outcome(True, ("192.168.0.0/16",))]
    assert isinstance(all_of(both).allowed, Unknown)
    assert all_of([Outcome(True), both[0]]) == both[0]


def test_what_may_refuse_before_a_rule_for_some_sources_makes_it_undecided() -> None:
    accept = "-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 20004 -j ACCEPT"
    doubtful = "-A INPUT -m set --match-set banned src -j DROP"
    assert iptables(f"{doubtful}\n{accept}", 20004) == UNKNOWN
    assert iptables(f"{accept}\n{doubtful}", 20004) == "10.0.0.0/8"


def test_set_over_several_lines_is_read() -> None:
    assert nft("tcp dport { 21,\n\t22 } accept") == ANY
