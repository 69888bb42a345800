# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What sets firewall rules when the machine starts. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ...collector.read import Read, file
from ...collector.recording import Recording, Status
from ..fact import Unknown
from . import firewall_firewalld, firewall_iptables, firewall_nft, firewall_ufw, services
from .firewall_chains import Connection, Outcome, all_of

#: What tells the keepers apart.
FIREWALLD, UFW, NFTABLES_PATH = "/etc/firewalld", "/etc/ufw", "/etc/nftables"
SUSE_PATH, IPTABLES_PATH = "/etc/sysconfig/SuSEfirewall2", "/etc/sysconfig/iptables"
DEBIAN_IPTABLES_PATH = "/etc/iptables/rules.v4"

#: What the services of iptables and of nftables load when they start.
IPTABLES = file(IPTABLES_PATH)
NETFILTER_PERSISTENT = file(DEBIAN_IPTABLES_PATH)
NFTABLES = (file("/etc/nftables.conf"), file("/etc/sysconfig/nftables.conf"))
READS: tuple[Read, ...] = (
    *(firewall_firewalld.FILES, firewall_ufw.UFW, firewall_ufw.SUSE, IPTABLES, NETFILTER_PERSISTENT),
    *(*NFTABLES, *services.READS),
)


@dataclass(frozen=True)
class Keeper:
    """Something that has rules in a file, and whether it sets them when the machine starts; ``path`` tells it apart."""

    kind: str
    path: str
    autostart: bool | Unknown
    accepts: Callable[[Connection], Outcome]


def keepers(recording: Recording) -> Iterator[Keeper]:
    """Yield those that are there."""

    def starts(unit: str, *scripts: str) -> bool | Unknown:
        return services.autostart(recording, unit, scripts)

    firewalld = recording.answer(firewall_firewalld.FILES)
    if firewalld.text or not firewalld.answered:
        accepts = partial(firewall_firewalld.accepts, recording)
        yield Keeper("firewalld", FIREWALLD, starts("firewalld.service", "firewalld"), accepts)
    ufw = firewall_ufw.ufw_enabled(recording)
    if ufw is not False:
        accepts = partial(firewall_ufw.ufw_accepts, recording)
        yield Keeper("ufw", UFW, starts("ufw.service", "ufw") if ufw is True else ufw, accepts)
    if _may_be_there(recording, firewall_ufw.SUSE):
        # SLES 11 starts it in two steps, of which the second one opens the ports.
        starting = starts("SuSEfirewall2.service", "SuSEfirewall2_setup")
        yield Keeper("iptables", SUSE_PATH, starting, partial(firewall_ufw.suse_accepts, recording))
    if any(_may_be_there(recording, read) for read in NFTABLES):
        starting = starts("nftables.service", "nftables")
        yield Keeper("nftables", NFTABLES_PATH, starting, partial(_by_files, recording, NFTABLES, _nft_accepts))
    if _may_be_there(recording, IPTABLES):
        starting = starts("iptables.service", "iptables")
        accepts = partial(_by_files, recording, (IPTABLES,), firewall_iptables.accepts)
        yield Keeper("iptables", IPTABLES_PATH, starting, accepts)
    if _may_be_there(recording, NETFILTER_PERSISTENT):
        starting = starts("netfilter-persistent.service", "netfilter-persistent", "iptables-persistent")
        accepts = partial(_by_files, recording, (NETFILTER_PERSISTENT,), firewall_iptables.accepts)
        yield Keeper("iptables", DEBIAN_IPTABLES_PATH, starting, accepts)


def _may_be_there(recording: Recording, read: Read) -> bool:
    return recording.answer(read).status is not Status.ABSENT


def _nft_accepts(text: str, connection: Connection) -> Outcome:
    return firewall_nft.accepts(firewall_nft.read_rule_set(text), connection)


def _by_files(
    recording: Recording,
    reads: tuple[Read, ...],
    accepts: Callable[[str, Connection], Outcome],
    connection: Connection,
) -> Outcome:
    outcomes: list[Outcome] = []
    for read in reads:
        answer = recording.answer(read)
        if answer.status is not Status.ABSENT:
            outcomes.append(accepts(answer.text, connection) if answer.answered else Outcome(Unknown(answer.reason)))
    return all_of(outcomes)
