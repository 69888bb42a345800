# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where rules go in texts: every other byte stays, whatever the text is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import firewall_iptables, firewall_nft
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.firewall_chains import (
    Connection,
    Outcome,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import (
    firewall_port_iptables,
    firewall_port_nft,
    firewall_port_zone,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Refusal
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.firewall_port_rules import Opening, Wish
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.firewall_samples import (
    IPTABLES,
    NFT_FILE,
    ZONE,
    file_fact,
)
from hypothesis import given
from hypothesis import strategies as st

CONNECTION = Connection(20004, frozenset(("eth0",)))
WANTED = [(Wish(CONNECTION, ("10.0.0.0/8",)), [Opening(20004, "10.0.0.0/8")])]
CHAIN = ("inet", "filter", "input")
IPTABLES_LINES = st.sampled_from(
    [
        "-A INPUT -j REJECT", "-A INPUT -j DROP", "-A INPUT -i lo -j ACCEPT", "-A INPUT -s 192.0.2.1/32 -j DROP",
        "-A INPUT -p udp -j DROP", "-A INPUT -m weird --thing -j DROP", "-A INPUT -j own", "-A own -j DROP",
        "[0:0] -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT", "# a comment \udcff", "", "*nat", "*filter", "COMMIT",
        ":INPUT DROP [0:0]", ":own - [0:0]", "-A INPUT", "-A INPUT -p tcp --dport 20004 -j REJECT",
    ]
)  # fmt: skip
NFT_LINES = st.sampled_from(
    [
        "\t\treject", "\t\ttcp dport 22 accept", "\t\ttcp dport { 22,", "\t\t80 } accept", "\t\tip saddr @s drop",
        "\t\tjump other", "\t\tudp dport 53 drop # }", "\t\tweird thing drop", "", "\t}", "\tchain other {", "}",
        "\t\tcounter drop; accept", '\t\tlog prefix "} {"', "\t\ttcp dport 1 \\", "include \"x\"", "\udcff",
    ]
)  # fmt: skip


def without(text: str, added: Sequence[str]) -> str:
    for line in added:
        assert text.count(line) == 1
        text = text.replace(line, "")
    return text


@given(st.lists(IPTABLES_LINES, max_size=14), st.sampled_from(["\n", "\r\n"]))
def test_iptables_file_keeps_every_other_byte_and_lets_in_what_is_wished(body: list[str], end: str) -> None:
    lines = [line + end for line in ["*filter", ":INPUT ACCEPT [0:0]", *body, "-A INPUT -j REJECT", "COMMIT"]]
    changed = firewall_port_iptables.with_rules(lines, WANTED, True, end, "the file")
    if isinstance(changed, Refusal):
        assert "by hand" in changed.reason
        return
    text = "".join(changed)
    assert without(text, [firewall_port_iptables.saved_line(Opening(20004, "10.0.0.0/8"), "INPUT", True) + end]) == (
        "".join(lines)
    )
    assert WANTED[0][0].missing(firewall_iptables.accepts(text, CONNECTION)) == []


@given(st.lists(NFT_LINES, max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_nftables_file_keeps_every_other_byte_and_lets_in_what_is_wished(
    body: list[str], end: str, last_end: bool
) -> None:
    begin = [
        "flush ruleset",
        "table inet filter {",
        "\tchain input {",
        "\t\ttype filter hook input priority 0; policy drop;",
    ]
    text = end.join([*begin, *body, "\t}", "}"]) + (end if last_end else "")
    changed = firewall_port_nft.with_rules(text, end, CHAIN, WANTED, "the file")
    if isinstance(changed, Refusal):
        assert "by hand" in changed.reason
        return
    [added] = [line for line in changed.split("\n") if "preflight.azure" in line]
    assert without(changed, [added + "\n"]) == text
    assert WANTED[0][0].missing(firewall_nft.accepts(firewall_nft.read_rule_set(changed), CONNECTION)) == []


def test_rule_in_a_file_of_nftables_goes_before_what_refuses_all() -> None:
    wished = [(Wish(Connection(443, frozenset(("eth0",)))), [Opening(443)])]
    changed = firewall_port_nft.with_rules(NFT_FILE, "\n", CHAIN, wished, "the file")
    assert isinstance(changed, str)
    assert '\t\t\t2222 } accept\n\t\ttcp dport 443 accept comment "preflight.azure:443"\n\t\tcounter reject' in changed


@pytest.mark.parametrize(
    "text",
    [
        "table inet filter { chain input { type filter hook input priority 0; policy drop; } }\n",
        "add table inet filter\nadd chain inet filter input { type filter hook input priority 0; policy drop; }\n",
    ],
)
def test_file_of_nftables_without_a_place_is_refused(text: str) -> None:
    changed = firewall_port_nft.with_rules(text, "\n", CHAIN, WANTED, "/etc/nftables.conf")
    assert isinstance(changed, Refusal)
    assert changed.reason.startswith("/etc/nftables.conf: no place was found")


def test_several_ports_are_numbered_as_they_are_put_in() -> None:
    ssh = (Wish(Connection(2222, frozenset(("eth0",)))), [Opening(2222)])
    numbers = firewall_port_iptables.live_places(IPTABLES, "INPUT", [ssh, *WANTED], "the rules")
    assert numbers == [5, 6]


def test_policy_that_refuses_is_met_at_the_end() -> None:
    text = "*filter\n:INPUT DROP [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n"
    assert firewall_port_iptables.live_places(text, "INPUT", WANTED, "the rules") == [2]


@pytest.mark.parametrize("text", ["<zone/>\n", "", "<zone></zone>\n", ZONE + "<!-- more -->\n"])
def test_zone_without_an_end_of_its_own_line_is_refused(text: str) -> None:
    zone: dict[str, Any] = {**file_fact("/etc/firewalld/zones/public.xml", text), "vendor_text": ""}
    refusal = firewall_port_zone.changed_zone(zone, WANTED)
    assert isinstance(refusal, Refusal)
    assert "expected </zone>" in refusal.reason


def test_zone_keeps_line_ends() -> None:
    zone: dict[str, Any] = {**file_fact("/z.xml", ZONE.replace("\n", "\r\n")), "vendor_text": ""}
    change = firewall_port_zone.changed_zone(zone, [(WANTED[0][0], [Opening(22)])])
    assert not isinstance(change, Refusal)
    added = '  <port port="22" protocol="tcp"/>'
    assert change[1].text == ZONE.replace("</zone>", f"{added}\n</zone>").replace("\n", "\r\n")


def test_wish_that_is_met_by_wider_networks_is_met() -> None:
    wish = Wish(CONNECTION, ("10.1.0.0/16", "192.0.2.7/32"))
    missing = wish.missing(Outcome(True, ("10.0.0.0/8", "somewhere")))
    assert missing == [Opening(20004, "192.0.2.7/32")]
