# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine's clock, and what keeps it. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ..clock_bracket import BRACKET, offset
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values, service_rows
from .services import SERVICES

PARAMETERS = registry_values.read(r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time\Parameters", "Type", "NtpServer")


def _servers(kind: str | Unknown, servers: str | Unknown) -> Value:
    """Return the time servers, which only count with the types NTP and AllSync."""
    if isinstance(kind, Unknown):
        return kind
    if kind.lower() not in ("ntp", "allsync"):
        return []
    if isinstance(servers, Unknown):
        return servers
    return [entry.partition(",")[0] for entry in servers.split()]


def _parse(recording: Recording) -> Mapping[str, Value]:
    measured = offset(recording)
    service = service_rows.one(recording, SERVICES, "W32Time")
    kind = registry_values.text(recording, PARAMETERS, "Type", absent="")
    servers = registry_values.text(recording, PARAMETERS, "NtpServer", absent="")
    facts: dict[str, Value] = {
        "offset_seconds": measured if isinstance(measured, Unknown) else measured[0],
        "uncertainty_seconds": measured if isinstance(measured, Unknown) else measured[1],
        "source": kind if isinstance(kind, Unknown) else kind.lower(),
        "servers": _servers(kind, servers),
    }
    if isinstance(service, Unknown):
        return facts | dict.fromkeys(("daemon", "daemon_running", "daemon_autostart"), service)
    return facts | {
        "daemon": "w32time" if service.installed else "none",
        "daemon_running": service.running,
        # Windows also starts it by a trigger, when the machine joins a network or a domain.
        "daemon_autostart": service.start_mode != "disabled" if service.installed else False,
    }


_SERVICE = "the service control manager and the services in the registry"

SUBJECT = Subject(
    "clock",
    (
        Fact("clock.offset_seconds", "float", "The machine's clock minus the controller's.", BRACKET, (), "seconds"),
        Fact("clock.uncertainty_seconds", "float", "How far the offset may be off.", BRACKET, (), "seconds"),
        Fact("clock.daemon", "str", "What keeps the clock: w32time or none.", _SERVICE, (SERVICES,)),
        Fact("clock.daemon_running", "bool", "Whether that service runs.", _SERVICE, (SERVICES,)),
        Fact(
            "clock.daemon_autostart",
            "bool",
            "Whether it may start: with the machine, or when Windows has a reason.",
            _SERVICE,
            (SERVICES,),
        ),
        Fact(
            "clock.source",
            "str",
            "Where it takes the time from: ntp, nt5ds (the domain), allsync, nosync; empty where it is not set.",
            "W32Time in the registry",
            (PARAMETERS,),
        ),
        Fact("clock.servers", "list", "The time servers that it was told.", "W32Time in the registry", (PARAMETERS,)),
    ),
    _parse,
)
