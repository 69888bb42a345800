# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a configuration server or replication appliance is set up here, and how. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import services
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values, service_rows
from .collecting_process import ENVIRONMENT

#: The services of a process server, which stands on a configuration server and on an appliance.
_PROCESS_SERVER = ("ProcessServer", "cxprocessserver")
#: With those that also stand on other machines, or on one of the two only.
SERVICES = services(*_PROCESS_SERVER, "tmansvc", "obengine", "dra", "MySQL")
#: Of these values only, for others in the key hold credentials.
PROXY = registry_values.read(r"HKLM\SOFTWARE\Microsoft\Azure Site Recovery\ProxySettings", "ProxyAddress", "ProxyPort")


def _proxy(recording: Recording) -> str | Unknown:
    address = registry_values.text(recording, PROXY, "ProxyAddress", absent="")
    if isinstance(address, Unknown) or not address:
        return address
    # What stands before the address may be a name and a password.
    shown = address.rpartition("@")[2]
    found = registry_values.value(recording, PROXY, "ProxyPort")
    if isinstance(found, Unknown):
        return found
    port = found[1][0] if found is not None and found[1] else ""
    return f"{shown}:{port}" if port else shown


def _parse(recording: Recording) -> Mapping[str, Value]:
    facts: dict[str, Value] = {"proxy": _proxy(recording)}
    states = service_rows.states(recording, SERVICES)
    if isinstance(states, Unknown):
        return facts | {"installed": states, "stopped_services": states}
    there = {name: state for name, state in states.items() if state.installed}
    stopped: list[Value] = []
    for name, state in there.items():
        if isinstance(state.running, Unknown):
            stopped.append(state.running)
        elif not state.running and name != "MySQL":
            stopped.append(name)
    return facts | {"installed": any(name in there for name in _PROCESS_SERVER), "stopped_services": stopped}


_SOURCE = "the service control manager and the services in the registry"

SUBJECT = Subject(
    "site_recovery_server",
    (
        Fact(
            "site_recovery_server.installed",
            "bool",
            "Whether a process server of Site Recovery is set up, as on a configuration server and on an appliance.",
            _SOURCE,
            (SERVICES,),
        ),
        Fact(
            "site_recovery_server.stopped_services",
            "list",
            "Services of Site Recovery that are there and do not run.",
            _SOURCE,
            (SERVICES,),
        ),
        Fact(
            "site_recovery_server.proxy",
            "str",
            "The proxy that the setup of Site Recovery was told; empty without one.",
            "ProxySettings in the registry",
            (PROXY, ENVIRONMENT),
        ),
    ),
    _parse,
)
