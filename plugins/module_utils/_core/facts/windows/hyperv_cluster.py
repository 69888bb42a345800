# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The failover cluster that a Hyper-V host belongs to, out of the cluster's own hive. Private to this collection.

The names of resource types are keys of the hive and are not translated; what people see is another name.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.read import Read
from ...collector.recording import Recording
from ...collector.windows_read import registry_tree
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values, service_rows
from .hyperv_services import SERVICES
from .storage_reads import CLUSTER

NODES = registry_tree(r"HKLM\Cluster\Nodes", "NodeName")
RESOURCES = registry_tree(r"HKLM\Cluster\Resources", "Name", "Type")
_STOPPED = Unknown("the cluster service does not run, so the cluster's settings cannot be read; start it")


def _name(recording: Recording) -> str | Unknown:
    """Return the name of the cluster, empty outside of one; a node whose service is stopped hides it."""
    found = registry_values.text(recording, CLUSTER, "ClusterName", absent="")
    if found:
        return found
    service = service_rows.one(recording, SERVICES, "ClusSvc")
    if isinstance(service, Unknown):
        return service
    # On a machine with the feature that joined no cluster the service is disabled.
    return _STOPPED if service.installed and service.start_mode != "disabled" else ""


def _member(recording: Recording) -> bool | Unknown:
    name = _name(recording)
    return True if name is _STOPPED else name if isinstance(name, Unknown) else bool(name)


def _values(recording: Recording, of: Read) -> dict[str, dict[str, str]] | Unknown:
    """Return the values below each key."""
    found = registry_values.present(recording, of)
    if isinstance(found, Unknown):
        return found
    below: dict[str, dict[str, str]] = {}
    for words in found:
        if len(words) < 4:
            return Unknown(f"{of.key} does not tell of {words[0]}")
        below.setdefault(words[0], {})[words[1].lower()] = words[3]
    return below


def _parse(recording: Recording) -> Mapping[str, Value]:
    member, name = _member(recording), _name(recording)
    if member is False:
        return {
            "member": False,
            "name": "",
            "nodes": [],
            "virtual_machines": [],
            "replica_broker": False,
        }
    nodes, resources = _values(recording, NODES), _values(recording, RESOURCES)
    hidden = name if isinstance(name, Unknown) else None
    of_type = hidden or resources
    return {
        "member": member,
        "name": name,
        "nodes": hidden or _nodes(nodes),
        "virtual_machines": _named(of_type, "virtual machine"),
        "replica_broker": of_type
        if isinstance(of_type, Unknown)
        else any(each.get("type", "").lower() == "virtual machine replication broker" for each in of_type.values()),
    }


def _nodes(nodes: dict[str, dict[str, str]] | Unknown) -> Value:
    if isinstance(nodes, Unknown):
        return nodes
    return [each.get("nodename", Unknown("a node has no name")) for each in nodes.values()]


def _named(resources: dict[str, dict[str, str]] | Unknown, kind: str) -> Value:
    if isinstance(resources, Unknown):
        return resources
    chosen = [each for each in resources.values() if each.get("type", "").lower() == kind]
    return [each.get("name", Unknown("a resource has no name")) for each in chosen]


_HIVE = r"HKLM\Cluster in the registry"
_MEMBER: tuple[Read, ...] = (CLUSTER, SERVICES)

SUBJECT = Subject(
    "hyperv_cluster",
    (
        Fact("hyperv_cluster.member", "bool", "Whether the host is a node of a failover cluster.", _HIVE, _MEMBER),
        Fact("hyperv_cluster.name", "str", "The name of the cluster; empty outside of one.", _HIVE, _MEMBER),
        Fact("hyperv_cluster.nodes", "list[str]", "The names of its nodes.", _HIVE, (*_MEMBER, NODES)),
        Fact(
            "hyperv_cluster.virtual_machines",
            "list[str]",
            "The resources of the cluster that are virtual machines, on whichever node they run.",
            _HIVE,
            (*_MEMBER, RESOURCES),
        ),
        Fact(
            "hyperv_cluster.replica_broker",
            "bool",
            "Whether the cluster has a Hyper-V Replica Broker.",
            _HIVE,
            (*_MEMBER, RESOURCES),
        ),
    ),
    _parse,
)
