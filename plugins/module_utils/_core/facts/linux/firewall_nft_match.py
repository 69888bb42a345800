# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the conditions of a rule of nftables say of a connection. Private to this collection."""

from __future__ import annotations

import re
from typing import Union

from .firewall_chains import Connection
from .firewall_iptables import on_interface

#: What a condition says: it matches or not, for these sources only, or that is not understood.
Match = Union[bool, tuple[str, ...], None]


def matches(key: str, values: list[str], connection: Connection) -> Match:
    """Return whether one of the values is what the connection has for the key, such as "dport"."""
    values = [value.strip('"') for value in values]
    if not values or any(value.startswith(("@", "$", "{")) or not value for value in values):
        return None
    if key in ("iif", "iifname"):
        found = [None if value.isdigit() else on_interface(value, connection) for value in values]
        return True if True in found else None if None in found else False
    if key == "saddr":
        return _source(values)
    if key == "daddr":
        return True if "0.0.0.0/0" in values else False if all(map(_no_host, values)) else None
    if key in ("dport", "sport"):
        return _port(values, connection.port, key == "dport")
    if key == "state":
        return None if any(value.startswith("0x") for value in values) else "new" in values
    if key == "status":
        return False if set(values) <= {"dnat", "snat"} else None
    accepted = {"l4proto": ("tcp", "6"), "protocol": ("tcp", "6", "ip"), "nfproto": ("ipv4",)}
    return bool(set(values) & set(accepted.get(key, ("host", "unicast", "local"))))


def _source(values: list[str]) -> Match:
    if "0.0.0.0/0" in values:
        return True
    return False if all(map(_no_host, values)) else tuple(values)


def _no_host(address: str) -> bool:
    return re.match(r"127\.|(22[4-9]|23\d)\.|255\.255\.255\.255|.*:.*:", address) is not None


def _port(values: list[str], port: int, is_destination: bool) -> bool | None:
    found: bool | None = False
    for value in values:
        low, dash, high = ("22" if value == "ssh" else value).partition("-")
        if not re.fullmatch(r"\d{1,5} \d{1,5}", f"{low} {high if dash else low}"):
            found = None  # a name of a service
        elif is_destination and int(low) <= port <= int(high if dash else low):
            return True
        elif not is_destination:
            # The client takes a high port of its own choice.
            return True if int(low) <= 1024 and int(high or "0") >= 65535 else None
    return found
