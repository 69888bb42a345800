# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which disks carry volumes, the system and its start, and which are dynamic. Private to this collection."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...collector.recording import Recording, Status
from ..fact import Unknown
from . import wmi_objects
from .storage_reads import LETTERS, PARTITIONS, STORAGE_PARTITIONS, VOLUMES
from .wmi_objects import Properties

#: The partition of a dynamic disk: its byte in a master boot record, its two types in a table of GUIDs.
_DYNAMIC_MBR = "66"
_DYNAMIC_GPT = ("{5808c8aa-7e8f-42e0-85d2-e1e90434cfb3}", "{af9b60a0-1431-4f62-bc68-3311714a69ad}")


@dataclass(frozen=True)
class Volume:
    """A volume on fixed disks; ``path`` is its own name, ``letter`` as C:, empty without one."""

    path: str
    letter: str
    filesystem: str
    size_bytes: int | Unknown
    free_bytes: int | Unknown
    system: bool | Unknown
    boot: bool | Unknown
    disks: tuple[int, ...] | Unknown


def volumes(recording: Recording) -> list[Volume] | Unknown:
    """Return the volumes on fixed disks."""
    objects = wmi_objects.all_of(recording, VOLUMES)
    if isinstance(objects, Unknown):
        return objects
    places = _places(recording)
    return [_volume(properties, places) for properties in objects]


def _volume(properties: Properties, places: dict[str, tuple[int, ...]] | Unknown) -> Volume:
    path, letter = properties.get("DeviceID", [""])[0], properties.get("DriveLetter", [""])[0]
    found: tuple[int, ...] | Unknown
    if isinstance(places, Unknown):
        found = places
    else:
        found = (
            places.get(path.lower())
            or places.get(letter.lower())
            or Unknown(f"no class tells on which disk the volume {letter or path} lies")
        )
    return Volume(
        path,
        letter,
        properties.get("FileSystem", [""])[0],
        wmi_objects.number(properties, "Capacity"),
        wmi_objects.number(properties, "FreeSpace"),
        wmi_objects.flag(properties, "SystemVolume"),
        wmi_objects.flag(properties, "BootVolume"),
        found,
    )


def _places(recording: Recording) -> dict[str, tuple[int, ...]] | Unknown:
    """Return the disks by what a volume is called: its path or its letter, in small letters."""
    found: dict[str, set[int]] = {}
    newer = _storage_partitions(recording)
    if isinstance(newer, Unknown):
        return newer
    for partition in newer:
        number = wmi_objects.number(partition, "DiskNumber")
        if isinstance(number, Unknown):
            return number
        for path in partition.get("AccessPaths", []):
            # The root of a drive ends with a backslash here, and is without one everywhere else.
            name = path.lower() if path.startswith("\\\\?\\") else path.lower().rstrip("\\")
            found.setdefault(name, set()).add(number)
    older = _places_by_letter(recording)
    if isinstance(older, Unknown):
        return older
    for letter, numbers in older.items():
        found.setdefault(letter, set()).update(numbers)
    return {name: tuple(sorted(numbers)) for name, numbers in found.items()}


def _places_by_letter(recording: Recording) -> dict[str, set[int]] | Unknown:
    partitions, pairs = wmi_objects.all_of(recording, PARTITIONS), wmi_objects.all_of(recording, LETTERS)
    if isinstance(partitions, Unknown):
        return partitions
    if isinstance(pairs, Unknown):
        return pairs
    disks: dict[str, int] = {}
    for partition in partitions:
        number = wmi_objects.number(partition, "DiskIndex")
        if isinstance(number, Unknown):
            return number
        disks[partition.get("DeviceID", [""])[0]] = number
    found: dict[str, set[int]] = {}
    for pair in pairs:
        partition_key = _key(pair.get("Antecedent", [""])[0])
        letter = _key(pair.get("Dependent", [""])[0]).lower()
        if partition_key not in disks:
            return Unknown(f"the drive {letter} lies on a partition that Win32_DiskPartition does not know")
        found.setdefault(letter, set()).add(disks[partition_key])
    return found


def _key(reference: str) -> str:
    """Return the key of a reference to an object: what stands in quotes at its end."""
    found = re.search(r'="(.*)"$', reference)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else ""


def _storage_partitions(recording: Recording) -> list[Properties] | Unknown:
    if recording.answer(STORAGE_PARTITIONS).status is Status.ABSENT:
        return []
    return wmi_objects.all_of(recording, STORAGE_PARTITIONS)


def dynamic_disks(recording: Recording) -> set[int] | Unknown:
    """Return the numbers of dynamic disks; this is told from Windows Server 2012 on."""
    if recording.answer(STORAGE_PARTITIONS).status is Status.ABSENT:
        return Unknown("this Windows tells only in its own language whether a disk is dynamic")
    partitions = wmi_objects.all_of(recording, STORAGE_PARTITIONS)
    if isinstance(partitions, Unknown):
        return partitions
    found: set[int] = set()
    for partition in partitions:
        number = wmi_objects.number(partition, "DiskNumber")
        if isinstance(number, Unknown):
            return number
        kinds = partition.get("MbrType", []) + [kind.lower() for kind in partition.get("GptType", [])]
        if not kinds:
            return Unknown(f"a partition of disk {number} has no type")
        if _DYNAMIC_MBR in kinds or any(kind in _DYNAMIC_GPT for kind in kinds):
            found.add(number)
    return found


def os_disks(recording: Recording, found: list[Volume]) -> tuple[int, ...] | Unknown:
    """Return the disks that carry Windows and what it starts from, by the volumes that say so of themselves."""
    numbers: set[int] = set()
    for what, told in (("boot", "IsBoot"), ("system", "IsSystem")):
        places: list[tuple[int, ...] | Unknown] = []
        for volume in found:
            bears = volume.boot if what == "boot" else volume.system
            if isinstance(bears, Unknown):
                return bears
            if bears:
                places.append(volume.disks)
        if not places or any(isinstance(place, Unknown) for place in places):
            places = [_told_by_partitions(recording, told)]
        for place in places:
            if isinstance(place, Unknown):
                return place
            numbers.update(place)
    return tuple(sorted(numbers))


def _told_by_partitions(recording: Recording, flag: str) -> tuple[int, ...] | Unknown:
    """Return the disk of Windows, or of its start, where the volume has no letter or Windows does not list it.

    From 2012 on the partition says so itself. Before, the firmware starts from an active partition: when all of these
    lie on one disk, it is that one.
    """
    newer = _storage_partitions(recording)
    if isinstance(newer, Unknown):
        return newer
    numbers = {partition.get("DiskNumber", [""])[0] for partition in newer if partition.get(flag) == ["True"]}
    if not newer and flag == "IsSystem":
        partitions = wmi_objects.all_of(recording, PARTITIONS)
        if isinstance(partitions, Unknown):
            return partitions
        numbers = {each.get("DiskIndex", [""])[0] for each in partitions if each.get("BootPartition") == ["True"]}
    if len(numbers) != 1 or not all(number.isdigit() for number in numbers):
        return Unknown("on which disk Windows lies, or the firmware starts it from, cannot be told")
    return tuple(int(number) for number in numbers)
