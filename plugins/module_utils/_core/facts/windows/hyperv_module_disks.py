# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The hard disks of virtual machines as the Hyper-V module tells of them. Private to this collection."""

from __future__ import annotations

from ...collector.recording import Recording
from ..fact import Unknown
from . import hyperv_reads as reads
from . import wmi_objects
from .hyperv_inventory import Disk, known_format
from .operating_system import version
from .wmi_objects import Properties

#: Parents of differencing files are followed so far.
_DEEPEST = 64


def machine_id(properties: Properties) -> str:
    """Return the GUID of a virtual machine in capital letters."""
    found = wmi_objects.text(properties, "VMId")
    return "" if isinstance(found, Unknown) else found.upper()


def name_of(properties: Properties, property_name: str = "VMName") -> str | Unknown:
    """Return the name of a virtual machine."""
    return wmi_objects.text(properties, property_name)


def word(properties: Properties | Unknown, name: str) -> str | Unknown:
    """Return an enumeration's name in small letters."""
    found = wmi_objects.text(properties, name)
    return found if isinstance(found, Unknown) else found.lower()


def or_empty(properties: Properties, name: str) -> str:
    """Return a property as text, empty where it has no value."""
    return properties.get(name, [""])[0]


def disks(recording: Recording) -> list[Disk] | Unknown:
    """Return the hard disks of all virtual machines."""
    drives = wmi_objects.all_of(recording, reads.DRIVES)
    if isinstance(drives, Unknown):
        return drives
    answer = wmi_objects.all_of(recording, reads.FILES)
    files = answer if isinstance(answer, Unknown) else {or_empty(each, "Path").lower(): each for each in answer}
    return [_disk(recording, each, files) for each in drives]


def _disk(recording: Recording, drive: Properties, files: dict[str, Properties] | Unknown) -> Disk:
    path = or_empty(drive, "Path")
    physical = "DiskNumber" in drive
    file = _file(path, files, physical)
    format_of_name = known_format(path)
    told = word(file, "VhdFormat")
    disk_format: str | Unknown = "physical" if physical else format_of_name if isinstance(told, Unknown) else told
    return Disk(
        machine_id=machine_id(drive),
        machine=name_of(drive),
        path="" if physical else path,
        controller=word(drive, "ControllerType"),
        controller_number=wmi_objects.number(drive, "ControllerNumber"),
        location=wmi_objects.number(drive, "ControllerLocation"),
        physical=physical,
        format=disk_format,
        type="physical" if physical else word(file, "VhdType"),
        base_type="physical" if physical else _base_type(path, files),
        size_bytes=wmi_objects.number(file, "Size"),
        file_bytes=wmi_objects.number(file, "FileSize"),
        sector_bytes=wmi_objects.number(file, "LogicalSectorSize"),
        shared=_shared(recording, drive, disk_format),
    )


def _file(path: str, files: dict[str, Properties] | Unknown, physical: bool) -> Properties | Unknown:
    if physical:
        return Unknown("a disk of the host is passed through, and its size is not asked for")
    if isinstance(files, Unknown):
        return files
    if path.lower() in files:
        return files[path.lower()]
    if path.startswith("\\\\"):
        return Unknown(f"{path} lies on a share, which a remote session cannot open; run the script on the host itself")
    return Unknown(f"Get-VHD told nothing of {path or 'a drive without a path'}")


def _base_type(path: str, files: dict[str, Properties] | Unknown) -> str | Unknown:
    """Return the type of the file that all differencing ones below it begin with."""
    for _level in range(_DEEPEST):
        file = _file(path, files, False)
        parent = "" if isinstance(file, Unknown) else or_empty(file, "ParentPath")
        if not parent:
            found = word(file, "VhdType")
            return Unknown(f"{path} does not name its parent") if found == "differencing" else found
        path = parent
    return Unknown("the chain of differencing files is too long")


def _shared(recording: Recording, drive: Properties, disk_format: str | Unknown) -> bool | Unknown:
    if disk_format == "vhdset":
        return True
    found = wmi_objects.flag(drive, "SupportPersistentReservations")
    number = version(recording)
    if isinstance(found, Unknown) and isinstance(number, str) and number.startswith("6.2."):
        return False  # 2012 cannot share a virtual disk
    return found
