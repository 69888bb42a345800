# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network adapters and which of their addresses are the machine's own. Private to this collection."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ...collector.read import Read, command, directories, names, values
from ...collector.recording import Recording
from ..fact import Unknown

ADDRESSES = command("ip addresses", "ip -o addr show")
#: Minimal installations of old systems have no "ip".
IFCONFIG = command("ifconfig", "command -v ip >/dev/null || ifconfig -a")
PLACES = directories("/sys/class/net/*", "/sys/class/net/*/master")
ATTRIBUTES = values(*(f"/sys/class/net/*/{name}" for name in ("address", "operstate", "type", "flags")))
#: Bonds, bridges, VLANs and teams: what stands on what. Old kernels have no "lower_" links.
PARTS = names("/sys/class/net/*/lower_*", "/sys/class/net/*/brif/*", "/sys/class/net/*/bonding", "/proc/net/vlan/*")
READS: tuple[Read, ...] = (ADDRESSES, IFCONFIG, PLACES, ATTRIBUTES, PARTS)

#: Names of adapters that container engines, hypervisors and tunnels make.
_FOREIGN = re.compile(
    r"lo|docker\d*|docker_gwbridge|br-[0-9a-f]{12}|(cni|podman|virbr|veth|vnet|lxcbr|lxdbr|tap|tun|wg|cali|flannel|weave"
    r"|cilium|kube|nodelocaldns|dummy|ifb|sit|gre|ip6tnl|tunl|vxlan|erspan|vmnet|vboxnet|macvtap|ovs-system|ppp).*"
)
_ETHERNET_AND_INFINIBAND = ("1", "32")


@dataclass(frozen=True)
class Address:
    """An address of an adapter; ``prefix_length`` is ``None`` where it was not shown."""

    address: str
    prefix_length: int | None
    family: int


@dataclass(frozen=True)
class Adapter:
    """A network adapter.

    ``virtual``: made by software. ``own``: its addresses belong to the machine itself and not to its guests,
    containers or tunnels: real adapters, and bonds, teams, VLANs and bridges over them.
    """

    name: str
    mac: str
    virtual: bool
    own: bool
    up: bool | Unknown
    addresses: tuple[Address, ...] | Unknown = ()


def adapters(recording: Recording) -> list[Adapter] | Unknown:
    """Return all adapters but the loopback one, in the order of their names.

    Where all are virtual, as in a container, those without a name of an engine or tunnel are the machine's own and
    counted as real.
    """
    for read in (PLACES, ATTRIBUTES, PARTS):
        answer = recording.answer(read)
        if not answer.answered or answer.code != 0:
            return Unknown(answer.reason)
    links = [line.partition("\t") for line in recording.answer(PLACES).lines]
    paths = {link.rpartition("/")[2]: path for link, _tab, path in links if not link.endswith("/master")}
    paths.pop("lo", None)
    attributes = _attributes(recording)
    real = {name for name, path in paths.items() if "/virtual/" not in path} or {
        name for name in paths if not _FOREIGN.fullmatch(name)
    }
    own = real | _standing_on(real, paths, recording)
    addresses = _addresses(recording)
    return [
        Adapter(
            name,
            attributes.get((name, "address"), ""),
            name not in real or attributes.get((name, "type"), "1") not in _ETHERNET_AND_INFINIBAND,
            name in own,
            _up(attributes.get((name, "operstate"), ""), attributes.get((name, "flags"), "")),
            addresses if isinstance(addresses, Unknown) else tuple(addresses.get(name, ())),
        )
        for name in sorted(paths)
    ]


def host_addresses(found: Iterable[Adapter]) -> list[str] | Unknown:
    """Return the IPv4 addresses of the machine's own adapters, without loopback, link-local and virtual ones.

    A virtual address, as keepalived and cluster managers set it, is recognised when it has the length 32 beside a
    longer network on the same adapter; one that was set with the length of its network looks like any other.
    """
    result: list[str] = []
    for adapter in found:
        if not adapter.own:
            continue
        if isinstance(adapter.addresses, Unknown):
            return adapter.addresses
        fourth = [address for address in adapter.addresses if address.family == 4]
        in_network = any(address.prefix_length not in (32, None) for address in fourth)
        for address in fourth:
            parsed = ipaddress.ip_address(address.address)
            if parsed.is_link_local or parsed.is_loopback or (in_network and address.prefix_length == 32):
                continue
            if address.address not in result:
                result.append(address.address)
    return result


def _attributes(recording: Recording) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for line in recording.answer(ATTRIBUTES).lines:
        path, tab, value = line.partition("\t")
        parts = path.split("/")
        if tab and len(parts) == 6:
            found[parts[4], parts[5]] = value
    return found


def _up(state: str, flags: str) -> bool | Unknown:
    if state in ("up", "down", "dormant", "lowerlayerdown", "notpresent", "testing"):
        return state == "up"
    if re.fullmatch(r"0x[0-9a-f]{1,8}", flags):
        return bool(int(flags, 16) & 1)  # drivers that do not tell: whether it was switched on
    return Unknown("the state of the adapter is not shown")


def _standing_on(real: set[str], paths: Mapping[str, str], recording: Recording) -> set[str]:
    """Return the virtual adapters that stand on a real one, directly or through others."""
    below: dict[str, set[str]] = {}
    own: set[str] = set()
    for line in recording.answer(PLACES).lines:
        link, _tab, master = line.partition("\t")
        if link.endswith("/master"):
            below.setdefault(master.rpartition("/")[2], set()).add(link.split("/")[-2])
    for path in recording.answer(PARTS).lines:
        parts = path.split("/")
        if path.startswith("/proc/net/vlan/"):
            own.add(parts[-1])
        elif len(parts) < 6:
            continue
        elif parts[-1].startswith("lower_") or parts[-2] == "brif":
            below.setdefault(parts[4], set()).add(parts[-1].removeprefix("lower_"))
        elif parts[-1] == "bonding":
            own.add(parts[4])
    # Open vSwitch does not show on which adapters its bridges stand.
    if "ovs-system" in paths:
        own |= {name for name in paths if not _FOREIGN.fullmatch(name)}
    growing = True
    while growing:
        grown = {name for name, lower in below.items() if lower & (real | own)} & set(paths)
        growing = bool(grown - own)
        own |= grown
    return own


def _addresses(recording: Recording) -> dict[str, list[Address]] | Unknown:
    answer = recording.answer(ADDRESSES)
    lines: Iterator[tuple[str, Address]]
    if answer.answered and answer.code == 0:
        lines = _from_ip(answer.lines)
    else:
        other = recording.answer(IFCONFIG)
        if not other.answered or other.code != 0 or not other.text:
            return Unknown(answer.reason)
        lines = _from_ifconfig(other.lines)
    found: dict[str, list[Address]] = {}
    for name, address in lines:
        found.setdefault(name, []).append(address)
    return found


def _from_ip(lines: Iterable[str]) -> Iterator[tuple[str, Address]]:
    for line in lines:
        found = re.match(r"\d+: ([^\s:@]+)\S* +(inet6?) (\S+)(?: peer (\S+))?", line)
        if found is not None:
            address = _address(found[3], (found[4] or found[3]).partition("/")[2])
            if address is not None:
                yield found[1], address


def _from_ifconfig(lines: Iterable[str]) -> Iterator[tuple[str, Address]]:
    name = ""
    for line in lines:
        begin = re.match(r"([^\s:]+)(?::\d+)?:?\s", line)  # eth0:1 is a second address of eth0
        name = begin[1] if begin else name
        found = re.search(r"\binet6? (?:addr: ?)?(\S+)", line)
        length = re.search(r"(?:Mask:|netmask |prefixlen )(\S+)", line)
        address = _address(found[1], length[1] if length else found[1].partition("/")[2]) if found else None
        if address is not None:
            yield name, address


def _address(text: str, length: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("/")[0].partition("%")[0])
        network = ipaddress.ip_network(f"{'::' if address.version == 6 else '0.0.0.0'}/{length}") if length else None
    except ValueError:
        return None
    result = Address(str(address), None, address.version)
    return replace(result, prefix_length=network.prefixlen) if network else result
