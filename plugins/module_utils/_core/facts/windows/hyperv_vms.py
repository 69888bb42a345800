# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The virtual machines of a Hyper-V host, as facts. Private to this collection.

The module answers where it is installed, WMI where it is not. A host sees only what runs on itself: the machines of
other nodes of its cluster are seen there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from ...collector.recording import Recording
from ..fact import Unknown, Value
from . import hyperv_module, hyperv_wmi, service_rows
from .hyperv_guests import Guest, guests
from .hyperv_inventory import Disk, Inventory, Machine
from .hyperv_services import SERVICES

_LISTS = ("machines", "generation_2", "disks", "adapters", "fibre_channel", "checkpoints")


class _Part(Protocol):
    """What shows itself as a fact."""

    def plain(self) -> Value:
        """As the facts show it."""


def parse(recording: Recording) -> Mapping[str, Value]:
    """Return the facts of the subject."""
    found = _inventory(recording)
    if isinstance(found, Unknown):
        return dict.fromkeys(_LISTS, found)
    told = guests(recording)
    return {
        "machines": [_machine(each, found, told) for each in found.machines],
        "generation_2": _generation_2(found, told),
        "disks": _disks(found.disks),
        "adapters": _shown(found.adapters),
        "fibre_channel": _shown(found.san_adapters),
        "checkpoints": _shown(found.checkpoints),
    }


def _inventory(recording: Recording) -> Inventory | Unknown:
    by_module = hyperv_module.inventory(recording)
    if not isinstance(by_module, Unknown):
        return _seen(recording, by_module)
    by_wmi = hyperv_wmi.inventory(recording)
    if not isinstance(by_wmi, Unknown):
        return _seen(recording, by_wmi)
    service = service_rows.one(recording, SERVICES, "vmms")
    if not isinstance(service, Unknown) and not service.installed:
        return Inventory([], [], [], [], [])  # without the role there are none
    return Unknown(f"{by_module.reason}; {by_wmi.reason}")


def _seen(recording: Recording, found: Inventory) -> Inventory | Unknown:
    """Hyper-V shows nothing, without an error, to those who may not see its virtual machines."""
    if found.machines or recording.user == 0:
        return found
    return Unknown("only an administrator sees virtual machines, and the answers are not an administrator's")


def _shown(parts: Sequence[_Part] | Unknown) -> Value:
    return parts if isinstance(parts, Unknown) else [part.plain() for part in parts]


def _own(machine: Machine, disks: list[Disk] | Unknown) -> list[Disk] | Unknown:
    return disks if isinstance(disks, Unknown) else [disk for disk in disks if disk.machine_id == machine.id]


def _machine(machine: Machine, found: Inventory, told: dict[str, Guest] | Unknown) -> Value:
    own = _own(machine, found.disks)
    least, most = _os_disk(own)
    guest = _guest(machine, told)
    return {
        "id": machine.id,
        "name": machine.name,
        "generation": machine.generation,
        "state": machine.state,
        "processors": machine.processors,
        "memory_bytes": machine.memory_bytes,
        "dynamic_memory": machine.dynamic_memory,
        "clustered": machine.clustered,
        "replication_state": machine.replication_state,
        "replication_mode": machine.replication_mode,
        "integration_services": machine.integration_services,
        "secure_boot": machine.secure_boot,
        "secure_boot_template": machine.secure_boot_template,
        "guest": guest if isinstance(guest, Unknown) else guest.family,
        "guest_name": guest if isinstance(guest, Unknown) else guest.name,
        "guest_hostname": guest if isinstance(guest, Unknown) else guest.hostname,
        "disk_count": own if isinstance(own, Unknown) else len(own),
        "os_disk_at_least_bytes": least,
        "os_disk_at_most_bytes": most,
    }


def _guest(machine: Machine, told: dict[str, Guest] | Unknown) -> Guest | Unknown:
    if isinstance(told, Unknown):
        return told
    silent = Unknown(f"the guest says nothing of itself (the machine is {machine.state}); start it, or look into it")
    if isinstance(machine.state, Unknown):
        silent = Unknown("the guest says nothing of itself")
    return told.get(machine.id, silent)


def _os_disk(own: list[Disk] | Unknown) -> tuple[Value, Value]:
    """Return the least and the most that the disk holds that a machine starts from; nothing without a disk.

    Where it is not known which disk that is, it may be any.
    """
    if isinstance(own, Unknown):
        return own, own
    possible = [disk for disk in own if disk.os is True] or own
    sizes: list[int] = []
    for disk in possible:
        if isinstance(disk.size_bytes, Unknown):
            return disk.size_bytes, disk.size_bytes
        sizes.append(disk.size_bytes)
    return min(sizes, default=0), max(sizes, default=0)


def _generation_2(found: Inventory, told: dict[str, Guest] | Unknown) -> Value:
    rows: list[Value] = []
    for machine in found.machines:
        if isinstance(machine.generation, Unknown):
            return machine.generation
        if machine.generation == 1:
            continue
        guest = _guest(machine, told)
        least, most = _os_disk(_own(machine, found.disks))
        rows.append(
            {
                "vm": machine.name,
                "guest": guest if isinstance(guest, Unknown) else guest.family,
                "os_disk_at_least_bytes": least,
                "os_disk_at_most_bytes": most,
            }
        )
    return rows


def _disks(disks: list[Disk] | Unknown) -> Value:
    if isinstance(disks, Unknown):
        return disks
    used = Counter(disk.path.lower() for disk in disks if disk.path)
    return [_disk(disk, used[disk.path.lower()] > 1) for disk in disks]


def _disk(disk: Disk, used_twice: bool) -> Value:
    return {
        "vm": disk.machine,
        "vm_id": disk.machine_id,
        "path": disk.path,
        "controller": disk.controller,
        "controller_number": disk.controller_number,
        "location": disk.location,
        "physical": disk.physical,
        "format": disk.format,
        "type": disk.type,
        "base_type": disk.base_type,
        "size_bytes": disk.size_bytes,
        "file_bytes": disk.file_bytes,
        "sector_bytes": disk.sector_bytes,
        "shared": True if used_twice else disk.shared,
        "os": disk.os,
    }
