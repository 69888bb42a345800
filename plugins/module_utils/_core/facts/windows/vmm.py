# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual Machine Manager: the service, its version, and what it manages. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...collector.recording import Recording, Status
from ...collector.windows_read import file_version, services
from ..fact import Element, Fact, Subject, Unknown, Value
from . import registry_values, service_rows, vmm_objects
from .collecting_process import ENVIRONMENT

SERVICE = services("SCVMMService")
SETUP = registry_values.read(
    r"HKLM\SOFTWARE\Microsoft\Microsoft System Center Virtual Machine Manager Server\Setup", "ProductVersion"
)
#: 2019 and newer, 2016, 2012 R2, 2012 SP1; the first that exists tells which updates are installed.
FILES = tuple(
    file_version(rf"%ProgramFiles%\Microsoft System Center{year}\Virtual Machine Manager\bin\vmmservice.exe")
    for year in ("", " 2016", " 2012 R2", " 2012")
)
_OBJECTS: Mapping[str, Callable[[Recording], Value]] = {
    "clouds": vmm_objects.clouds,
    "hosts": vmm_objects.hosts,
    "vm_networks": vmm_objects.networks,
    "library_shares": vmm_objects.library_shares,
}


def _build(recording: Recording) -> str | Unknown:
    """Return the version of VMM's own program, which update rollups change where they leave the registry alone."""
    for read in FILES:
        answer = recording.answer(read)
        if answer.status is Status.ABSENT:
            continue
        if not answer.answered or answer.code != 0:
            return Unknown(answer.reason)
        found = next((line.partition("\t")[2] for line in answer.lines if line.startswith("version\t")), "")
        return found or Unknown(f"{read.key} does not tell its version")
    return Unknown("vmmservice.exe is in none of the folders that setup offers")


def _parse(recording: Recording) -> Mapping[str, Value]:
    service = service_rows.one(recording, SERVICE, "SCVMMService")
    told = {name: parse(recording) for name, parse in _OBJECTS.items()}
    if isinstance(service, Unknown):
        return told | dict.fromkeys(("installed", "running", "autostart", "version", "build"), service)
    if not service.installed:
        nothing = Unknown("VMM is not installed on this server")
        return dict.fromkeys(told, nothing) | {
            "installed": False,
            "running": False,
            "autostart": False,
            "version": "",
            "build": "",
        }
    return told | {
        "installed": True,
        "running": service.running,
        "autostart": service.autostart,
        "version": registry_values.text(recording, SETUP, "ProductVersion"),
        "build": _build(recording),
    }


_SOURCE = "the service control manager and the services in the registry"
_CMDLETS = "the PowerShell module virtualmachinemanager"

SUBJECT = Subject(
    "vmm",
    (
        Fact("vmm.installed", "bool", "Whether the service SCVMMService is there.", _SOURCE, (SERVICE,)),
        Fact("vmm.running", "bool", "Whether it runs.", _SOURCE, (SERVICE,)),
        Fact("vmm.autostart", "bool", "Whether it starts with the machine.", _SOURCE, (SERVICE,)),
        Fact(
            "vmm.version",
            "str",
            "The version that setup wrote: 3.1 is 2012 SP1, 3.2 is 2012 R2, 4.0 is 2016, 10.19 is 2019, 10.22 is 2022; "
            "empty where VMM is not installed.",
            "ProductVersion in the registry",
            (SERVICE, SETUP, ENVIRONMENT),
        ),
        Fact(
            "vmm.build",
            "str",
            "The version of vmmservice.exe, which update rollups raise; empty where VMM is not installed.",
            "the file",
            (SERVICE, *FILES),
        ),
        Fact(
            "vmm.clouds",
            "list",
            "The clouds of this VMM server.",
            _CMDLETS,
            (SERVICE, vmm_objects.CLOUDS, vmm_objects.HOSTS),
            elements=(
                Element("name", "str", "Its name."),
                Element("id", "str", "Its identity, a GUID."),
                Element("host_groups", "list[str]", "The paths of its host groups."),
                Element("empty_host_groups", "list[str]", "Those of them without a host, in them or below."),
                Element("host_count", "int", "How many hosts stand in its host groups or below."),
                Element("capability_profiles", "list[str]", "The names of its capability profiles."),
            ),
        ),
        Fact(
            "vmm.hosts",
            "list",
            "The hosts that this VMM server manages.",
            _CMDLETS,
            (SERVICE, vmm_objects.HOSTS, vmm_objects.CLOUDS),
            elements=(
                Element("name", "str", "Its full name, in small letters."),
                Element("operating_system", "str", "Its Windows, by name."),
                Element("release", "str", "The release in that name, for example 2012 R2."),
                Element("agent_version", "str", "The version of VMM's agent on it."),
                Element("cluster", "str", "The cluster that it is a node of; empty for none."),
                Element("host_group", "str", "The path of its host group."),
                Element("clouds", "list[str]", "The names of the clouds that it is in."),
            ),
        ),
        Fact(
            "vmm.vm_networks",
            "list",
            "The VM networks.",
            _CMDLETS,
            (SERVICE, vmm_objects.NETWORKS),
            elements=(
                Element("name", "str", "Its name."),
                Element("logical_network", "str", "The logical network that it belongs to; empty for none."),
            ),
        ),
        Fact(
            "vmm.library_shares",
            "list",
            "The paths of the library shares.",
            _CMDLETS,
            (SERVICE, vmm_objects.LIBRARY),
        ),
    ),
    _parse,
)
