# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of network adapters, their addresses and /etc/hosts."""

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import adapters, network
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    names,
    recording,
    values,
)

AnswerDict = dict[Read, "str | Status | Printed"]
VIRTUAL = "/sys/devices/virtual/net"
REAL = "/sys/devices/pci0000:00/0000:00:03.0/net"

#: A machine with a bridge over a real adapter, a container engine, a tunnel and a virtual address (iproute2 6.1).
IP = """\
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
3: eth0    inet 10.0.0.4/24 scope global eth0\\       valid_lft forever preferred_lft forever
3: eth0    inet 10.0.0.50/32 scope global eth0\\       valid_lft forever preferred_lft forever
3: eth0    inet 169.254.3.4/16 scope global eth0\\       valid_lft forever preferred_lft forever
3: eth0    inet 10.0.0.9/24 scope global secondary eth0\\       valid_lft forever preferred_lft forever
4: docker0    inet 172.17.0.1/16 scope global docker0\\       valid_lft forever preferred_lft forever
4: docker0    inet6 fe80::8062:a6ff:fee0:119/64 scope link tentative \\       valid_lft forever preferred_lft forever
5: br0    inet 192.168.7.2/24 scope global br0\\       valid_lft forever preferred_lft forever
6: tun0    inet 10.8.0.2 peer 10.8.0.1/32 scope global tun0\\       valid_lft forever preferred_lft forever
"""
#: net-tools of Debian 12, and of RHEL 6.
IFCONFIG = """\
br0: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500
        inet 192.168.7.2  netmask 255.255.255.0  broadcast 0.0.0.0
        ether 62:85:53:f9:26:10  txqueuelen 1000  (Ethernet)

eth0: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500
        inet 10.0.0.4  netmask 255.255.255.0  broadcast 0.0.0.0
        inet6 fe80::8062:a6ff:fee0:119  prefixlen 64  scopeid 0x20<link>
"""
IFCONFIG_OLD = """\
br0       Link encap:Ethernet  HWaddr 62:85:53:F9:26:10
          inet addr:192.168.7.2  Bcast:192.168.7.255  Mask:255.255.255.0

eth0      Link encap:Ethernet  HWaddr 00:0C:29:3E:2B:11
          inet addr:10.0.0.4  Bcast:10.0.0.255  Mask:255.255.255.0
          inet6 addr: fe80::20c:29ff:fe3e:2b11/64 Scope:Link

eth0:1    Link encap:Ethernet  HWaddr 00:0C:29:3E:2B:11
          inet addr:10.0.0.9  Bcast:10.0.0.255  Mask:255.255.255.0
"""


def machine(places: dict[str, str], *parts: str, ip: str = IP, hosts: str = "", name: str = "web01") -> AnswerDict:
    attributes = {f"/sys/class/net/{adapter}/operstate": "up" for adapter in places}
    attributes |= {f"/sys/class/net/{adapter}/type": "1" for adapter in places}
    attributes |= {f"/sys/class/net/{adapter}/address": "00:0c:29:3e:2b:11" for adapter in places}
    return {
        adapters.PLACES: values({f"/sys/class/net/{adapter}": path for adapter, path in places.items()}),
        adapters.ATTRIBUTES: values(attributes),
        adapters.PARTS: names(*parts),
        adapters.ADDRESSES: ip,
        adapters.IFCONFIG: "",
        network.HOSTS: hosts,
        network.HOST_NAME: f"{name}\n",
        network.RESOLVER: "",
        network.CLOUD_INIT: "",
        network.CLOUD_INIT_OFF: "",
    }


PLACES = {
    "br0": f"{VIRTUAL}/br0",
    "docker0": f"{VIRTUAL}/docker0",
    "eth0": f"{REAL}/eth0",
    "eth1": f"{REAL}/eth1",
    "lo": f"{VIRTUAL}/lo",
    "tun0": f"{VIRTUAL}/tun0",
    "veth12": f"{VIRTUAL}/veth12",
}
PARTS = ("/sys/class/net/br0/lower_eth1", "/sys/class/net/br0/brif/eth1", "/sys/class/net/docker0/lower_veth12")


def parse(answers: AnswerDict, user: int = 0) -> dict[str, object]:
    return dict(network.SUBJECT.parse(recording(answers, user=user)))


def one_line(address: str, adapter: str) -> str:
    return f"2: {adapter}    inet {address} scope global {adapter}\\       valid_lft forever preferred_lft forever\n"


def test_own_addresses_leave_out_guests_tunnels_link_local_and_virtual_ones() -> None:
    assert parse(machine(PLACES, *PARTS))["host_addresses"] == ["192.168.7.2", "10.0.0.4", "10.0.0.9"]


def test_adapters_are_told_with_their_addresses() -> None:
    facts = parse(machine(PLACES, *PARTS))
    found = facts["adapters"]
    assert isinstance(found, list)
    assert [adapter["name"] for adapter in found] == ["br0", "docker0", "eth0", "eth1", "tun0", "veth12"]
    assert found[2]["addresses"][0] == {"address": "10.0.0.4", "prefix_length": 24, "family": 4}
    assert found[1]["addresses"][1] == {"address": "fe80::8062:a6ff:fee0:119", "prefix_length": 64, "family": 6}
    assert found[4]["addresses"] == [{"address": "10.8.0.2", "prefix_length": 32, "family": 4}]
    assert [adapter["virtual"] for adapter in found] == [True, True, False, False, True, True]
    assert facts["adapter_count"] == 2


@pytest.mark.parametrize(
    ("adapter", "parts"),
    [
        ("bond0", ("/sys/class/net/bond0/bonding",)),
        ("bond0", ("/sys/class/net/bond0/lower_eth0",)),
        ("team0", ("/sys/class/net/team0/lower_eth0",)),
        ("eth0.100", ("/proc/net/vlan/config", "/proc/net/vlan/eth0.100")),
        ("vlan7", ("/proc/net/vlan/config", "/proc/net/vlan/vlan7")),
        ("br-ex", ("/sys/class/net/br-ex/lower_bond0", "/sys/class/net/bond0/bonding")),
        ("br0", ("/sys/class/net/br0/brif/eth0",)),
    ],
)
def test_what_stands_on_a_real_adapter_is_the_machines_own(adapter: str, parts: tuple[str, ...]) -> None:
    places = {"eth0": f"{REAL}/eth0", adapter: f"{VIRTUAL}/{adapter}", "bond0": f"{VIRTUAL}/bond0"}
    facts = parse(machine(places, *parts, ip=one_line("10.2.0.4/24", adapter)))
    assert facts["host_addresses"] == ["10.2.0.4"]


def test_a_team_is_found_by_the_master_of_its_members() -> None:
    answers = machine({"eth0": f"{REAL}/eth0", "team0": f"{VIRTUAL}/team0"}, ip=one_line("10.2.0.4/24", "team0"))
    answers[adapters.PLACES] = f"{answers[adapters.PLACES]}/sys/class/net/eth0/master\t{VIRTUAL}/team0\n"
    assert parse(answers)["host_addresses"] == ["10.2.0.4"]


@pytest.mark.parametrize("adapter", ["virbr0", "br-0123456789ab", "cni0", "podman1", "flannel.1", "dummy0", "wg0"])
def test_addresses_of_guests_and_tunnels_are_not_the_machines_own(adapter: str) -> None:
    places = {"eth0": f"{REAL}/eth0", adapter: f"{VIRTUAL}/{adapter}"}
    assert parse(machine(places, ip=one_line("10.2.0.4/24", adapter)))["host_addresses"] == []


def test_a_bridge_of_open_vswitch_is_the_machines_own() -> None:
    places = {"eth0": f"{REAL}/eth0", "ovs-system": f"{VIRTUAL}/ovs-system", "br-ex": f"{VIRTUAL}/br-ex"}
    assert parse(machine(places, ip=one_line("10.2.0.4/24", "br-ex")))["host_addresses"] == ["10.2.0.4"]


def test_a_machine_with_virtual_adapters_alone_owns_those_of_no_engine() -> None:
    places = {"eth0": f"{VIRTUAL}/eth0", "docker0": f"{VIRTUAL}/docker0"}
    facts = parse(machine(places))
    assert facts["host_addresses"] == ["10.0.0.4", "10.0.0.9"]
    assert facts["adapter_count"] == 1


def test_the_only_address_counts_also_with_length_32() -> None:
    facts = parse(machine({"eth0": f"{REAL}/eth0"}, ip=one_line("10.2.0.4/32", "eth0")))
    assert facts["host_addresses"] == ["10.2.0.4"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(IFCONFIG, ["192.168.7.2", "10.0.0.4"]), (IFCONFIG_OLD, ["192.168.7.2", "10.0.0.4", "10.0.0.9"])],
)
def test_ifconfig_tells_where_ip_is_missing(text: str, expected: list[str]) -> None:
    answers = machine(PLACES, *PARTS)
    answers |= {adapters.ADDRESSES: Status.ABSENT, adapters.IFCONFIG: text}
    assert parse(answers)["host_addresses"] == expected


@pytest.mark.parametrize("read", [adapters.PLACES, adapters.PARTS, adapters.ATTRIBUTES, adapters.ADDRESSES])
def test_addresses_are_unknown_without_one_of_their_reads(read: Read) -> None:
    answers = machine(PLACES, *PARTS)
    answers[read] = Status.UNREADABLE
    facts = parse(answers)
    assert isinstance(facts["host_addresses"], Unknown)
    assert isinstance(facts["unmapped_addresses"], Unknown)


@pytest.mark.parametrize(
    ("state", "flags", "expected"),
    [("up", "0x1003", True), ("down", "0x1003", False), ("unknown", "0x1003", True), ("unknown", "0x1002", False)],
)
def test_an_adapter_is_up_by_its_state_or_its_flags(state: str, flags: str, expected: bool) -> None:
    answers = machine({"eth0": f"{REAL}/eth0"})
    path = "/sys/class/net/eth0"
    answers[adapters.ATTRIBUTES] = values({f"{path}/operstate": state, f"{path}/flags": flags})
    found = parse(answers)["adapters"]
    assert isinstance(found, list)
    assert found[0]["up"] is expected


ONE = {"eth0": f"{REAL}/eth0"}


@pytest.mark.parametrize(
    ("hosts", "host_name", "expected"),
    [
        ("10.0.0.4 web01\n", "web01", []),
        ("10.0.0.4\tweb01.example.com\tweb01\t# the web server\n", "web01", []),
        ("10.0.0.4 WEB01.Example.COM Web01\r\n", "web01", []),
        ("10.0.0.4 alias web01\n", "web01.example.com", []),
        ("10.0.0.4 web01.example.com\n", "web01.example.com", []),
        ("10.0.0.4 web01.example.com\n", "web01", ["10.0.0.4"]),
        ("127.0.1.1 web01\n", "web01", ["10.0.0.4"]),
        ("#10.0.0.4 web01\n", "web01", ["10.0.0.4"]),
        ("10.0.0.4 # web01\n", "web01", ["10.0.0.4"]),
        ("10.0.0.44 web01\n", "web01", ["10.0.0.4"]),
        ("10.0.0.4 web010\n", "web01", ["10.0.0.4"]),
        ("::1 web01\n", "web01", ["10.0.0.4"]),
        ("# old\x0b10.0.0.4 web01\n", "web01", ["10.0.0.4"]),
        ("10.0.0.4\u2003web01\n", "web01", ["10.0.0.4"]),
        ("10.0.0.4%eth0 web01\n", "web01", ["10.0.0.4"]),
        ("10.0.0.4\x0bweb01\n", "web01", []),
        ("", "web01", ["10.0.0.4"]),
    ],
)
def test_addresses_that_hosts_does_not_map(hosts: str, host_name: str, expected: list[str]) -> None:
    answers = machine(ONE, ip=one_line("10.0.0.4/24", "eth0"), hosts=hosts, name=host_name)
    assert parse(answers)["unmapped_addresses"] == expected


def test_no_hosts_file_maps_nothing_and_an_unreadable_one_is_unknown() -> None:
    answers = machine(ONE, ip=one_line("10.0.0.4/24", "eth0"))
    answers[network.HOSTS] = Status.ABSENT
    assert parse(answers)["unmapped_addresses"] == ["10.0.0.4"]
    answers[network.HOSTS] = Printed("10.0.0.4 web01", truncated=True)
    assert isinstance(parse(answers)["unmapped_addresses"], Unknown)


def test_hosts_entries_keep_order_aliases_and_broken_bytes_apart() -> None:
    text = "10.0.0.4 web01 \udcff.example\nnonsense\n999.0.0.1 x\nfe80::1%eth0 link\n10.0.0.5\n"
    assert network.hosts_entries(text) == [("10.0.0.4", ["web01", "\ufffd.example"]), ("fe80::1", ["link"])]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", False),
        (Printed("", 1), False),
        ("manage_etc_hosts: true\n", True),
        ("manage_etc_hosts: template\n", True),
        ("  manage_etc_hosts: localhost\n", False),
        ("manage_etc_hosts: True\nmanage_etc_hosts: false\n", False),
        (Printed("grep: /var/lib/cloud/instance/cloud-config.txt: No such file or directory\n", 2), False),
        (Printed("grep: /etc/cloud/cloud.cfg.d/99.cfg: Permission denied\n", 2), None),
        (Status.TIMED_OUT, None),
    ],
)
def test_cloud_init_that_writes_hosts(answer: str | Printed | Status, expected: bool | None) -> None:
    answers = machine(ONE)
    answers[network.CLOUD_INIT] = answer
    found = parse(answers)["hosts_managed_by_cloud_init"]
    assert (None if isinstance(found, Unknown) else found) is expected


def test_a_cloud_init_that_is_off_writes_nothing() -> None:
    answers = machine(ONE)
    answers |= {
        network.CLOUD_INIT: "manage_etc_hosts: true\n",
        network.CLOUD_INIT_OFF: "/etc/cloud/cloud-init.disabled\n",
    }
    assert parse(answers)["hosts_managed_by_cloud_init"] is False


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("web01.example.com\n", "web01.example.com"),
        (Printed("hostname: Name or service not known\n", 1), ""),
        (Printed("hostname: web01: Unknown host\n", 1), ""),
        (Printed("hostname: Temporary failure in name resolution\n", 1), None),
        (Status.ABSENT, None),
        (Status.TIMED_OUT, None),
    ],
)
def test_full_host_name_is_what_the_resolver_says(answer: str | Printed | Status, expected: str | None) -> None:
    answers = machine(ONE)
    answers[network.FULL_NAME] = answer
    found = parse(answers)["full_host_name"]
    assert (None if isinstance(found, Unknown) else found) == expected


def test_name_servers_and_domains() -> None:
    answers = machine(ONE)
    answers[network.RESOLVER] = "# x\nnameserver 10.0.0.1\nnameserver fe80::1\ndomain a\nsearch b.example c.example\n"
    facts = parse(answers)
    assert (facts["nameservers"], facts["search_domains"]) == (["10.0.0.1", "fe80::1"], ["b.example", "c.example"])
