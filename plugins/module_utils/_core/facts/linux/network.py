# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network adapters, /etc/hosts and name servers. Private to this collection."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from ...collector.read import command, file, names
from ...collector.recording import Recording
from ..fact import Element, Fact, Subject, Unknown, Value
from . import adapters as network_adapters

HOSTS = file("/etc/hosts")
HOST_NAME = file("/proc/sys/kernel/hostname")
RESOLVER = file("/etc/resolv.conf")
#: The files of cloud-init that may say so, the ones that win last; the last file holds what the cloud handed in.
CLOUD_INIT = command(
    "cloud-init hosts",
    "test ! -d /etc/cloud || grep -hE '^[[:space:]]*manage_etc_hosts' /etc/cloud/cloud.cfg /etc/cloud/cloud.cfg.d/*.cfg"
    " /var/lib/cloud/instance/cloud-config.txt",
)
CLOUD_INIT_OFF = names("/etc/cloud/cloud-init.disabled")
#: Asks the machine's own resolver, so it may ask a name server.
FULL_NAME = command("full host name", "hostname -f")


def hosts_entries(text: str) -> list[tuple[str, list[str]]]:
    """Return address and lower-case names of every line of a hosts file that maps something."""
    entries: list[tuple[str, list[str]]] = []
    # As the resolver reads it: only a line feed ends a line, and only these characters part words.
    for line in text.split("\n"):
        words = re.findall(r"[^ \t\v\f\r]+", line.partition("#")[0])
        try:
            address = str(ipaddress.ip_address(re.sub("%.*", "", words[0]) if ":" in words[0] else words[0]))
        except (ValueError, IndexError):
            continue
        if len(words) < 2:
            continue
        entries.append((address, [_printable(word).lower() for word in words[1:]]))
    return entries


def _printable(text: str) -> str:
    """Return the text with bytes that are not UTF-8 marked, so that it can be written as JSON."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _entries(recording: Recording) -> list[tuple[str, list[str]]] | Unknown:
    answer = recording.answer(HOSTS)
    if answer.status.name == "ABSENT":
        return []
    return hosts_entries(answer.text) if answer.answered else Unknown(answer.reason)


def _unmapped(
    addresses: list[str] | Unknown, entries: list[tuple[str, list[str]]] | Unknown, recording: Recording
) -> list[str] | Unknown:
    host = recording.answer(HOST_NAME)
    name = host.text.strip().lower()
    if isinstance(addresses, Unknown):
        return addresses
    if isinstance(entries, Unknown):
        return entries
    if not host.answered or not name:
        return Unknown(host.reason if not host.answered else "the host name is empty")
    accepted = {name, name.partition(".")[0]}
    mapped = {address for address, aliases in entries if accepted & set(aliases)}
    return [address for address in addresses if address not in mapped]


def _managed_by_cloud_init(recording: Recording) -> bool | Unknown:
    if recording.answer(CLOUD_INIT_OFF).text.strip():
        return False
    answer = recording.answer(CLOUD_INIT)
    if not answer.answered:
        return Unknown(answer.reason)
    found = re.findall(r"^\s*manage_etc_hosts\s*:\s*[\"']?([^\s\"'#]*)", answer.text, re.MULTILINE)
    if "Permission denied" in answer.text:
        return Unknown("a file of cloud-init could not be read without root rights")
    if answer.code not in (0, 1) and "No such file" not in answer.text:
        return Unknown(answer.reason)
    # With "localhost" it only looks after the entry of the loopback address, and leaves all others alone.
    return bool(found) and found[-1].lower() not in ("false", "no", "off", "0", "", "localhost")


def _full_name(recording: Recording) -> str | Unknown:
    answer = recording.answer(FULL_NAME)
    if answer.answered and answer.code == 0:
        return _printable(answer.text.strip())
    if answer.answered and re.search("not known|unknown host", answer.text, re.IGNORECASE):
        return ""
    return Unknown(answer.reason)


def _resolver(recording: Recording) -> tuple[list[str], list[str]] | Unknown:
    answer = recording.answer(RESOLVER)
    if answer.status.name == "ABSENT":
        return [], []
    if not answer.answered:
        return Unknown(answer.reason)
    servers: list[str] = []
    domains: list[str] = []
    for line in answer.lines:
        words = _printable(line).split()
        if len(words) > 1 and words[0] == "nameserver":
            servers.append(words[1])
        elif len(words) > 1 and words[0] in ("search", "domain"):
            domains = words[1:]  # the last one holds
    return servers, domains


def _parse(recording: Recording) -> Mapping[str, Value]:
    found = network_adapters.adapters(recording)
    addresses = found if isinstance(found, Unknown) else network_adapters.host_addresses(found)
    entries = _entries(recording)
    resolver = _resolver(recording)
    return {
        "adapters": found if isinstance(found, Unknown) else [_plain(adapter) for adapter in found],
        "adapter_count": found if isinstance(found, Unknown) else sum(not adapter.virtual for adapter in found),
        "host_addresses": addresses if isinstance(addresses, Unknown) else list(addresses),
        "hosts_entries": _listed_entries(entries),
        "unmapped_addresses": _listed(_unmapped(addresses, entries, recording)),
        "hosts_managed_by_cloud_init": _managed_by_cloud_init(recording),
        "full_host_name": _full_name(recording),
        "nameservers": resolver if isinstance(resolver, Unknown) else _listed(resolver[0]),
        "search_domains": resolver if isinstance(resolver, Unknown) else _listed(resolver[1]),
    }


def _listed(found: list[str] | Unknown) -> Value:
    return found if isinstance(found, Unknown) else [*found]


def _listed_entries(entries: list[tuple[str, list[str]]] | Unknown) -> Value:
    return entries if isinstance(entries, Unknown) else [{"address": at, "names": [*named]} for at, named in entries]


def _plain(adapter: network_adapters.Adapter) -> Value:
    addresses: Value
    if isinstance(adapter.addresses, Unknown):
        addresses = adapter.addresses
    else:
        hidden = Unknown("the length of the network is not shown")
        addresses = [
            {
                "address": address.address,
                "prefix_length": hidden if address.prefix_length is None else address.prefix_length,
                "family": address.family,
            }
            for address in adapter.addresses
        ]
    return {
        "name": _printable(adapter.name),
        "mac": _printable(adapter.mac),
        "virtual": adapter.virtual,
        "up": adapter.up,
        "addresses": addresses,
    }


_ADAPTERS = network_adapters.READS
_SOURCE = "/sys/class/net, ip addr or ifconfig"

SUBJECT = Subject(
    "network",
    (
        Fact(
            "network.adapters",
            "list",
            "All network adapters but the loopback one.",
            _SOURCE,
            _ADAPTERS,
            elements=(
                Element("name", "str", "The kernel's name of the adapter."),
                Element("mac", "str", "The hardware address; empty where it has none."),
                Element("virtual", "bool", "Whether software made it: a bridge, a bond, a VLAN, a container's end."),
                Element("up", "bool", "Whether it has a link."),
                Element("addresses", "list", "address, prefix_length (in bits) and family (4 or 6) of each address."),
            ),
        ),
        Fact("network.adapter_count", "int", "How many adapters are not virtual.", _SOURCE, _ADAPTERS, "adapters"),
        Fact(
            "network.host_addresses",
            "list",
            "IPv4 addresses of real adapters and of the bonds, teams, VLANs and bridges over them, without link-local "
            "ones and without virtual addresses of the length 32.",
            _SOURCE,
            _ADAPTERS,
        ),
        Fact(
            "network.hosts_entries",
            "list",
            "The lines of /etc/hosts.",
            "/etc/hosts",
            (HOSTS,),
            elements=(
                Element("address", "str", "The IP address."),
                Element("names", "list", "The name and the aliases, in lower case."),
            ),
        ),
        Fact(
            "network.unmapped_addresses",
            "list",
            "Host addresses that no line of /etc/hosts maps to the host name or its first label.",
            f"{_SOURCE}, /etc/hosts, /proc/sys/kernel/hostname",
            (*_ADAPTERS, HOSTS, HOST_NAME),
        ),
        Fact(
            "network.hosts_managed_by_cloud_init",
            "bool",
            "Whether cloud-init writes /etc/hosts anew at every start (manage_etc_hosts, but not its value localhost).",
            "/etc/cloud and the data of the instance",
            (CLOUD_INIT, CLOUD_INIT_OFF),
        ),
        Fact(
            "network.full_host_name",
            "str",
            "The name by which the machine's own resolver calls it; empty where it finds none. It may ask a name "
            "server. Only for planning a fix: no audit collects it.",
            "hostname -f",
            (FULL_NAME,),
        ),
        Fact("network.nameservers", "list", "The name servers in use.", "/etc/resolv.conf", (RESOLVER,)),
        Fact("network.search_domains", "list", "Domains that names are tried in.", "/etc/resolv.conf", (RESOLVER,)),
    ),
    _parse,
)
