# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network adapters, addresses and name servers. Private to this collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import wmi
from ..fact import Element, Fact, Subject, Unknown, Value
from . import wmi_objects
from .wmi_objects import Properties

_CIMV2 = r"root\cimv2"
ADAPTERS = wmi(
    _CIMV2,
    "Win32_NetworkAdapter",
    *("Index", "Name", "NetConnectionID", "MACAddress", "PNPDeviceID", "NetConnectionStatus"),
)
CONFIGURATIONS = wmi(
    _CIMV2,
    "Win32_NetworkAdapterConfiguration",
    *("Index", "DHCPEnabled", "IPAddress", "IPSubnet", "DNSServerSearchOrder", "DNSDomainSuffixSearchOrder"),
    where="IPEnabled = true",
)
#: Where an adapter's identity begins like this, a program made it: teams, switches, tunnels, miniports.
_MADE_BY_PROGRAMS = ("ROOT\\", "SW\\", "SWD\\", "COMPOSITEBUS\\", "{")
_CONNECTED = "2"


def _prefix_length(mask: str) -> int | Unknown:
    """Return the length of a network from a mask (IPv4) or a number (IPv6)."""
    if mask.isdigit():
        return int(mask)
    try:
        return ipaddress.ip_network(f"0.0.0.0/{mask}").prefixlen
    except ValueError:
        return Unknown(f"expected the mask of a network, found {mask[:40]!r}")


def _addresses(configuration: Properties | None) -> list[Value]:
    if configuration is None:
        return []
    found: list[Value] = []
    addresses, masks = configuration.get("IPAddress", []), configuration.get("IPSubnet", [])
    for position, address in enumerate(addresses):
        mask = masks[position] if position < len(masks) else ""
        found.append({"address": address, "prefix_length": _prefix_length(mask), "family": 6 if ":" in address else 4})
    return found


def _by_index(objects: list[Properties]) -> dict[str, Properties]:
    return {properties.get("Index", ["?"])[0]: properties for properties in objects}


def _adapters(adapters: list[Properties], configurations: list[Properties]) -> list[Value]:
    by_index = _by_index(configurations)
    found: list[Value] = []
    for adapter in adapters:
        path = adapter.get("PNPDeviceID", [""])[0].upper()
        configuration = by_index.get(adapter.get("Index", [""])[0])
        virtual = not path or path.startswith(_MADE_BY_PROGRAMS)
        if virtual and configuration is None:
            continue  # a miniport or a tunnel that nothing uses
        name = adapter.get("NetConnectionID", adapter.get("Name", [""]))[0]
        dhcp: bool | Unknown = False
        if configuration is not None:
            dhcp = wmi_objects.flag(configuration, "DHCPEnabled")
        found.append(
            {
                "name": name,
                "mac": adapter.get("MACAddress", [""])[0].lower(),
                "virtual": virtual,
                "up": adapter.get("NetConnectionStatus", [""])[0] == _CONNECTED,
                "dhcp": dhcp,
                "addresses": _addresses(configuration),
            }
        )
    return found


def _host_addresses(configurations: list[Properties]) -> list[str]:
    found = []
    for configuration in configurations:
        for text in configuration.get("IPAddress", []):
            address = ipaddress.ip_address(text.partition("%")[0])
            if address.version == 4 and not address.is_link_local and not address.is_loopback:
                found.append(str(address))
    return list(dict.fromkeys(found))


def _static_addresses(configurations: list[Properties]) -> Value:
    found: list[Value] = []
    for configuration in configurations:
        dhcp = wmi_objects.flag(configuration, "DHCPEnabled")
        if isinstance(dhcp, Unknown):
            return dhcp
        if not dhcp:
            found.extend(_host_addresses([configuration]))
    return found


def _parse(recording: Recording) -> Mapping[str, Value]:
    adapters, configurations = wmi_objects.all_of(recording, ADAPTERS), wmi_objects.all_of(recording, CONFIGURATIONS)
    if isinstance(configurations, Unknown):
        return dict.fromkeys([fact.path.partition(".")[2] for fact in _FACTS], configurations)
    every = adapters if isinstance(adapters, Unknown) else _adapters(adapters, configurations)
    return {
        "adapters": every,
        "adapter_count": every if isinstance(every, Unknown) else sum(not _is_virtual(each) for each in every),
        "host_addresses": [*_host_addresses(configurations)],
        "static_addresses": _static_addresses(configurations),
        "nameservers": _each_once(configurations, "DNSServerSearchOrder"),
        "search_domains": _each_once(configurations, "DNSDomainSuffixSearchOrder"),
    }


def _is_virtual(adapter: Value) -> bool:
    return isinstance(adapter, dict) and adapter["virtual"] is True


def _each_once(configurations: list[Properties], name: str) -> list[Value]:
    return [*dict.fromkeys(entry for configuration in configurations for entry in configuration.get(name, []))]


_BOTH = (ADAPTERS, CONFIGURATIONS)
_WMI = "Win32_NetworkAdapterConfiguration"
_FACTS = (
    Fact(
        "network.adapters",
        "list",
        "The network adapters, without miniports and tunnels that nothing uses.",
        f"Win32_NetworkAdapter, {_WMI}",
        _BOTH,
        elements=(
            Element("name", "str", "The name of the connection."),
            Element("mac", "str", "The hardware address, in small letters; empty where it has none."),
            Element("virtual", "bool", "Whether a program made it: a team, a virtual switch, a tunnel."),
            Element("up", "bool", "Whether it is connected."),
            Element("dhcp", "bool", "Whether its IPv4 addresses come from DHCP."),
            Element("addresses", "list", "address, prefix_length (in bits) and family (4 or 6) of each address."),
        ),
    ),
    Fact(
        "network.adapter_count", "int", "How many adapters are not virtual.", "Win32_NetworkAdapter", _BOTH, "adapters"
    ),
    Fact("network.host_addresses", "list", "IPv4 addresses, without link-local ones.", _WMI, (CONFIGURATIONS,)),
    Fact("network.static_addresses", "list", "Those of them that do not come from DHCP.", _WMI, (CONFIGURATIONS,)),
    Fact("network.nameservers", "list", "The name servers in use.", _WMI, (CONFIGURATIONS,)),
    Fact("network.search_domains", "list", "Domains that names are tried in.", _WMI, (CONFIGURATIONS,)),
)

SUBJECT = Subject("network", _FACTS, _parse)
