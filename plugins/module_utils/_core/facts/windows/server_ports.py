# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the firewall lets machines in to the ports of a server of Site Recovery. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from . import firewall_effective
from .firewall_effective import INTERFACE, POLICIES, POLICY_RULES

#: Fact, port, and the program that answers there: Windows' own HTTP server, and the process server.
_PORTS = {"control_allowed": (443, "system"), "data_allowed": (9443, "cxps.exe")}
_READS = (INTERFACE, POLICY_RULES, *(read for reads in POLICIES.values() for read in reads))


def _parse(recording: Recording) -> Mapping[str, Value]:
    found = firewall_effective.read(recording)
    if isinstance(found, Unknown):
        return dict.fromkeys(_PORTS, found)
    return {name: found.allowed(((port, program, ""),), found.active) for name, (port, program) in _PORTS.items()}


SUBJECT = Subject(
    "server_ports",
    tuple(
        Fact(
            f"server_ports.{name}",
            "bool",
            f"Whether the active profiles of the firewall let TCP {port} in to {program}; not known where they do so "
            "for some addresses only.",
            "Windows Firewall, group policy included",
            _READS,
        )
        for name, (port, program) in _PORTS.items()
    ),
    _parse,
)
