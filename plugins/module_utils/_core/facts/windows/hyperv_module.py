# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The virtual machines of a Hyper-V host as the Hyper-V module tells of them. Private to this collection."""

from __future__ import annotations

from ...collector.read import Read
from ...collector.recording import Recording
from ..fact import Unknown
from . import hyperv_module_disks, wmi_objects
from . import hyperv_reads as reads
from .hyperv_inventory import Adapter, Checkpoint, Inventory, Machine, SanAdapter, choose_os_disk
from .hyperv_module_disks import machine_id, name_of, or_empty, word
from .operating_system import version
from .wmi_objects import Properties


def inventory(recording: Recording) -> Inventory | Unknown:
    """Return everything that the module tells; what one of its cmdlets did not tell is unknown by itself."""
    found = wmi_objects.all_of(recording, reads.VIRTUAL_MACHINES)
    if isinstance(found, Unknown):
        return found
    drives = hyperv_module_disks.disks(recording)
    firmware = _by_machine(recording, reads.FIRMWARE)
    order = wmi_objects.all_of(recording, reads.BOOT_ORDER)
    machines = [_machine(recording, each, firmware) for each in found]
    if not isinstance(drives, Unknown):
        known = {machine.id for machine in machines}
        strangers = [disk for disk in drives if disk.machine_id not in known]
        own = [disk for machine in machines for disk in choose_os_disk(machine, drives, _order(order, machine))]
        drives = own + strangers
    return Inventory(
        machines=machines,
        disks=drives,
        adapters=_adapters(recording),
        san_adapters=_san_adapters(recording),
        checkpoints=_checkpoints(recording),
    )


def _by_machine(recording: Recording, of: Read) -> dict[str, Properties] | Unknown:
    found = wmi_objects.all_of(recording, of)
    return found if isinstance(found, Unknown) else {machine_id(each): each for each in found}


def _machine(recording: Recording, given: Properties, firmware: dict[str, Properties] | Unknown) -> Machine:
    identifier = machine_id(given)
    generation = wmi_objects.number(given, "Generation")
    number = version(recording)
    if isinstance(generation, Unknown) and isinstance(number, str) and number.startswith("6.2."):
        generation = 1  # 2012 knows no other
    secure_boot: bool | Unknown = False
    template: str | Unknown = ""
    if generation != 1:
        own: Properties | Unknown = firmware if isinstance(firmware, Unknown) else firmware.get(identifier, {})
        secure_boot = _secure_boot(word(own, "SecureBoot"))
        template = own if isinstance(own, Unknown) else or_empty(own, "SecureBootTemplate")
    return Machine(
        id=identifier,
        name=name_of(given, "Name"),
        generation=generation,
        state=word(given, "State"),
        processors=wmi_objects.number(given, "ProcessorCount"),
        memory_bytes=wmi_objects.number(given, "MemoryStartup"),
        dynamic_memory=wmi_objects.flag(given, "DynamicMemoryEnabled"),
        clustered=wmi_objects.flag(given, "IsClustered"),
        replication_state=word(given, "ReplicationState"),
        replication_mode=word(given, "ReplicationMode"),
        integration_services=or_empty(given, "IntegrationServicesVersion"),
        secure_boot=secure_boot,
        secure_boot_template=template,
    )


def _secure_boot(word: str | Unknown) -> bool | Unknown:
    if isinstance(word, Unknown):
        return word
    known = {"on": True, "off": False}.get(word)
    return Unknown(f"expected On or Off in SecureBoot, found {word[:40]!r}") if known is None else known


def _order(found: list[Properties] | Unknown, machine: Machine) -> list[tuple[str, str]] | Unknown:
    """Return kind and path of what a machine of generation 2 tries to start from."""
    if isinstance(found, Unknown):
        return found
    return [
        (or_empty(each, "BootType").lower(), or_empty(each, "Path").lower())
        for each in found
        if machine_id(each) == machine.id
    ]


def _adapters(recording: Recording) -> list[Adapter] | Unknown:
    found = wmi_objects.all_of(recording, reads.ADAPTERS)
    if isinstance(found, Unknown):
        return found
    return [
        Adapter(
            machine_id(each),
            name_of(each),
            or_empty(each, "Name"),
            or_empty(each, "SwitchName"),
            or_empty(each, "MacAddress"),
            _opposite(wmi_objects.flag(each, "DynamicMacAddressEnabled")),
            tuple(each.get("IPAddresses", ())),
        )
        for each in found
    ]


def _opposite(flag: bool | Unknown) -> bool | Unknown:
    return flag if isinstance(flag, Unknown) else not flag


def _san_adapters(recording: Recording) -> list[SanAdapter] | Unknown:
    found = wmi_objects.all_of(recording, reads.FIBRE_CHANNEL)
    if isinstance(found, Unknown):
        return found
    return [SanAdapter(machine_id(each), name_of(each), or_empty(each, "SanName")) for each in found]


def _checkpoints(recording: Recording) -> list[Checkpoint] | Unknown:
    found = wmi_objects.all_of(recording, reads.CHECKPOINTS)
    if isinstance(found, Unknown):
        return found
    return [Checkpoint(machine_id(each), name_of(each), or_empty(each, "Name")) for each in found]
