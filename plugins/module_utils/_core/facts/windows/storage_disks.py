# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The disks of a machine, from the storage classes of Windows Server 2012 on, else from those of 2008 R2. Private."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...collector.recording import Recording, Status
from ..fact import Unknown, Value
from . import service_rows, wmi_objects
from .services import SERVICES
from .storage_reads import DRIVES, STORAGE_DISKS
from .wmi_objects import Properties

_GIB = 1024**3
#: Sizes that requirements compare disks with. Near one of them a size that was rounded decides nothing.
LIMITS = tuple(size * _GIB for size in (1, 300, 1023, 2048, 4095, 32767))

_BUS = {
    **{"1": "scsi", "2": "ata", "3": "ata", "4": "other", "5": "other", "6": "fc", "7": "usb", "8": "scsi"},
    **{"9": "iscsi", "10": "scsi", "11": "ata", "12": "mmc", "13": "mmc", "14": "other", "15": "other"},
    **{"16": "storage_space", "17": "nvme", "18": "other", "19": "other"},
}
_STYLE = {"0": "raw", "1": "mbr", "2": "gpt"}
#: Win32_DiskDrive.Capabilities: supports removable media.
_REMOVABLE_MEDIA = "7"


@dataclass(frozen=True)
class Disk:
    """One disk as Windows numbers it; ``style`` is mbr, gpt or raw."""

    number: int
    name: str
    size_bytes: int | Unknown
    logical_sector_bytes: int | Unknown
    transport: str | Unknown
    style: str | Unknown
    removable: bool
    multipath: bool
    clustered: bool | Unknown

    def plain(self, *, system: bool | Unknown) -> Value:
        """As the facts show it; the disk that carries the system or starts it counts as both."""
        return {
            "name": self.name,
            "size_bytes": self.size_bytes,
            "logical_sector_bytes": self.logical_sector_bytes,
            "transport": self.transport,
            "removable": self.removable,
            "multipath": self.multipath,
            "paths": [self.name],
            "system": system,
            "boot": system,
        }


def disks(recording: Recording) -> list[Disk] | Unknown:
    """Return all disks that hold something or could: no empty card reader, no optical drive."""
    drives = wmi_objects.all_of(recording, DRIVES)
    if isinstance(drives, Unknown):
        return drives
    newer = storage_disks(recording)
    if isinstance(newer, Unknown):
        return newer
    found: list[Disk] = []
    for drive in drives:
        number = wmi_objects.number(drive, "Index")
        if isinstance(number, Unknown):
            return number
        if "Size" not in drive and number not in newer:
            continue  # a drive without a medium
        found.append(_disk(recording, number, drive, newer))
    unseen = sorted(set(newer) - {disk.number for disk in found})
    if unseen:
        return Unknown(f"disk {unseen[0]} is known to MSFT_Disk, and not to Win32_DiskDrive")
    return sorted(found, key=lambda disk: disk.number)


def storage_disks(recording: Recording) -> dict[int, Properties] | Unknown:
    """Return the disks of MSFT_Disk by number; none where this Windows has no such class."""
    if recording.answer(STORAGE_DISKS).status is Status.ABSENT:
        return {}
    objects = wmi_objects.all_of(recording, STORAGE_DISKS)
    if isinstance(objects, Unknown):
        return objects
    found: dict[int, Properties] = {}
    for properties in objects:
        number = wmi_objects.number(properties, "Number")
        if isinstance(number, Unknown):
            return number
        found[number] = properties
    return found


def _disk(recording: Recording, number: int, drive: Properties, newer: dict[int, Properties]) -> Disk:
    path = drive.get("PNPDeviceID", [""])[0].upper()
    name = f"PHYSICALDRIVE{number}"
    removable = path.startswith(("USBSTOR\\", "SD\\")) or _REMOVABLE_MEDIA in drive.get("Capabilities", [])
    multipath = path.startswith("MPIO\\")
    if not newer:
        return Disk(
            number,
            name,
            _rounded_size(drive),
            wmi_objects.number(drive, "BytesPerSector"),
            _transport(recording, path, drive),
            Unknown("this Windows does not tell the kind of the partition table"),
            removable,
            multipath,
            False,
        )
    known: Properties | Unknown = newer.get(number, Unknown(f"MSFT_Disk does not know disk {number}"))
    return Disk(
        number,
        name,
        wmi_objects.number(known, "Size"),
        wmi_objects.number(known, "LogicalSectorSize"),
        _paravirtual(path) or _named(known, "BusType", _BUS),
        _named(known, "PartitionStyle", _STYLE),
        removable,
        multipath,
        wmi_objects.flag(known, "IsClustered"),
    )


def _named(properties: Properties | Unknown, name: str, known: dict[str, str]) -> str | Unknown:
    found = wmi_objects.text(properties, name)
    if isinstance(found, Unknown):
        return found
    return known.get(found) or Unknown(f"{name} is {found[:20]!r}, which no document explains")


def _rounded_size(drive: Properties) -> int | Unknown:
    """Return the size, which Windows rounds down to whole cylinders; unknown where that may hide a limit."""
    size = wmi_objects.number(drive, "Size")
    cylinder = 1
    for name in ("BytesPerSector", "SectorsPerTrack", "TracksPerCylinder"):
        factor = wmi_objects.number(drive, name)
        if isinstance(factor, Unknown):
            return factor
        cylinder *= factor
    if isinstance(size, Unknown):
        return size
    for limit in LIMITS:
        if size - cylinder < limit < size + cylinder:
            return Unknown(
                f"the size is told in whole cylinders only, as {size} bytes: too near to {limit // _GIB} GiB to decide"
            )
    return size


def _paravirtual(path: str) -> str:
    """Return virtio or xen for a disk of a paravirtual driver, which shows as SCSI; empty for any other."""
    if re.search(r"&PROD_PVDISK|VEN_XEN|VEN_CITRIX", path):
        return "xen"
    return "virtio" if "VEN_RED_HAT&PROD_VIRTIO" in path else ""


def _transport(recording: Recording, path: str, drive: Properties) -> str | Unknown:
    """Return how a disk is attached on 2008 R2, whose classes do not tell iSCSI from SCSI."""
    if _paravirtual(path):
        return _paravirtual(path)
    if path.startswith("USBSTOR\\"):
        return "usb"
    if path.startswith("IDE\\"):
        return "ata"
    if "NVME" in path:
        return "nvme"
    if wmi_objects.text(drive, "InterfaceType") not in ("SCSI", "IDE"):
        return "other"
    initiator = service_rows.one(recording, SERVICES, "MSiSCSI")
    if isinstance(initiator, Unknown):
        return initiator
    if initiator.running is False:
        return "scsi"
    return Unknown("the iSCSI initiator runs, and this Windows does not tell which disks it has attached")
