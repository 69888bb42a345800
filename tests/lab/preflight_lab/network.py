# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One bridge on this machine, one network namespace and veth pair for each host."""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import json
import socket
from collections.abc import Sequence
from pathlib import Path

from preflight_lab.locks import held
from preflight_lab.places import (
    BRIDGE,
    CONTROLLER,
    LAB,
    LINK_PREFIX,
    NETNS_PREFIX,
    OWNER,
    PREFIX_LENGTH,
    TEST_NETS,
    netns,
)
from preflight_lab.shell import LabError, run

_ADAPTERS_MOST = 4
_NAME_MOST = 15 - len(LINK_PREFIX)  # the kernel's limit for a link's name is 15


@functools.cache
def subnet() -> str:
    """The first three numbers of the lab's network: the running lab's, or a test network that is free here."""
    used = []
    for route in json.loads(run(["ip", "-json", "-4", "route", "show", "table", "all"]) or "[]"):
        if route["dst"] != "default" and "/" in route["dst"]:
            used.append((route.get("dev"), ipaddress.ip_network(route["dst"], strict=False)))
    for dev, network in used:
        if dev == BRIDGE:
            return str(network.network_address).rpartition(".")[0]
    for prefix in TEST_NETS:
        wanted = ipaddress.ip_network(f"{prefix}.0/{PREFIX_LENGTH}")
        if not any(network.overlaps(wanted) for _dev, network in used):
            return prefix
    raise LabError("all three test networks (RFC 5737) are in use on this machine; free one of them")


def address(number: int) -> str:
    """The address with that last number in the lab's network."""
    return f"{subnet()}.{number}"


def bridge_is_up() -> bool:
    """Whether a lab has its bridge on this machine."""
    return _has_link(BRIDGE)


def claim() -> None:
    """Make the bridge, unless another lab has it."""
    with held("network"):
        _claim(address(CONTROLLER))


def _claim(here: str) -> None:
    if bridge_is_up():
        if not is_ours():
            owner = OWNER.read_text(encoding="utf-8").strip()
            raise LabError(f"another lab is up, in {owner}; take it down first: PREFLIGHT_LAB_DIR={owner} lab down")
    else:
        run(["ip", "link", "add", BRIDGE, "type", "bridge", "forward_delay", 0])
    OWNER.write_text(f"{LAB}\n", encoding="utf-8")
    run(["ip", "address", "replace", f"{here}/{PREFIX_LENGTH}", "dev", BRIDGE])
    run(["ip", "link", "set", BRIDGE, "up"])


def _has_link(name: str) -> bool:
    return name in (link for _index, link in socket.if_nameindex())


def is_ours() -> bool:
    """Whether the network is this lab's, or nobody's."""
    return not OWNER.exists() or OWNER.read_text(encoding="utf-8").strip() in ("", str(LAB))


def release() -> None:
    """Remove the bridge and forget the claim."""
    if not is_ours():
        return
    if bridge_is_up():
        run(["ip", "link", "delete", BRIDGE])
    OWNER.unlink(missing_ok=True)


def mac(ip: str) -> str:
    """A locally administered hardware address that follows from the IP address."""
    return "02:00:" + ":".join(f"{int(part):02x}" for part in ip.split("."))


def _outside(name: str, adapter: int = 0) -> str:
    """This machine's end of a host's veth pair."""
    wanted = f"{name}.{adapter}" if adapter else name
    short = wanted if len(wanted) <= _NAME_MOST else hashlib.sha256(wanted.encode()).hexdigest()[:_NAME_MOST]
    return f"{LINK_PREFIX}{short}"


def connect(name: str, ip: str, more: Sequence[Sequence[str]] = ()) -> None:
    """A fresh network namespace for a host, connected to the bridge; more addresses of eth0, of eth1, of eth2 …"""
    disconnect(name)
    with held("network"):
        run(["ip", "netns", "add", netns(name)])
        first = [f"{ip}/{PREFIX_LENGTH}", *(more[0] if more else ())]
        for number, addresses in enumerate((first, *more[1:])):
            _adapter(name, number, mac(ip), addresses)


def _adapter(name: str, number: int, hardware: str, addresses: Sequence[str]) -> None:
    space, outside, inside = netns(name), _outside(name, number), f"eth{number}"
    hardware = f"{hardware[:3]}{number:02x}{hardware[5:]}"
    run(["ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "address", hardware, "netns", space])
    run(["ip", "link", "set", outside, "master", BRIDGE, "up"])
    commands = ["link set lo up", *(f"address add {each} dev {inside}" for each in addresses), f"link set {inside} up"]
    run(["ip", "-n", space, "-batch", "-"], stdin="".join(f"{command}\n" for command in commands))


def disconnect(name: str) -> None:
    """Remove a host's veth pairs and its network namespace."""
    for number in range(_ADAPTERS_MOST):
        if _has_link(_outside(name, number)):
            run(["ip", "link", "delete", _outside(name, number)], check=False)
    if Path("/run/netns", netns(name)).exists():
        run(["ip", "netns", "delete", netns(name)], check=False)


def leftovers() -> list[str]:
    """Names of this lab's hosts that still have a network namespace."""
    if not is_ours():
        return []
    spaces = Path("/run/netns")
    found = spaces.glob(f"{NETNS_PREFIX}*") if spaces.is_dir() else ()
    return sorted(path.name[len(NETNS_PREFIX) :] for path in found)
