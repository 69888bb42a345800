# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What VMM's own cmdlets tell: clouds, hosts and networks. Private to this collection."""

from __future__ import annotations

import re

from ...collector.read import Read
from ...collector.recording import Recording, Status
from ...collector.windows_read import objects
from ..fact import Unknown, Value
from . import wmi_objects
from .wmi_objects import Properties

#: The module comes with VMM's console. The cmdlets ask the VMM service of this server, and with no second logon.
_MODULE = "virtualmachinemanager"
CLOUDS = objects(_MODULE, "Get-SCCloud -VMMServer localhost", "Name", "ID", "HostGroup.Path", "CapabilityProfiles.Name")
HOSTS = objects(
    _MODULE,
    "Get-SCVMHost -VMMServer localhost",
    *("FQDN", "ID", "OperatingSystem.Name", "AgentVersion", "HostCluster.Name", "VMHostGroup.Path"),
)
NETWORKS = objects(_MODULE, "Get-SCVMNetwork -VMMServer localhost", "Name", "ID", "LogicalNetwork.Name")
LIBRARY = objects(_MODULE, "Get-SCLibraryShare -VMMServer localhost", "Name", "ID", "Path")


def clouds(recording: Recording) -> Value:
    """Return the clouds with their host groups, and how many hosts stand in each of these groups or below."""
    found, every_host = _told(recording, CLOUDS), _told(recording, HOSTS)
    if isinstance(found, Unknown):
        return found
    return [
        {
            "name": wmi_objects.text(cloud, "Name"),
            "id": wmi_objects.text(cloud, "ID"),
            "host_groups": _list(cloud, "HostGroup.Path"),
            "empty_host_groups": _empty(cloud, every_host),
            "host_count": every_host if isinstance(every_host, Unknown) else _count(cloud, every_host),
            "capability_profiles": _list(cloud, "CapabilityProfiles.Name"),
        }
        for cloud in found
    ]


def hosts(recording: Recording) -> Value:
    """Return the hosts that VMM manages, with the clouds that they are in."""
    found, every_cloud = _told(recording, HOSTS), _told(recording, CLOUDS)
    if isinstance(found, Unknown):
        return found
    return [
        {
            "name": _lower(wmi_objects.text(host, "FQDN")),
            "operating_system": wmi_objects.text(host, "OperatingSystem.Name"),
            "release": _release(wmi_objects.text(host, "OperatingSystem.Name")),
            "agent_version": wmi_objects.text(host, "AgentVersion"),
            "cluster": host.get("HostCluster.Name", [""])[0],
            "host_group": wmi_objects.text(host, "VMHostGroup.Path"),
            "clouds": every_cloud
            if isinstance(every_cloud, Unknown)
            else [cloud.get("Name", [""])[0] for cloud in every_cloud if _is_of(host, cloud)],
        }
        for host in found
    ]


def networks(recording: Recording) -> Value:
    """Return the VM networks with the logical network that each belongs to."""
    found = _told(recording, NETWORKS)
    if isinstance(found, Unknown):
        return found
    return [
        {
            "name": wmi_objects.text(network, "Name"),
            "logical_network": network.get("LogicalNetwork.Name", [""])[0],
        }
        for network in found
    ]


def library_shares(recording: Recording) -> Value:
    """Return the paths of the library shares."""
    found = _told(recording, LIBRARY)
    return found if isinstance(found, Unknown) else [wmi_objects.text(share, "Path") for share in found]


def _told(recording: Recording, of: Read) -> list[Properties] | Unknown:
    """Return the objects of an answer; every object has an identity, so one without is no answer to build on."""
    if recording.answer(of).status is Status.ABSENT:
        return Unknown(
            f"the PowerShell module {_MODULE} is not there; install VMM's console on this server, or log on as somebody"
            " who sees it"
        )
    found = wmi_objects.all_of(recording, of)
    if not isinstance(found, Unknown) and not all(each.get("ID") for each in found):
        return Unknown(f"an object in the answer to {of.key} has no identity")
    return found


def _paths(cloud: Properties) -> list[str]:
    return [path for path in cloud.get("HostGroup.Path", []) if path]


def _within(host: Properties, path: str) -> bool:
    """Whether a host stands in a host group or in one below it; VMM's names do not heed case."""
    place = host.get("VMHostGroup.Path", [""])[0].lower()
    return place == path.lower() or place.startswith(path.lower() + "\\")


def _is_of(host: Properties, cloud: Properties) -> bool:
    return any(_within(host, path) for path in _paths(cloud))


def _count(cloud: Properties, every_host: list[Properties]) -> int:
    return sum(_is_of(host, cloud) for host in every_host)


def _empty(cloud: Properties, every_host: list[Properties] | Unknown) -> Value:
    if isinstance(every_host, Unknown):
        return every_host
    return [path for path in _paths(cloud) if not any(_within(host, path) for host in every_host)]


def _release(name: str | Unknown) -> str | Unknown:
    """Return the release in the name of a Windows, for example 2012 R2."""
    if isinstance(name, Unknown):
        return name
    found = re.search(r"\b20\d\d(?: R2)?\b", name)
    return found.group() if found else Unknown(f"{name[:60]!r} names no release of Windows Server")


def _list(properties: Properties, name: str) -> Value:
    return [entry for entry in properties.get(name, []) if entry]


def _lower(text: str | Unknown) -> str | Unknown:
    return text if isinstance(text, Unknown) else text.lower()
