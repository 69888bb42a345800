# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""By which firewall a port is opened, and in which of its files. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from ..facts.fact import Facts
from ..facts.linux import firewall_firewalld, firewall_keepers
from . import firewall_port_iptables, firewall_port_nft, firewall_port_zone
from .contract import Refusal
from .file_change import EditableFile, editable_file, with_text
from .firewall_port_rules import outcome_of
from .firewall_port_wanted import Parts, Wanted

FIREWALLD, UFW = firewall_keepers.FIREWALLD, firewall_keepers.UFW
NFTABLES = firewall_keepers.NFTABLES_PATH
IPTABLES = {
    firewall_keepers.IPTABLES_PATH: "iptables_rules",
    firewall_keepers.DEBIAN_IPTABLES_PATH: "iptables_debian_rules",
}
_KINDS = {FIREWALLD: "firewalld", UFW: "ufw", NFTABLES: "nftables", **dict.fromkeys(IPTABLES, "iptables")}
_SUSE = (
    "SuSEfirewall2 rules this machine: add the port to FW_SERVICES_EXT_TCP in /etc/sysconfig/SuSEfirewall2 (one that "
    "is limited to sources to FW_SERVICES_ACCEPT_EXT) and run 'SuSEfirewall2 start'"
)


@dataclass(frozen=True)
class FileChange:
    """Files before and after, and the program that tests them (none, nft, legacy or compat)."""

    files: tuple[tuple[EditableFile, EditableFile], ...] = ()
    test: str = "none"


def keeper_of(found: Mapping[str, Any], parts: Parts) -> Union[str, Refusal]:
    """Return the path that stands for the firewall which is to be told, the one that starts with the machine."""
    others = found["places"]["others"]
    if others:
        return Refusal(
            f"found {', '.join(others)}, a firewall that this fix does not know; open the port there by hand"
        )
    later = {wish.connection.port: wish for wish, _openings in parts.later}
    starting: dict[str, None] = {}
    refusing: dict[str, None] = {}
    for connection in parts.connections:
        for keeper in connection["keepers"]:
            starting[keeper["path"]] = None
            wish = later.get(connection["port"])
            if wish is not None and wish.missing(outcome_of(keeper)) != []:
                refusing[keeper["path"]] = None
    kind = found["kernel"]["kind"]
    candidates = list(refusing) if later else [path for path in starting if _KINDS.get(path) == kind]
    if firewall_keepers.SUSE_PATH in starting:
        return Refusal(_SUSE)
    if len(candidates) != 1:
        return Refusal(
            f"expected one firewall that starts with the machine and refuses the port, found {len(candidates)} "
            f"({', '.join(candidates)}; now it is {kind}); decide which one shall rule, and open the port there by hand"
        )
    keeper = candidates[0]
    if parts.now and _KINDS[keeper] != kind:
        return Refusal(
            f"the port is refused now by {kind}, but after a reboot by {_KINDS[keeper]} ({keeper}); decide which one "
            "shall rule, and open the port there by hand"
        )
    return keeper


def file_change(
    keeper: str, facts: Facts, found: Mapping[str, Any], wanted: Sequence[Wanted]
) -> Union[FileChange, Refusal]:
    """Return what becomes of the files that the firewall reads when it starts."""
    if not wanted:
        return FileChange()
    if keeper == FIREWALLD:
        return _zones(found, wanted)
    kernel, places = found["kernel"], found["places"]
    backend = "legacy" if kernel["legacy"] else "compat" if kernel["compat"] else "none"
    if keeper == NFTABLES:
        return _nftables(facts, kernel["nft"], places["nftables_unit"], wanted)
    file = _one_file(facts, ("ufw_rules", "ufw_old_rules") if keeper == UFW else (IPTABLES[keeper],))
    if isinstance(file, Refusal):
        return file
    if keeper == UFW:
        lines = firewall_port_iptables.with_ufw_rules(
            file.lines, places["ufw_policy"], wanted, bool(places["ufw_comments"]), file.path
        )
    else:
        lines = firewall_port_iptables.with_rules(file.lines, wanted, is_named(kernel), file.line_end, file.path)
    if isinstance(lines, Refusal):
        return lines
    return FileChange(((file, with_text(file, "".join(lines))),), backend)


def is_named(kernel: Mapping[str, Any]) -> bool:
    """Whether rules of iptables can have a comment without a module being loaded for it."""
    return "comment" in kernel["legacy_matches"] if kernel["legacy"] else bool(kernel["compat"])


def _zones(found: Mapping[str, Any], wanted: Sequence[Wanted]) -> Union[FileChange, Refusal]:
    files = firewall_firewalld.Files(found["places"]["firewalld"])
    names = files.zones_of_adapters()
    zones = {zone["name"]: zone for zone in found["zones"]}
    active = [name for name, zone in zones.items() if zone["active"]]
    changes = []
    for name in dict.fromkeys([*names, *active]):
        if name not in zones:
            return Refusal(f"the zone {name} of firewalld has no file; open the port by hand")
        change = firewall_port_zone.changed_zone(zones[name], wanted)
        if isinstance(change, Refusal):
            return change
        changes.append(change)
    refusal = firewall_port_zone.still_refused(files, [new for _old, new in changes], wanted)
    return refusal or FileChange(tuple(changes))


def _nftables(facts: Facts, live: str, unit: str, wanted: Sequence[Wanted]) -> Union[FileChange, Refusal]:
    file = _one_file(facts, ("nftables_conf", "nftables_sysconfig"))
    if isinstance(file, Refusal):
        return file
    if file.path not in unit.split():
        told = " ".join(unit.split()) or "no unit or script"
        return Refusal(f"expected that the service nftables loads {file.path}, found: {told}; open the port by hand")
    text = file.text or ""
    chain = firewall_port_nft.refusing_chain(text, wanted)
    if isinstance(chain, Refusal):
        return Refusal(f"{file.path}: {chain.reason}")
    changed = firewall_port_nft.with_rules(text, file.line_end, chain, wanted, file.path)
    if isinstance(changed, Refusal):
        return changed
    return FileChange(((file, with_text(file, changed)),), "nft" if live else "none")


def _one_file(facts: Facts, names: Sequence[str]) -> Union[EditableFile, Refusal]:
    """Return the one of the files that is there."""
    files = facts.tree["files"]
    known = files if isinstance(files, dict) else {}
    found = {name: known.get(name) for name in names}
    there = [name for name, file in found.items() if not isinstance(file, dict) or file["present"]]
    if len(there) == 1:
        return editable_file(facts, there[0])
    return Refusal(
        f"expected one file with the rules, found {len(there)} ({', '.join(there)}); decide which one shall rule, and "
        "open the port there by hand"
    )
