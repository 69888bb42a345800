# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The firewall: what it lets in now, and what after a reboot. Private to this collection.

Only connections over IPv4 are judged: that is what Azure gives a machine after a failover.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...collector.read import Read
from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from . import adapters, firewall_keepers, firewall_kernel, services
from . import ssh as ssh_server
from .firewall_chains import Connection, Outcome, all_of

MULTI_VM_PORT = 20004


@dataclass(frozen=True)
class Firewall:
    """All that filters, or will after a reboot."""

    recording: Recording
    kernel: firewall_kernel.Kernel
    keepers: tuple[firewall_keepers.Keeper, ...]
    firewalld_runs: bool | Unknown

    def now(self, connection: Connection) -> Outcome:
        """Return what becomes of the connection now."""
        return self.kernel.accepts(connection)

    def after_reboot(self, connection: Connection) -> Outcome:
        """Return what becomes of the connection after a reboot."""
        starting = [keeper for keeper in self.keepers if keeper.autostart is not False]
        if not starting:
            return self._without_keeper(connection)
        outcomes: list[Outcome] = []
        for keeper in starting:
            found = keeper.accepts(connection)
            if isinstance(keeper.autostart, Unknown) and found != Outcome(True):
                found = Outcome(keeper.autostart)
            outcomes.append(found)
        return all_of(outcomes)

    def _without_keeper(self, connection: Connection) -> Outcome:
        found = self.now(connection)
        if found == Outcome(True):
            return found
        if isinstance(found.allowed, Unknown):
            return found
        return Outcome(Unknown("what set the present firewall rules, and whether it will again, could not be told"))

    def kind(self) -> str | Unknown:
        """Return what filters: firewalld, ufw, nftables, iptables or none."""
        if self.firewalld_runs is True:
            return "firewalld"
        if self.kernel.has_chain("ufw-user-input") is True:
            return "ufw"
        found = self.kernel.kind()
        if found == "none":
            return next((keeper.kind for keeper in self.keepers if keeper.autostart is True), "none")
        return found

    def running(self) -> bool | Unknown:
        """Return whether anything is filtered now."""
        if self.firewalld_runs is True:
            return True
        found = self.kernel.kind()
        return found if isinstance(found, Unknown) else found != "none"


def look(recording: Recording) -> Firewall:
    """Return what the recording says of the firewall."""
    runs = services.state(recording, ("firewalld.service",), ("firewalld",), ("firewalld",)).running
    return Firewall(recording, firewall_kernel.kernel(recording), tuple(firewall_keepers.keepers(recording)), runs)


def interfaces(recording: Recording) -> frozenset[str]:
    """Return the adapters that connections from outside come in through."""
    found = adapters.adapters(recording)
    if isinstance(found, Unknown):
        return frozenset()
    return frozenset(adapter.name for adapter in found if adapter.own and adapters.host_addresses([adapter]))


def _ssh(recording: Recording, judge: Callable[[Connection], Outcome], outside: frozenset[str]) -> bool | Unknown:
    ports = ssh_server.ports(recording)
    if isinstance(ports, Unknown) or not ports:
        # No server listens on port 0: only where everything is let in does the port not matter.
        if judge(Connection(0, outside)) == Outcome(True):
            return True
        return ports if isinstance(ports, Unknown) else Unknown("the SSH server has no port")
    return services.any_of(_for_all_sources(judge(Connection(port, outside))) for port in ports)


def _for_all_sources(outcome: Outcome) -> bool | Unknown:
    if outcome.sources:
        return Unknown(f"new connections are let in only from {', '.join(outcome.sources[:20])}")
    return outcome.allowed


def _parse(recording: Recording) -> Mapping[str, Value]:
    outside = interfaces(recording)
    firewall = look(recording)
    multi_vm = Connection(MULTI_VM_PORT, outside)
    now = firewall.now(multi_vm)
    return {
        "kind": firewall.kind(),
        "running": firewall.running(),
        "ssh_allowed_now": _ssh(recording, firewall.now, outside),
        "ssh_allowed_after_reboot": _ssh(recording, firewall.after_reboot, outside),
        "multi_vm_allowed_now": now.allowed,
        "multi_vm_allowed_after_reboot": firewall.after_reboot(multi_vm).allowed,
        "multi_vm_sources": now.allowed if isinstance(now.allowed, Unknown) else [*now.sources],
    }


_NOW: tuple[Read, ...] = (*firewall_kernel.READS, *adapters.READS)
_LATER: tuple[Read, ...] = (*_NOW, *firewall_keepers.READS)
_SSH = ssh_server.PORT_READS
#: What :func:`look` and :func:`interfaces` look at.
READS = _LATER
_KERNEL = "the kernel's rules, as root and where its modules are loaded"
_FILES = "files of the firewalls that start with the machine"

SUBJECT = Subject(
    "firewall",
    (
        Fact(
            "firewall.kind",
            "str",
            "What filters, or would after a reboot: firewalld, ufw, nftables, iptables or none.",
            f"processes; {_KERNEL}; {_FILES}",
            _LATER,
        ),
        Fact("firewall.running", "bool", "Whether anything is filtered now.", _KERNEL, (*_NOW, *services.READS)),
        Fact(
            "firewall.ssh_allowed_now",
            "bool",
            "Whether a new connection over IPv4 to a port of the SSH server is let in, from anywhere.",
            _KERNEL,
            (*_NOW, *_SSH),
        ),
        Fact(
            "firewall.ssh_allowed_after_reboot",
            "bool",
            "The same by the rules that hold after a reboot.",
            _FILES,
            (*_LATER, *_SSH),
        ),
        Fact(
            "firewall.multi_vm_allowed_now",
            "bool",
            "Whether a new connection over IPv4 to TCP port 20004 is let in, from anywhere or from some sources.",
            _KERNEL,
            _NOW,
        ),
        Fact(
            "firewall.multi_vm_allowed_after_reboot",
            "bool",
            "The same by the rules that hold after a reboot.",
            _FILES,
            _LATER,
        ),
        Fact(
            "firewall.multi_vm_sources",
            "list",
            "The only sources from which port 20004 is let in now; empty where all are, or none is.",
            _KERNEL,
            _NOW,
        ),
    ),
    _parse,
)
