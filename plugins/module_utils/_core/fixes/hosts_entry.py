# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines in /etc/hosts that map the host name to the addresses of all network adapters. Private."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from ..facts.fact import Facts, Json
from ..facts.linux.network import hosts_entries
from .contract import FILE_SCRIPTS, Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from .file_change import change_arguments, editable_file, with_text
from .hosts_entry_text import with_entries

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
#: What no machine may call itself; the lines of these names belong to the loopback addresses.
_LOOPBACK_NAMES = frozenset(
    (
        "localhost",
        "localhost4",
        "localhost6",
        "loopback",
        "ip6-localhost",
        "ip6-loopback",
        "localdomain",
        "broadcasthost",
    )
)


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    addresses, unmapped = _addresses(facts, "host_addresses"), _addresses(facts, "unmapped_addresses")
    if not addresses:
        return Refusal("no adapter has an IPv4 address, so there is nothing to map; give it one and audit again")
    if not unmapped:
        state: Json = {"without_entry": [], "lines": []}
        return Unchanged(state, "/etc/hosts maps the host name to every address")
    names = _names(facts, options, addresses)
    file = editable_file(facts, "hosts")
    for refusal in (names, file, _lost_at_boot(facts, options)):
        if isinstance(refusal, Refusal):
            return refusal
    if isinstance(names, Refusal) or isinstance(file, Refusal):
        return Refusal("/etc/hosts cannot be planned; change it by hand")
    edited = with_entries(file.text or "", unmapped, names)
    after = with_text(file, edited.text)
    left = _left(edited.text, unmapped, names)
    if left:
        return Refusal(f"no line could be made for {', '.join(left)}; add it to /etc/hosts by hand")
    return Plan(
        fix="hosts_entry",
        before={"without_entry": [*unmapped], "lines": [*edited.before]},
        after={"without_entry": [], "lines": [*edited.after]},
        found=file.state,
        wanted=after.state,
        arguments=tuple(change_arguments(file, after)),
        timeout_seconds=timeout_seconds(options),
    )


def _addresses(facts: Facts, name: str) -> list[str]:
    found = _network(facts, name)
    return [str(address) for address in found] if isinstance(found, list) else []


def _network(facts: Facts, name: str) -> Json:
    network = facts.tree["network"]
    return network.get(name) if isinstance(network, dict) else None


def _left(text: str, unmapped: list[str], names: tuple[str, ...]) -> list[str]:
    """Return the addresses that the new text does not map, as the audit will see it."""
    wanted = {name.lower() for name in names}
    mapped = {address for address, found in hosts_entries(text) if wanted <= set(found)}
    return [address for address in unmapped if address not in mapped]


def _lost_at_boot(facts: Facts, options: Mapping[str, Json]) -> Refusal | None:
    if options.get("despite_cloud_init"):
        return None
    managed = _network(facts, "hosts_managed_by_cloud_init")
    if managed is False:
        return None
    what_to_do = (
        "set manage_etc_hosts to false in /etc/cloud/cloud.cfg.d, or add the lines to the template in "
        "/etc/cloud/templates as well and set despite_cloud_init: true"
    )
    if managed:
        return Refusal(f"cloud-init writes /etc/hosts anew at every boot, so the lines would be lost; {what_to_do}")
    path = "network.hosts_managed_by_cloud_init"
    reason = facts.reasons.get(path, f"{path} was not collected")
    return Refusal(f"it is not known whether cloud-init writes /etc/hosts anew at every boot: {reason}; {what_to_do}")


def _names(facts: Facts, options: Mapping[str, Json], addresses: list[str]) -> tuple[str, ...] | Refusal:
    """Return the names of a line in their order: the full one, and the short one that the host goes by."""
    system = facts.tree["os"]
    host = str(system.get("hostname")) if isinstance(system, dict) else ""
    obstacle = _obstacle(host)
    if obstacle:
        return Refusal(
            f"the host name {host!r} {obstacle}; give the machine its name first (hostnamectl, /etc/hostname)"
        )
    short = host.partition(".")[0]
    given = str(options.get("full_name") or "")
    if given:
        obstacle = _obstacle(given)
        if (
            not obstacle
            and given.lower() != host.lower()
            and ("." in host or given.partition(".")[0].lower() != short.lower())
        ):
            obstacle = f"does not belong to the host name {host}"
        if obstacle:
            return Refusal(f"full_name {given!r} {obstacle}; correct the option")
    full = given or host if "." in host or given else _full_name(facts, host, addresses)
    if isinstance(full, Refusal):
        return full
    return (full,) if full.lower() == short.lower() else (full, short)


def _full_name(facts: Facts, host: str, addresses: list[str]) -> str | Refusal:
    """Return by which full name a host with a short name is known; the short one where it has none."""
    told = _network(facts, "full_host_name")
    if isinstance(told, str) and _is_full(told, host):
        return told
    named = _entries(facts)
    own = {name for address, names in named if address in addresses for name in names if _is_full(name, host)}
    if len(own) == 1:
        return own.pop()
    if isinstance(told, str):
        return host
    # The file is asked before any name server, so what stands there is what the resolver says.
    for _address, names in named:
        if host.lower() in names:
            return names[0] if _is_full(names[0], host) else host
    reason = facts.reasons.get("network.full_host_name", "network.full_host_name was not collected")
    return Refusal(
        f"the full name of {host} is not known, and a line without it could hide the one that a name server has: "
        f"{reason}; name it in full_name, which may be {host} where there is none"
    )


def _entries(facts: Facts) -> list[tuple[str, list[str]]]:
    listed = _network(facts, "hosts_entries")
    found = []
    for entry in listed if isinstance(listed, list) else []:
        names = entry.get("names") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and isinstance(names, list):
            found.append((str(entry.get("address")), [str(name) for name in names]))
    return found


def _is_full(name: str, host: str) -> bool:
    first, dot, _domain = name.partition(".")
    return bool(dot) and first.lower() == host.lower() and not _obstacle(name)


def _obstacle(name: str) -> str:
    """Return why a name must not stand in /etc/hosts, as what is said of it."""
    labels = name.split(".")
    if name == "(none)" or not name:
        return "is none"
    if labels[0].lower() in _LOOPBACK_NAMES:
        return "belongs to the loopback address"
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return "is no host name: expected letters, digits and hyphens, with dots between"
    if labels[-1].isdigit() or _is_address(name):
        return "looks like an address"
    return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


FIX = Fix(
    name="hosts_entry",
    safety="opt_in",
    why="changes to which addresses the machine resolves its own name",
    needs=("os.hostname", "network.host_addresses", "network.unmapped_addresses", "network.hosts_entries"),
    wishes=("files.hosts", "network.hosts_managed_by_cloud_init", "network.full_host_name"),
    scripts=(*FILE_SCRIPTS, "hosts_entry.sh"),
    planner=_plan,
    options={"full_name": {"type": "str"}, "despite_cloud_init": {"type": "bool", "default": False}},
)
