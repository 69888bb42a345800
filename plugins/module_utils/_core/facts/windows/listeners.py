# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The TCP ports that programs of the machine listen on. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording, Status
from ...collector.windows_read import wmi
from ..fact import Element, Fact, Subject, Unknown, Value
from . import wmi_objects

#: The state 2 is Listen. The class came with Windows Server 2012.
CONNECTIONS = wmi(
    r"root\StandardCimv2", "MSFT_NetTCPConnection", "LocalAddress", "LocalPort", "OwningProcess", where="State = 2"
)
PROCESSES = wmi(r"root\cimv2", "Win32_Process", "ProcessId", "Name")


def _names(recording: Recording) -> dict[str, str]:
    """Return the names of programs by the numbers of their processes; some may have ended meanwhile."""
    found = wmi_objects.all_of(recording, PROCESSES)
    if isinstance(found, Unknown):
        return {}
    return {each["ProcessId"][0]: each["Name"][0] for each in found if "ProcessId" in each and "Name" in each}


def _listeners(recording: Recording) -> Value:
    if recording.answer(CONNECTIONS).status is Status.ABSENT:
        return Unknown("this Windows does not tell its listening ports by WMI; that came with Windows Server 2012")
    found = wmi_objects.all_of(recording, CONNECTIONS)
    if isinstance(found, Unknown):
        return found
    if not found:
        # Windows itself always listens, on TCP 135 for instance.
        return Unknown("Windows tells of no listening port at all")
    names = _names(recording)
    listeners: list[Value] = []
    for each in found:
        process = each.get("OwningProcess", [""])[0]
        listeners.append(
            {
                "address": wmi_objects.text(each, "LocalAddress"),
                "port": wmi_objects.number(each, "LocalPort"),
                "process": names.get(process, f"process {process}".rstrip()),
            }
        )
    return listeners


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {"tcp": _listeners(recording)}


SUBJECT = Subject(
    "listeners",
    (
        Fact(
            "listeners.tcp",
            "list",
            "The TCP ports that are listened on.",
            "MSFT_NetTCPConnection, Win32_Process",
            (CONNECTIONS, PROCESSES),
            elements=(
                Element("address", "str", "The address; 0.0.0.0 or :: for any."),
                Element("port", "int", "The port."),
                Element(
                    "process",
                    "str",
                    "The program; System for what Windows' own HTTP server holds, as IIS does; the number of the "
                    "process where its name is not known.",
                ),
            ),
        ),
    ),
    _parse,
)
