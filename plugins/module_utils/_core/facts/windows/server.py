# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server's full name, processor cores, models of network adapters and time zone. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import wmi
from ..fact import Element, Fact, Subject, Unknown, Value
from . import registry_values, wmi_objects
from .collecting_process import ENVIRONMENT, told
from .network import ADAPTERS

NAME = registry_values.read(r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Hostname")
PROCESSORS = wmi(r"root\cimv2", "Win32_Processor", "NumberOfCores")
TIME_ZONE = registry_values.read(r"HKLM\SYSTEM\CurrentControlSet\Control\TimeZoneInformation", "TimeZoneKeyName")
#: Vendor and device on the PCI bus; what a hypervisor offers.
_MODELS = {
    "VEN_15AD&DEV_07B0": "vmxnet3",
    "VEN_15AD&DEV_0720": "vmxnet",
    "VEN_8086&DEV_100F": "e1000",
    "VEN_8086&DEV_10D3": "e1000e",
    "VEN_1022&DEV_2000": "flexible",
}


def _cores(recording: Recording) -> int | Unknown:
    found = wmi_objects.all_of(recording, PROCESSORS)
    if isinstance(found, Unknown):
        return found
    counts = [wmi_objects.number(each, "NumberOfCores") for each in found]
    doubt = next((count for count in counts if isinstance(count, Unknown)), None)
    if doubt is not None or not counts:
        return doubt or Unknown("Windows lists no processor")
    return sum(count for count in counts if not isinstance(count, Unknown))


def _adapters(recording: Recording) -> Value:
    """Return the adapters on the PCI bus with their models."""
    found = wmi_objects.all_of(recording, ADAPTERS)
    if isinstance(found, Unknown):
        return found
    adapters: list[Value] = []
    for each in found:
        path = each.get("PNPDeviceID", [""])[0].upper()
        device = re.match(r"PCI\\(VEN_[0-9A-F]{4}&DEV_[0-9A-F]{4})", path)
        if device is not None:
            name = each.get("NetConnectionID", each.get("Name", [""]))[0]
            adapters.append({"name": name, "model": _MODELS.get(device[1], device[1].lower())})
    return adapters or Unknown("Windows lists no network adapter on the PCI bus")


def _minutes(recording: Recording) -> int | Unknown:
    found = told(recording, "time_zone_minutes")
    if isinstance(found, Unknown):
        return found
    return int(found) if re.fullmatch(r"-?\d{1,4}", found) else Unknown(f"expected minutes, found {found[:40]!r}")


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "name": registry_values.text(recording, NAME, "Hostname"),
        "cores": _cores(recording),
        "adapters": _adapters(recording),
        "time_zone": registry_values.text(recording, TIME_ZONE, "TimeZoneKeyName"),
        "time_zone_minutes": _minutes(recording),
    }


SUBJECT = Subject(
    "server",
    (
        Fact("server.name", "str", "The host name, not cut to 15 characters.", "Tcpip in the registry", (NAME,)),
        Fact("server.cores", "int", "The cores of all processors.", "Win32_Processor", (PROCESSORS,), "cores"),
        Fact(
            "server.adapters",
            "list",
            "The network adapters on the PCI bus.",
            "Win32_NetworkAdapter",
            (ADAPTERS,),
            elements=(
                Element("name", "str", "The name of the connection."),
                Element("model", "str", "vmxnet3, vmxnet, e1000, e1000e, flexible; else vendor and device by number."),
            ),
        ),
        Fact(
            "server.time_zone",
            "str",
            "The time zone by its name that is not translated.",
            "TimeZoneInformation in the registry",
            (TIME_ZONE,),
        ),
        Fact(
            "server.time_zone_minutes",
            "int",
            "How far local time is from UTC now.",
            "the process",
            (ENVIRONMENT,),
            "minutes",
        ),
    ),
    _parse,
)
