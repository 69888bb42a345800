# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The virtual machines of a Hyper-V host by WMI, where the Hyper-V module is missing. Private to this collection.

WMI does not tell the size of a virtual disk without a method being called, so sizes stay unknown here.
"""

from __future__ import annotations

import re

from ...collector.read import Read
from ...collector.recording import Recording
from ..fact import Unknown
from . import hyperv_reads as reads
from . import wmi_objects
from .hyperv_inventory import Adapter, Disk, Inventory, Machine, SanAdapter, known_format
from .operating_system import version
from .wmi_objects import Properties

_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_HARD_DISK = "Microsoft:Hyper-V:Virtual Hard Disk"
_REALIZED = "Microsoft:Hyper-V:System:Realized"
_GENERATIONS = {"Microsoft:Hyper-V:SubType:1": 1, "Microsoft:Hyper-V:SubType:2": 2}
_STATES = {"2": "running", "3": "off", "6": "saved", "9": "paused", "32768": "paused", "32769": "saved"}
_MODULE_NEEDED = Unknown(
    "the Hyper-V module for PowerShell is not installed, and WMI does not tell it; add the feature Hyper-V-PowerShell"
)


def inventory(recording: Recording) -> Inventory | Unknown:
    """Return what WMI tells."""
    found = wmi_objects.all_of(recording, reads.WMI_SYSTEMS)
    if isinstance(found, Unknown):
        return found
    systems = [each for each in found if re.fullmatch(_GUID, each.get("Name", [""])[0])]
    settings = _settings(recording)
    names = {each["Name"][0].upper(): wmi_objects.text(each, "ElementName") for each in systems}
    return Inventory(
        machines=[_machine(recording, each, settings) for each in systems],
        disks=_disks(recording, names),
        adapters=_adapters(recording, names),
        san_adapters=_san_adapters(recording, names),
        checkpoints=_MODULE_NEEDED,
    )


def _settings(recording: Recording) -> dict[str, Properties] | Unknown:
    found = wmi_objects.all_of(recording, reads.WMI_SETTINGS)
    if isinstance(found, Unknown):
        return found
    realized = [each for each in found if each.get("VirtualSystemType") == [_REALIZED]]
    return {each.get("VirtualSystemIdentifier", [""])[0].upper(): each for each in realized}


def _machine(recording: Recording, system: Properties, settings: dict[str, Properties] | Unknown) -> Machine:
    identifier = system["Name"][0].upper()
    own: Properties | Unknown = settings if isinstance(settings, Unknown) else settings.get(identifier, {})
    kind = wmi_objects.text(own, "VirtualSystemSubType")
    generation: int | Unknown = kind if isinstance(kind, Unknown) else _generation(kind)
    if _is_2012(recording):
        generation = 1
    state = wmi_objects.text(system, "EnabledState")
    return Machine(
        id=identifier,
        name=wmi_objects.text(system, "ElementName"),
        generation=generation,
        state=state if isinstance(state, Unknown) else _STATES.get(state, f"state {state}"),
        processors=_MODULE_NEEDED,
        memory_bytes=_MODULE_NEEDED,
        dynamic_memory=_MODULE_NEEDED,
        clustered=_MODULE_NEEDED,
        replication_state=_MODULE_NEEDED,
        replication_mode=_MODULE_NEEDED,
        integration_services=_MODULE_NEEDED,
        secure_boot=False if generation == 1 else wmi_objects.flag(own, "SecureBootEnabled"),
        secure_boot_template="" if generation == 1 else _MODULE_NEEDED,
    )


def _generation(kind: str) -> int | Unknown:
    return _GENERATIONS.get(kind) or Unknown(f"expected a generation in VirtualSystemSubType, found {kind[:60]!r}")


def _is_2012(recording: Recording) -> bool:
    number = version(recording)
    return isinstance(number, str) and number.startswith("6.2.")


def _owner(properties: Properties) -> str:
    """Return the id of the machine, or checkpoint, that a setting belongs to."""
    found = re.match(rf"Microsoft:({_GUID})\\", properties.get("InstanceID", [""])[0])
    return found[1].upper() if found else ""


def _owned(
    recording: Recording, of: Read, names: dict[str, str | Unknown]
) -> list[tuple[str, str | Unknown, Properties]] | Unknown:
    """Return the settings of machines, each with the machine's id and name; those of checkpoints are left out."""
    found = wmi_objects.all_of(recording, of)
    if isinstance(found, Unknown):
        return found
    return [(_owner(each), names[_owner(each)], each) for each in found if _owner(each) in names]


def _disks(recording: Recording, names: dict[str, str | Unknown]) -> list[Disk] | Unknown:
    files = _owned(recording, reads.WMI_FILES, names)
    physical = _owned(recording, reads.WMI_PHYSICAL, names)
    if isinstance(files, Unknown):
        return files
    if isinstance(physical, Unknown):
        return physical
    found = wmi_objects.all_of(recording, reads.WMI_SHARED)
    shared = found if isinstance(found, Unknown) else {each.get("InstanceID", [""])[0]: each for each in found}
    disks = [
        _disk(identifier, name, each.get("HostResource", [""])[0], _shared(recording, each, shared))
        for identifier, name, each in files
        if each.get("ResourceSubType") == [_HARD_DISK]
    ]
    # A drive without a disk of the host in it holds nothing.
    return disks + [_disk(identifier, name, "", False) for identifier, name, each in physical if "HostResource" in each]


def _disk(identifier: str, name: str | Unknown, path: str, shared: bool | Unknown) -> Disk:
    physical = not path
    disk_format: str | Unknown = "physical" if physical else known_format(path)
    return Disk(
        machine_id=identifier,
        machine=name,
        path=path,
        controller=_MODULE_NEEDED,
        controller_number=_MODULE_NEEDED,
        location=_MODULE_NEEDED,
        physical=physical,
        format=disk_format,
        type="physical" if physical else _MODULE_NEEDED,
        base_type="physical" if physical else _MODULE_NEEDED,
        size_bytes=_MODULE_NEEDED,
        file_bytes=_MODULE_NEEDED,
        sector_bytes=_MODULE_NEEDED,
        shared=True if disk_format == "vhdset" else shared,
    )


def _shared(recording: Recording, file: Properties, shared: dict[str, Properties] | Unknown) -> bool | Unknown:
    if _is_2012(recording):
        return False
    if isinstance(shared, Unknown):
        return shared
    return wmi_objects.flag(shared.get(file.get("InstanceID", [""])[0], {}), "PersistentReservationsSupported")


def _adapters(recording: Recording, names: dict[str, str | Unknown]) -> list[Adapter] | Unknown:
    adapters: list[Adapter] = []
    for read in (reads.WMI_SYNTHETIC, reads.WMI_EMULATED):
        found = _owned(recording, read, names)
        if isinstance(found, Unknown):
            return found
        for identifier, name, each in found:
            title, mac = each.get("ElementName", [""])[0], each.get("Address", [""])[0]
            fixed = wmi_objects.flag(each, "StaticMacAddress")
            adapters.append(Adapter(identifier, name, title, _MODULE_NEEDED, mac, fixed, _MODULE_NEEDED))
    return adapters


def _san_adapters(recording: Recording, names: dict[str, str | Unknown]) -> list[SanAdapter] | Unknown:
    found = _owned(recording, reads.WMI_FIBRE_CHANNEL, names)
    if isinstance(found, Unknown):
        return found
    return [SanAdapter(identifier, name, _MODULE_NEEDED) for identifier, name, _each in found]
