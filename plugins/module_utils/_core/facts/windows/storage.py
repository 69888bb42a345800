# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts ``storage.*`` of a Windows machine. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.recording import Recording, Status
from ..fact import Subject, Unknown, Value
from . import boot, registry_values, service_rows, storage_disks, storage_layout, wmi_objects
from .operating_system import SYSTEM
from .services import SERVICES
from .storage_disks import Disk
from .storage_layout import Volume
from .storage_reads import (
    CLUSTER,
    ENCRYPTABLE,
    ENCRYPTED_SHARE,
    FIBRE_CHANNEL,
    PAGE_FILES,
    SAN_POLICY,
)
from .storage_schema import FACTS

_SAN_POLICIES = {1: "online_all", 2: "offline_shared", 3: "offline_all", 4: "offline_internal"}


def _encrypted(recording: Recording) -> Value:
    """Return the volumes that BitLocker has encrypted, or is about to; a suspended one is still encrypted."""
    if recording.answer(ENCRYPTABLE).status is Status.ABSENT:
        return []  # the feature is not installed, and then no volume of it can be open
    found = wmi_objects.all_of(recording, ENCRYPTABLE)
    if isinstance(found, Unknown):
        return found
    volumes: list[Value] = []
    for properties in found:
        name = properties.get("DriveLetter", properties.get("DeviceID", ["?"]))[0]
        status = wmi_objects.number(properties, "ProtectionStatus")
        if isinstance(status, Unknown):
            return status
        if status != 0:
            volumes.append(name)  # 1 is protected, 2 is locked
    if volumes or not found:
        return volumes
    return _suspended(recording, len(found))


def _suspended(recording: Recording, count: int) -> Value:
    answer = recording.answer(ENCRYPTED_SHARE)
    if not answer.answered or answer.code != 0:
        return Unknown(f"no protection is on, but volumes may be encrypted without it: {answer.reason}")
    shares = re.findall(r"(\d+)(?:[.,](\d+))?\s*%|%\s*(\d+)(?:[.,](\d+))?", answer.text)
    if len(shares) < count:
        return Unknown(f"{ENCRYPTED_SHARE.key} tells {len(shares)} shares of {count} volumes")
    encrypted = [share for share in shares if any(int(part) for part in share if part)]
    return [f"{len(encrypted)} volumes without active protection"] if encrypted else []


def _cluster_signs(recording: Recording, disks: list[Disk] | Unknown) -> Value:
    found: list[Value] = []
    cluster = registry_values.value(recording, CLUSTER, "ClusterName")
    service = service_rows.one(recording, SERVICES, "ClusSvc")
    if isinstance(cluster, Unknown):
        return cluster
    if isinstance(service, Unknown):
        return service
    if isinstance(disks, Unknown):
        return disks
    if cluster is not None:
        found.append("member of the cluster " + " ".join(cluster[1]))
    if isinstance(service.running, Unknown):
        return service.running
    if service.running or service.autostart is True:
        found.append("cluster service")
    for disk in disks:
        if isinstance(disk.clustered, Unknown):
            return disk.clustered
        if disk.clustered:
            found.append(f"{disk.name} belongs to a cluster")
    return found


def _fibre_channel(recording: Recording) -> Value:
    if recording.answer(FIBRE_CHANNEL).status is Status.ABSENT:
        return []  # no driver of such an adapter is loaded
    found = wmi_objects.all_of(recording, FIBRE_CHANNEL)
    if isinstance(found, Unknown):
        return found
    return [properties.get("InstanceName", ["?"])[0] for properties in found]


def _dynamic(recording: Recording, disk: Disk, dynamic: set[int] | Unknown, drives: list[str]) -> bool | Unknown:
    """Whether a disk is dynamic; on 2008 R2 the mounted devices can tell that it is not, by the drives on it."""
    if not isinstance(dynamic, Unknown):
        return disk.number in dynamic
    if any(boot.on_basic_mbr_disk(recording, drive) is True for drive in drives):
        return False  # a dynamic disk has no basic partition
    return dynamic


def _letters(volumes: list[Volume], number: int) -> list[str]:
    return [
        each.letter for each in volumes if each.letter and not isinstance(each.disks, Unknown) and number in each.disks
    ]


def _disk_facts(recording: Recording, disks: list[Disk] | Unknown, volumes: list[Volume] | Unknown) -> dict[str, Value]:
    names = ("os_disks", "os_disk_sizes", "os_disk_styles", "os_disk_dynamic", "data_disks", "data_disk_dynamic")
    if isinstance(disks, Unknown):
        return dict.fromkeys((*names, "disks"), disks)
    carrying = volumes if isinstance(volumes, Unknown) else storage_layout.os_disks(recording, volumes)
    missing: set[int] = set() if isinstance(carrying, Unknown) else set(carrying) - {disk.number for disk in disks}
    if missing:
        carrying = Unknown(f"Windows lies on disk {min(missing)}, which Win32_DiskDrive does not know")
    if isinstance(carrying, Unknown):
        every: list[Value] = [disk.plain(system=carrying) for disk in disks]
        return {**dict.fromkeys(names, carrying), "disks": every}
    bearing = [disk for disk in disks if disk.number in carrying]
    others = [disk for disk in disks if disk.number not in carrying and not disk.removable]
    return {
        "disks": [disk.plain(system=disk.number in carrying) for disk in disks],
        "os_disks": [disk.name for disk in bearing],
        "os_disk_sizes": [disk.size_bytes for disk in bearing],
        "os_disk_styles": [disk.style for disk in bearing],
        "os_disk_dynamic": _any_dynamic(recording, bearing, volumes),
        "data_disks": [disk.plain(system=False) for disk in others],
        "data_disk_dynamic": _any_dynamic(recording, others, volumes),
    }


def _any_dynamic(recording: Recording, disks: list[Disk], volumes: list[Volume] | Unknown) -> bool | Unknown:
    dynamic = storage_layout.dynamic_disks(recording)
    kinds = []
    for disk in disks:
        drives = [] if isinstance(volumes, Unknown) else _letters(volumes, disk.number)
        kinds.append(_dynamic(recording, disk, dynamic, drives))
    if True in kinds:
        return True
    return next((kind for kind in kinds if isinstance(kind, Unknown)), False)


def _volume_facts(recording: Recording, volumes: list[Volume] | Unknown) -> dict[str, Value]:
    if isinstance(volumes, Unknown):
        return dict.fromkeys(("volumes", "install_free_bytes"), volumes)
    drive = wmi_objects.text(wmi_objects.one(recording, SYSTEM), "SystemDrive")
    free: int | Unknown
    if isinstance(drive, Unknown):
        free = drive
    else:
        on_drive = [volume.free_bytes for volume in volumes if volume.letter.lower() == drive.lower()]
        free = on_drive[0] if on_drive else Unknown(f"Win32_Volume does not tell of {drive}")
    return {"volumes": [_plain(volume) for volume in volumes], "install_free_bytes": free}


def _plain(volume: Volume) -> Value:
    places = volume.disks
    return {
        "letter": volume.letter,
        "filesystem": volume.filesystem,
        "size_bytes": volume.size_bytes,
        "free_bytes": volume.free_bytes,
        "system": volume.system,
        "boot": volume.boot,
        "disks": places if isinstance(places, Unknown) else [f"PHYSICALDRIVE{number}" for number in places],
    }


def _san_policy(recording: Recording) -> str | Unknown:
    found = registry_values.number(recording, SAN_POLICY, "SanPolicy")
    if isinstance(found, Unknown):
        return found
    return _SAN_POLICIES.get(found, Unknown(f"SanPolicy is {found}, which no document explains"))


def _page_file_drives(recording: Recording) -> Value:
    found = registry_values.value(recording, PAGE_FILES, "ExistingPageFiles")
    if isinstance(found, Unknown):
        return found
    paths = found[1] if found else []
    return [*dict.fromkeys(letter.upper() for path in paths for letter in re.findall(r"([A-Za-z]:)\\", path))]


def _parse(recording: Recording) -> Mapping[str, Value]:
    disks, volumes = storage_disks.disks(recording), storage_layout.volumes(recording)
    return {
        **_disk_facts(recording, disks, volumes),
        **_volume_facts(recording, volumes),
        "encrypted": _encrypted(recording),
        "fibre_channel_hosts": _fibre_channel(recording),
        "cluster_signs": _cluster_signs(recording, disks),
        "san_policy": _san_policy(recording),
        "page_file_drives": _page_file_drives(recording),
    }


SUBJECT = Subject("storage", FACTS, _parse)
