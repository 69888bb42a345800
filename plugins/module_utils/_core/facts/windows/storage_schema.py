# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declarations of the facts ``storage.*`` of a Windows machine. Private to this collection."""

from __future__ import annotations

from ..fact import Element, Fact
from .boot import MOUNTED
from .collecting_process import ENVIRONMENT
from .operating_system import SYSTEM
from .services import SERVICES
from .storage_reads import (
    CLUSTER,
    DRIVES,
    ENCRYPTABLE,
    ENCRYPTED_SHARE,
    FIBRE_CHANNEL,
    LETTERS,
    PAGE_FILES,
    PARTITIONS,
    SAN_POLICY,
    STORAGE_DISKS,
    STORAGE_PARTITIONS,
    VOLUMES,
)

_DISK_READS = (DRIVES, STORAGE_DISKS, SERVICES)
_LAYOUT = (*_DISK_READS, VOLUMES, PARTITIONS, LETTERS, STORAGE_PARTITIONS, MOUNTED)
_SOURCE = "Win32_DiskDrive, Win32_Volume, Win32_DiskPartition; from 2012 on MSFT_Disk and MSFT_Partition"

_DISK = (
    Element("name", "str", "As PHYSICALDRIVE0."),
    Element(
        "size_bytes",
        "int",
        "The size; on 2008 R2 in whole cylinders, and not known where that is too near to a limit.",
        "bytes",
    ),
    Element("logical_sector_bytes", "int", "The size of a logical sector.", "bytes"),
    Element("transport", "str", "scsi, ata, nvme, usb, iscsi, fc, mmc, virtio, xen, storage_space or other."),
    Element("removable", "bool", "Whether it can be taken out."),
    Element("multipath", "bool", "Whether several paths lead to it."),
    Element("paths", "list", "Its own name."),
    Element("system", "bool", "Whether it carries Windows or what it starts from."),
    Element("boot", "bool", "The same as system."),
)
_VOLUME = (
    Element("letter", "str", "The drive, as C:; empty without one."),
    Element("filesystem", "str", "As NTFS; empty where it has none."),
    Element("size_bytes", "int", "The size.", "bytes"),
    Element("free_bytes", "int", "The free space.", "bytes"),
    Element("system", "bool", "Whether the firmware starts from it."),
    Element("boot", "bool", "Whether Windows lies on it."),
    Element("disks", "list", "The disks that it lies on."),
)

FACTS = (
    Fact("storage.disks", "list", "All disks with a medium.", _SOURCE, _LAYOUT, elements=_DISK),
    Fact(
        "storage.os_disks",
        "list",
        "The names of the disks that carry Windows or what it starts from.",
        _SOURCE,
        _LAYOUT,
    ),
    Fact("storage.os_disk_sizes", "list", "The sizes of these.", _SOURCE, _LAYOUT, "bytes"),
    Fact(
        "storage.os_disk_styles",
        "list",
        "Their partition tables: mbr, gpt, or raw without one; 2008 R2 does not tell.",
        _SOURCE,
        _LAYOUT,
    ),
    Fact("storage.os_disk_dynamic", "bool", "Whether one of these is a dynamic disk.", _SOURCE, _LAYOUT),
    Fact("storage.data_disks", "list", "The other disks, removable ones left out.", _SOURCE, _LAYOUT, elements=_DISK),
    Fact("storage.data_disk_dynamic", "bool", "Whether one of these is a dynamic disk.", _SOURCE, _LAYOUT),
    Fact("storage.volumes", "list", "The volumes on fixed disks.", _SOURCE, _LAYOUT, elements=_VOLUME),
    Fact(
        "storage.install_free_bytes",
        "int",
        "Free space of the drive that Windows is installed on.",
        "Win32_Volume",
        (VOLUMES, SYSTEM),
        "bytes",
    ),
    Fact(
        "storage.encrypted",
        "list",
        "The volumes that BitLocker has encrypted; one whose protection is suspended counts.",
        "Win32_EncryptableVolume, and the percentages of manage-bde where no protection is on",
        (ENCRYPTABLE, ENCRYPTED_SHARE, ENVIRONMENT),
    ),
    Fact(
        "storage.fibre_channel_hosts",
        "list",
        "The Fibre Channel adapters.",
        "MSFC_FCAdapterHBAAttributes",
        (FIBRE_CHANNEL,),
    ),
    Fact(
        "storage.cluster_signs",
        "list",
        "What shows a member of a failover cluster: its hive, its service, a disk of the cluster.",
        "the registry, the services, MSFT_Disk",
        (CLUSTER, *_DISK_READS),
    ),
    Fact(
        "storage.san_policy",
        "str",
        "What Windows does with new disks: online_all, offline_shared, offline_all or offline_internal.",
        "SanPolicy in the registry",
        (SAN_POLICY,),
    ),
    Fact("storage.page_file_drives", "list", "The drives with a page file.", "the registry", (PAGE_FILES,)),
)
