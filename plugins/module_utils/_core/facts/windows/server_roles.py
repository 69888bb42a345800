# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles of a Windows server that a configuration server must not have. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import services, wmi
from ..fact import Fact, Subject, Unknown, Value
from . import service_rows, wmi_objects

#: The names are translated by Windows, the numbers are not.
FEATURES = wmi(r"root\cimv2", "Win32_ServerFeature", "ID")
ROLE_SERVICES = services("NTDS", "W3SVC", "vmms")

#: Fact, number of the role, and the service that comes with it.
_ROLES = {
    "directory_services": ("10", "NTDS"),
    "web_server": ("2", "W3SVC"),
    "hyperv": ("20", "vmms"),
}


def has(recording: Recording, role: str) -> bool | Unknown:
    """Whether a role is installed: its service is there, or Windows lists it; a key alone may be a remnant."""
    number, service = _ROLES[role]
    found = service_rows.one(recording, ROLE_SERVICES, service)
    if isinstance(found, Unknown):
        return found
    if found.installed and not isinstance(found.running, Unknown):
        return True
    numbers = _listed(recording)
    if isinstance(numbers, Unknown):
        # Some Windows may not have the class any more; no role comes without its service.
        return numbers if found.installed else False
    return number in numbers


def _listed(recording: Recording) -> list[str] | Unknown:
    features = wmi_objects.all_of(recording, FEATURES)
    if isinstance(features, Unknown):
        return features
    numbers = [feature.get("ID", [""])[0] for feature in features]
    if not numbers or not all(each.isdigit() for each in numbers):
        return Unknown("Windows does not list its roles and features")
    return numbers


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {role: has(recording, role) for role in _ROLES}


_SOURCE = "Win32_ServerFeature by number, and the service of the role"

SUBJECT = Subject(
    "server_roles",
    (
        Fact(
            "server_roles.directory_services",
            "bool",
            "Whether Active Directory Domain Services are installed.",
            _SOURCE,
            (FEATURES, ROLE_SERVICES),
        ),
        Fact(
            "server_roles.web_server",
            "bool",
            "Whether the web server (IIS) is installed.",
            _SOURCE,
            (FEATURES, ROLE_SERVICES),
        ),
        Fact("server_roles.hyperv", "bool", "Whether Hyper-V is installed.", _SOURCE, (FEATURES, ROLE_SERVICES)),
    ),
    _parse,
)
