# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of what the firewalls of a machine let in now and after a reboot."""

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import (
    adapters,
    firewall,
    firewall_firewalld,
    firewall_keepers,
    firewall_kernel,
    firewall_ufw,
    sshd_config,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux import firewall_samples
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import (
    process,
    running,
    systemd,
    sysv,
    unit,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
    values,
)

AnswerDict = dict[Read, "str | Status | Printed"]
UNKNOWN = "unknown"
OPEN = (True, True, True, True)

NFT_DROPS = """\
table inet filter {
\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tct state established,related accept
\t\ttcp dport 22 accept
\t}
}
"""
RHEL6 = """\
*filter
:INPUT ACCEPT [0:0]
-A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT
-A INPUT -m state --state NEW -m tcp -p tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
COMMIT
"""
RICH_PORT = "<port port='20004' protocol='tcp'/>"
PUBLIC = """\
/etc/firewalld/firewalld.conf:DefaultZone=public
/usr/lib/firewalld/zones/public.xml:<?xml version="1.0" encoding="utf-8"?>
/usr/lib/firewalld/zones/public.xml:<zone>
/usr/lib/firewalld/zones/public.xml:  <service name="ssh"/>
/usr/lib/firewalld/zones/public.xml:  <service name="dhcpv6-client"/>
/usr/lib/firewalld/zones/public.xml:  <forward/>
/usr/lib/firewalld/zones/public.xml:</zone>
/usr/lib/firewalld/services/ssh.xml:<service><port protocol="tcp" port="22"/></service>
grep: /etc/firewalld/policies/*.xml: No such file or directory
"""


def machine(init: AnswerDict | None = None, **reads: str | Status | Printed) -> AnswerDict:
    ip = "2: eth0    inet 10.0.0.4/24 scope global eth0\\       valid_lft forever preferred_lft forever\n"
    return {
        **(init if init is not None else systemd()),
        adapters.PLACES: values({"/sys/class/net/eth0": "/sys/devices/pci0000:00/net/eth0"}),
        adapters.ATTRIBUTES: values({"/sys/class/net/eth0/operstate": "up"}),
        adapters.PARTS: "",
        adapters.ADDRESSES: ip,
        adapters.IFCONFIG: "",
        sshd_config.EFFECTIVE: reads.get("sshd", "port 22\n"),
        sshd_config.MAIN: Status.UNREADABLE,
        firewall_kernel.LEGACY: reads.get("legacy", ""),
        firewall_kernel.NFT: reads.get("nft", ""),
        firewall_kernel.IPTABLES_NFT: reads.get("iptables_nft", ""),
        firewall_firewalld.FILES: reads.get("firewalld", ""),
        firewall_ufw.UFW: reads.get("ufw", ""),
        firewall_ufw.SUSE: reads.get("suse", Status.ABSENT),
        firewall_keepers.IPTABLES: reads.get("iptables", Status.ABSENT),
        firewall_keepers.NETFILTER_PERSISTENT: reads.get("rules_v4", Status.ABSENT),
        firewall_keepers.NFTABLES[0]: reads.get("nftables", Status.ABSENT),
        firewall_keepers.NFTABLES[1]: Status.ABSENT,
    }


def parse(answers: AnswerDict, user: int = 0) -> dict[str, object]:
    facts = dict(firewall.SUBJECT.parse(recording(answers, user=user)))
    return {name: UNKNOWN if isinstance(value, Unknown) else value for name, value in facts.items()}


def allowed(facts: dict[str, object]) -> tuple[object, ...]:
    """Return SSH now and after a reboot, then the port of multi-VM consistency now and after a reboot."""
    return tuple(facts[f"{what}_allowed_{when}"] for what in ("ssh", "multi_vm") for when in ("now", "after_reboot"))


def test_no_firewall_lets_everything_in() -> None:
    facts = parse(machine())
    assert (facts["kind"], facts["running"], facts["multi_vm_sources"]) == ("none", False, [])
    assert allowed(facts) == OPEN


def test_no_firewall_lets_everything_in_to_whatever_port() -> None:
    assert allowed(parse(machine(sshd=Printed("", 1)), user=1000)) == OPEN


def test_firewalld_is_judged_by_the_kernel_now_and_by_its_files_later() -> None:
    init = systemd(unit("firewalld.service"), processes_found=running(process(50, "firewalld")))
    facts = parse(machine(init, nft=NFT_DROPS, firewalld=PUBLIC))
    assert (facts["kind"], facts["running"]) == ("firewalld", True)
    assert allowed(facts) == (True, True, False, False)


def test_what_was_opened_for_now_alone_is_closed_after_a_reboot() -> None:
    opened = NFT_DROPS.replace("dport 22", "dport { 22, 20004 }")
    facts = parse(machine(systemd(unit("firewalld.service")), nft=opened, firewalld=PUBLIC))
    assert allowed(facts) == (True, True, True, False)


def test_firewalld_that_was_stopped_comes_back() -> None:
    closed = PUBLIC.replace('<service name="ssh"/>', "")
    facts = parse(machine(systemd(unit("firewalld.service", ActiveState="inactive")), firewalld=closed))
    assert (facts["kind"], facts["running"]) == ("firewalld", False)
    assert allowed(facts) == (True, False, True, False)


def test_firewalld_that_is_disabled_does_not() -> None:
    init = systemd(unit("firewalld.service", ActiveState="inactive", UnitFileState="disabled", WantedBy=""))
    assert allowed(parse(machine(init, firewalld=PUBLIC))) == OPEN


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("<port port='20004' protocol='tcp'/>", (True, True)),
        ("<port port='20000-20010' protocol='tcp'/>", (True, True)),
        ("<port port='20004' protocol='udp'/>", (True, False)),
        ("<protocol value='tcp'/>", (True, True)),
        ("<rule family='ipv4'><source address='10.0.0.0/8'/><reject/></rule>", (UNKNOWN, False)),
        ("<rule><port port='20004' protocol='tcp'/><accept/></rule>", (True, True)),
        (f"<rule family='ipv4'><source address='10.0.0.0/8'/>{RICH_PORT}<accept/></rule>", (True, True)),
        (f"<rule family='ipv6'><source address='fd00::/8'/>{RICH_PORT}<accept/></rule>", (True, False)),
        (
            f"<rule family='ipv4'><source address='10.0.0.0/8' invert='True'/>{RICH_PORT}<accept/></rule>",
            (True, UNKNOWN),
        ),
        (f"<rule family='ipv4'><source ipset='group'/>{RICH_PORT}<accept/></rule>", (True, UNKNOWN)),
        (f"<rule priority='-1'>{RICH_PORT}<accept/></rule>", (True, UNKNOWN)),
        (f"<rule>{RICH_PORT}<log/></rule>", (True, False)),
        (f"<rule>{RICH_PORT}<accept/></rule><rule>{RICH_PORT}<drop/></rule>", (True, False)),
        ("<rule><service name='ssh'/><drop/></rule>", (False, False)),
        ("<rule><icmp-block name='echo-request'/></rule>", (True, False)),
        ("<forward-port port='22' protocol='tcp' to-port='2222'/>", (UNKNOWN, False)),
        ("<service name='own'/>", (True, True)),
        ("<service name='broken'/>", (True, UNKNOWN)),
        ("<service name='https'/>", (True, False)),
        ("<!DOCTYPE x [<!ENTITY a 'a'>]>", (UNKNOWN, UNKNOWN)),
        ("<unclosed>", (UNKNOWN, UNKNOWN)),
    ],
)
def test_zones_of_firewalld(lines: str, expected: tuple[object, object]) -> None:
    files = PUBLIC.replace("  <forward/>", lines)
    files += "/etc/firewalld/services/own.xml:<service><port port='20004' protocol='tcp'/></service>\n"
    files += "/etc/firewalld/services/broken.xml:<service>\n"
    facts = parse(machine(systemd(unit("firewalld.service")), firewalld=files))
    assert (facts["ssh_allowed_after_reboot"], facts["multi_vm_allowed_after_reboot"]) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("/etc/firewalld/zones/public.xml:<zone target='DROP'></zone>\n", False),
        ("/etc/firewalld/zones/trusted.xml:<zone target='ACCEPT'><interface name='eth1'/></zone>\n", True),
        ("/etc/firewalld/zones/work.xml:<zone target='DROP'><interface name='eth1'/></zone>\n", UNKNOWN),
        ("/etc/firewalld/zones/work.xml:<zone target='DROP'><source address='10.0.0.0/8'/></zone>\n", UNKNOWN),
        ("/etc/sysconfig/network-scripts/ifcfg-eth0:ZONE=missing\n", UNKNOWN),
        ("/etc/firewalld/policies/own.xml:<policy target='DROP'/>\n", UNKNOWN),
        ("/etc/firewalld/direct.xml:<direct></direct>\n", True),
        ("/etc/firewalld/direct.xml:<direct><rule>-j DROP</rule></direct>\n", UNKNOWN),
        ("grep: /etc/firewalld/firewalld.conf: Permission denied\n", UNKNOWN),
    ],
)
def test_what_else_firewalld_has(files: str, expected: object) -> None:
    facts = parse(machine(systemd(unit("firewalld.service")), firewalld=PUBLIC + files))
    assert facts["ssh_allowed_after_reboot"] == expected


def test_a_zone_of_sources_opens_for_them_alone() -> None:
    files = PUBLIC + "/etc/firewalld/zones/trusted.xml:<zone target='ACCEPT'><source address='10.0.0.0/8'/></zone>\n"
    facts = parse(machine(systemd(unit("firewalld.service")), firewalld=files))
    assert facts["multi_vm_allowed_after_reboot"] is True
    closed = parse(machine(systemd(unit("firewalld.service")), firewalld=files.replace('"ssh"', '"dhcp"')))
    assert closed["ssh_allowed_after_reboot"] == UNKNOWN


def test_ufw() -> None:
    init = systemd(unit("ufw.service", ActiveState="active"))
    saved = firewall_samples.UFW_SAVE
    facts = parse(machine(init, iptables_nft=saved, nft="table ip filter {\n}\n", ufw=firewall_samples.UFW_FILES))
    assert (facts["kind"], facts["running"], facts["multi_vm_sources"]) == ("ufw", True, ["10.0.0.0/8"])
    assert allowed(facts) == OPEN


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in", True),
        ("allow any any 0.0.0.0/0 any 0.0.0.0/0 in", True),
        ("allow tcp 20:25 0.0.0.0/0 any 0.0.0.0/0", True),
        ("allow_log tcp 22,80 0.0.0.0/0 any 0.0.0.0/0 in comment=6f", True),
        ("allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in_eth0", True),
        ("allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in_eth1", False),
        ("allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 out", False),
        ("allow udp 22 0.0.0.0/0 any 0.0.0.0/0 in", False),
        ("route:allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in", False),
        ("deny tcp 22 0.0.0.0/0 any 0.0.0.0/0 in", False),
        ("allow tcp 22 0.0.0.0/0 any 10.0.0.0/8 in", UNKNOWN),
        ("allow tcp 22 10.0.0.4 any 0.0.0.0/0 in", UNKNOWN),
        ("something else", UNKNOWN),
    ],
)
def test_rules_of_ufw_after_a_reboot(files: str, expected: object) -> None:
    text = '/etc/ufw/ufw.conf:ENABLED=yes\n/etc/default/ufw:DEFAULT_INPUT_POLICY="DROP"\n'
    text += f"/etc/ufw/user.rules:### tuple ### {files}\n"
    facts = parse(machine(systemd(unit("ufw.service")), ufw=text))
    assert (facts["kind"], facts["ssh_allowed_after_reboot"]) == ("ufw", expected)


def test_ufw_that_is_off_keeps_nothing() -> None:
    text = '/etc/ufw/ufw.conf:ENABLED=no\n/etc/default/ufw:DEFAULT_INPUT_POLICY="DROP"\n'
    assert allowed(parse(machine(systemd(unit("ufw.service")), ufw=text))) == OPEN


def test_iptables_of_an_old_machine() -> None:
    init = sysv("/etc/init.d/iptables", "/etc/rc3.d/S08iptables")
    facts = parse(machine(init, legacy=RHEL6, iptables=RHEL6))
    assert (facts["kind"], facts["running"]) == ("iptables", True)
    assert allowed(facts) == (True, True, False, False)


def test_rules_that_nothing_restores_leave_the_reboot_open() -> None:
    facts = parse(machine(sysv("/etc/rc3.d/S10network"), legacy=RHEL6, iptables=RHEL6))
    assert allowed(facts) == (True, True, False, UNKNOWN)


def test_an_enabled_nftables_service_loads_its_file() -> None:
    facts = parse(machine(systemd(unit("nftables.service")), nft=NFT_DROPS, nftables=firewall_samples.NFT_FILE))
    assert facts["kind"] == "nftables"
    assert (facts["ssh_allowed_now"], facts["ssh_allowed_after_reboot"]) == (True, True)


def test_rules_of_debian_that_are_loaded_at_start() -> None:
    facts = parse(machine(systemd(unit("netfilter-persistent.service")), rules_v4=RHEL6))
    assert allowed(facts) == (True, True, True, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('FW_SERVICES_EXT_TCP="ssh 80"\n', (True, False)),
        ('FW_SERVICES_EXT_TCP=""\nFW_CONFIGURATIONS_EXT="sshd"\n', (True, False)),
        ('FW_SERVICES_EXT_TCP="22 20000:20010"\n', (True, True)),
        ('FW_SERVICES_EXT_TCP=""\n', (False, False)),
        ('FW_SERVICES_EXT_TCP=""\nFW_TRUSTED_NETS="10.0.0.0/8"\n', (UNKNOWN, UNKNOWN)),
    ],
)
def test_susefirewall2_of_sles_11(text: str, expected: tuple[object, object]) -> None:
    init = sysv("/etc/init.d/SuSEfirewall2_setup", "/etc/init.d/rc3.d/S03SuSEfirewall2_setup")
    facts = parse(machine(init, suse=text))
    assert (facts["ssh_allowed_after_reboot"], facts["multi_vm_allowed_after_reboot"]) == expected


def test_without_root_rights_rules_are_unknown_and_not_absent() -> None:
    refused = Printed("", 77)
    facts = parse(machine(legacy=refused, nft=refused, iptables_nft=refused), user=1000)
    assert (facts["kind"], facts["running"]) == (UNKNOWN, UNKNOWN)
    assert allowed(facts) == (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


def test_without_root_rights_and_without_modules_nothing_filters() -> None:
    assert allowed(parse(machine(), user=1000)) == OPEN


def test_rules_that_no_program_can_show_are_unknown() -> None:
    facts = parse(machine(nft=Printed("", 78), iptables_nft=RHEL6))
    assert facts["ssh_allowed_now"] == UNKNOWN
    assert facts["multi_vm_allowed_now"] is False


def test_what_nft_cannot_translate_is_judged_by_iptables() -> None:
    listed, saved = firewall_samples.IPTABLES_NFT_LISTED, firewall_samples.IPTABLES_NFT_SAVE
    facts = parse(machine(nft=listed, iptables_nft=saved))
    assert (facts["kind"], facts["ssh_allowed_now"]) == ("iptables", True)
    # "! -s 10.0.0.0/8 -j DROP" stands before the rule for 192.168.0.0/16.
    assert facts["multi_vm_sources"] == UNKNOWN


def test_ssh_from_some_sources_alone_is_undecided() -> None:
    limited = NFT_DROPS.replace("tcp dport 22", "ip saddr 10.0.0.0/8 tcp dport { 22, 20004 }")
    facts = parse(machine(nft=limited))
    assert (facts["ssh_allowed_now"], facts["multi_vm_allowed_now"]) == (UNKNOWN, True)


def test_the_servers_own_port_is_asked_about() -> None:
    assert parse(machine(nft=NFT_DROPS, sshd="port 2222\n"))["ssh_allowed_now"] is False
    assert parse(machine(nft=NFT_DROPS, sshd="port 2222\nport 22\n"))["ssh_allowed_now"] is True
    assert parse(machine(nft=NFT_DROPS, sshd=Printed("", 1)))["ssh_allowed_now"] == UNKNOWN


@pytest.mark.parametrize("read", firewall_kernel.READS)
def test_every_program_that_lists_rules_is_guarded(read: Read) -> None:
    guard = read.arguments[1].split("-save", 1)[0] if read is firewall_kernel.LEGACY else read.arguments[1]
    assert read.arguments[1].startswith("test ")
    assert "|| exit 0;" in guard
    assert "-t nat" not in read.arguments[1]


def test_nothing_collected_is_all_unknown() -> None:
    assert set(parse({}).values()) == {UNKNOWN}
