# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must be known to open a port of the firewall; no audit collects it. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import Read, command, names
from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from . import firewall, firewall_firewalld, firewall_ufw, firewall_zones
from . import ssh as ssh_server
from .firewall_chains import Connection, Outcome
from .firewall_kernel import LEGACY, NFT_LOADED

#: The handles of rules, by which one can be put before another.
NFT = command("nft with handles", NFT_LOADED + " command -v nft >/dev/null || exit 78; nft -a list ruleset")
#: The same table as the newer iptables would save it, also where nft can show all of it.
COMPAT = command(
    "iptables-nft filter",
    NFT_LOADED + " if command -v nft >/dev/null; then nft list table ip filter >/dev/null 2>&1 || exit 0; fi;"
    " p=$(command -v iptables-nft-save || command -v iptables-save) || exit 78;"
    ' case $(readlink -f "$p") in *nft*) "$p" -t filter ;; *) exit 78 ;; esac',
)
#: What the old iptables has loaded; a rule with another match would load a module.
MATCHES = command("iptables matches", "test -r /proc/net/ip_tables_matches && cat /proc/net/ip_tables_matches")
#: Which file the service of nftables loads.
NFTABLES_UNIT = command(
    "nftables unit",
    "grep -hs '^ExecStart=' /etc/systemd/system/nftables.service /usr/lib/systemd/system/nftables.service"
    " /lib/systemd/system/nftables.service; grep -hs '^[^#]*nft .*-f' /etc/init.d/nftables; exit 0",
)
#: Versions of ufw before 0.35 cannot read their own rules when these have comments.
UFW_VERSION = command("ufw version", "test ! -d /etc/ufw || ufw --version")
#: Firewalls that are told by files of their own, and which this collection does not open.
OTHERS = names(
    *("/etc/shorewall/shorewall.conf", "/etc/csf/csf.conf", "/etc/ferm/ferm.conf", "/etc/apf/conf.apf"),
    *("/etc/firehol/firehol.conf", "/etc/arno-iptables-firewall/firewall.conf", "/etc/fwbuilder/*.fw"),
)
READS: tuple[Read, ...] = (
    *(NFT, COMPAT, MATCHES, NFTABLES_UNIT, UFW_VERSION, OTHERS),
    *(firewall_zones.FILES, firewall_zones.ACTIVE, *firewall.READS, *ssh_server.PORT_READS),
)


def _outcome(outcome: Outcome) -> dict[str, Value]:
    """Return an outcome as plain words: allowed is yes, no or unknown."""
    if isinstance(outcome.allowed, Unknown):
        return {"allowed": "unknown", "sources": [], "reason": outcome.allowed.reason}
    return {"allowed": "yes" if outcome.allowed else "no", "sources": [*outcome.sources], "reason": ""}


def _connections(recording: Recording) -> Value:
    found = firewall.look(recording)
    ports = ssh_server.ports(recording)
    if isinstance(ports, Unknown):
        return ports
    outside = firewall.interfaces(recording)
    connections: list[Value] = []
    for use, port in (*(("ssh", port) for port in ports), ("multi_vm", firewall.MULTI_VM_PORT)):
        connection = Connection(port, outside)
        starts = [keeper for keeper in found.keepers if keeper.autostart is not False]
        connections.append(
            {
                "use": use,
                "port": port,
                "now": _outcome(found.now(connection)),
                "later": _outcome(found.after_reboot(connection)),
                "keepers": [{"path": keeper.path, **_outcome(keeper.accepts(connection))} for keeper in starts],
            }
        )
    return connections


def _text(recording: Recording, read: Read) -> str:
    """Return the rules, none where they cannot be had: then nothing can be placed among them."""
    answer = recording.answer(read)
    return answer.text if answer.answered and answer.code == 0 else ""


def _kernel(recording: Recording) -> Value:
    matches = recording.answer(MATCHES)
    loaded = matches.lines if matches.answered else []
    return {
        "kind": firewall.look(recording).kind(),
        "interfaces": [*sorted(firewall.interfaces(recording))],
        "legacy": _text(recording, LEGACY),
        "legacy_matches": [*loaded],
        "compat": _text(recording, COMPAT),
        "nft": _text(recording, NFT),
    }


def _places(recording: Recording) -> Value:
    version = re.search(r"^ufw (\d+)\.(\d+)", recording.answer(UFW_VERSION).text, re.MULTILINE)
    return {
        "nftables_unit": recording.answer(NFTABLES_UNIT).text,
        "ufw_policy": firewall_ufw.ufw_policy(recording.answer(firewall_ufw.UFW).text),
        "ufw_comments": version is not None and (int(version[1]), int(version[2])) >= (0, 35),
        "firewalld": recording.answer(firewall_firewalld.FILES).text,
        "others": [*recording.answer(OTHERS).lines],
    }


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "connections": _connections(recording),
        "kernel": _kernel(recording),
        "places": _places(recording),
        "zones": firewall_zones.zones(recording, firewall.interfaces(recording)),
    }


SUBJECT = Subject(
    "firewall_openings",
    (
        Fact(
            "firewall_openings.connections",
            "list",
            "For each port of the SSH server and for 20004: use, port, and whether it is let in (allowed, sources, "
            "reason) now, later, and by each of the keepers of rules that start with the machine. Only for planning a "
            "fix: no audit collects it.",
            "the kernel's rules and the files of firewalls",
            READS,
        ),
        Fact(
            "firewall_openings.kernel",
            "dict",
            "kind, interfaces, and the rules: legacy, compat (iptables over nftables) and nft (with handles).",
            "iptables-save, nft",
            READS,
        ),
        Fact(
            "firewall_openings.places",
            "dict",
            "What the services of firewalls load: nftables_unit, ufw_policy, ufw_comments, firewalld; and others, "
            "files of firewalls that are not known here.",
            "units and files of firewalls",
            READS,
        ),
        Fact(
            "firewall_openings.zones",
            "list",
            "The zones of firewalld: name, active (an adapter is in it now), path, present, text, checksum, obstacle, "
            "and vendor_text (what stands below /usr/lib).",
            "/etc/firewalld/zones, /usr/lib/firewalld/zones, firewall-cmd",
            READS,
        ),
    ),
    _parse,
)
