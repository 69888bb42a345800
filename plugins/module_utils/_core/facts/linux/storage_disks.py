# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The disks of a machine as Azure would see them. Private to this collection."""

from __future__ import annotations

import re

from ...collector.recording import Recording
from ..fact import Unknown, Value
from .storage_devices import Device, Devices, devices
from .storage_mounts import EFI, Mount, disks_of, mounts, system_directories

_SECTOR = 512  # of the sizes in /sys/block, whatever the disk's own sectors are
_BOOT = ("/", "/boot", *EFI)
_BY_NAME = (
    (r"nvme\d", "nvme"),
    (r"xvd[a-z]", "xen"),
    (r"vd[a-z]", "virtio"),
    (r"mmcblk\d", "mmc"),
    (r"hd[a-z]", "ata"),
    (r"(cciss|ida|rd)!", "scsi"),
)
_BY_DRIVER = (
    (r"usb-storage|uas", "usb"),
    (r"iscsi|iser|bnx2i|qedi|cxgb[34]i|be2iscsi|qla4xxx", "iscsi"),
    (r"qla2xxx|lpfc|bfa|zfcp|fnic|qedf|bnx2fc|fcoe|csiostor|mptfc", "fc"),
    (r"storvsc|hv_storvsc|storvsc_host_t", "vmbus"),
    (r"ahci|ata_|sata_|pata_", "ata"),
)
_NO_CARRIERS = "which disks carry the system directories is not known: "


def disks(recording: Recording) -> list[dict[str, Value]] | Unknown:
    """Return the disks, by name; a disk with several paths once, empty drives not at all."""
    known = devices(recording)
    if isinstance(known, Unknown):
        return known
    paths = {name for device in known.by_name.values() if device.multipath for name in device.slaves}
    every = [device for device in known.by_name.values() if device.is_disk and device.name not in paths]
    carriers = carriers_of(recording, known)
    found = [_disk(device, known, carriers) for device in every if device.attributes.get("size") != "0"]
    return sorted(found, key=lambda disk: _natural(str(disk["name"])))


def carriers_of(recording: Recording, known: Devices) -> dict[str, frozenset[str] | Unknown] | Unknown:
    """Return the disks below each system directory."""
    every = mounts(recording)
    if isinstance(every, Unknown):
        return every
    found = system_directories(recording, every)
    if isinstance(found, Unknown):
        return found
    return {path: disks_of_system(mount, known) for path, mount in found.items()}


def disks_of_system(mount: Mount, known: Devices) -> frozenset[str] | Unknown:
    """Return the disks below a system directory; one on no disk of this machine is not known to be on any."""
    found = disks_of(mount, known)
    if not isinstance(found, Unknown) and not found:
        return Unknown(f"{mount.path} is on {mount.filesystem} ({mount.device}), no disk of this machine carries it")
    return found


def _disk(
    device: Device, known: Devices, carriers: dict[str, frozenset[str] | Unknown] | Unknown
) -> dict[str, Value]:
    first_path = known.by_name.get(device.slaves[0], device) if device.multipath and device.slaves else device
    transport = _transport(first_path, known)
    return {
        "name": device.shown_name,
        "size_bytes": _size(device),
        "logical_sector_bytes": _number(device, "queue/logical_block_size"),
        "transport": transport,
        "removable": True if transport == "usb" else _removable(first_path),
        "multipath": device.multipath,
        "paths": list(device.slaves) if device.multipath else [],
        "system": _carries(device.name, carriers, None),
        "boot": _carries(device.name, carriers, _BOOT),
    }


def _carries(
    name: str, carriers: dict[str, frozenset[str] | Unknown] | Unknown, paths: tuple[str, ...] | None
) -> bool | Unknown:
    if isinstance(carriers, Unknown):
        return Unknown(_NO_CARRIERS + carriers.reason)
    counted = [found for path, found in carriers.items() if paths is None or path in paths]
    if any(not isinstance(found, Unknown) and name in found for found in counted):
        return True
    unknown = next((found for found in counted if isinstance(found, Unknown)), None)
    return False if unknown is None else Unknown(_NO_CARRIERS + unknown.reason)


def _size(device: Device) -> int | Unknown:
    sectors = _number(device, "size")
    return sectors if isinstance(sectors, Unknown) else sectors * _SECTOR


def _number(device: Device, attribute: str) -> int | Unknown:
    text = device.attributes.get(attribute) or ""
    if re.fullmatch(r"\d{1,18}", text, re.ASCII):
        return int(text)
    return Unknown(f"/sys/block/{device.name}/{attribute} could not be read")


def _removable(device: Device) -> bool | Unknown:
    found = _number(device, "removable")
    return found if isinstance(found, Unknown) else found == 1


def _transport(device: Device, known: Devices) -> str:
    for pattern, transport in _BY_NAME:
        if re.match(pattern, device.name):
            return transport
    if device.attributes.get("device/devtype") == "vbd":
        return "xen"
    if device.name in known.iscsi:
        return "iscsi"
    if device.name in known.fibre_channel:
        return "fc"
    driver = device.attributes.get("proc_name") or ""
    for pattern, transport in _BY_DRIVER:
        if re.match(pattern, driver):
            return transport
    vendor = device.attributes.get("device/vendor")
    if vendor == "ATA":
        return "ata"
    return "scsi" if vendor is not None and "device/type" in device.attributes else "other"


def _natural(name: str) -> tuple[int, str]:
    return len(name), name
