# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the facts ``storage.*`` mean, and which reads each needs. Private to this collection."""

from __future__ import annotations

from ...collector.read import Read
from ..fact import Element, Fact
from .operating_system import KERNEL
from .processes import PROCESSES
from .storage_devices import ATTRIBUTES, LINKS
from .storage_filesystems import NAMES_LIMIT, NON_ENGLISH, SPACE, XFS
from .storage_mounts import MOUNTS, SYSTEM_DIRECTORIES
from .storage_volumes import CLUSTER_FILES, FIBRE_CHANNEL

_BLOCK: tuple[Read, ...] = (ATTRIBUTES, LINKS)
_LAYOUT: tuple[Read, ...] = (*_BLOCK, MOUNTS, SYSTEM_DIRECTORIES)
_SYS = "/sys/block"
_BOTH = "/sys/block, /sys/fs/btrfs and /proc/self/mountinfo"

_DISK = (
    Element("name", "str", "The name below /dev; of a multipath disk, device mapper's"),
    Element("size_bytes", "int", "The size", "bytes"),
    Element("logical_sector_bytes", "int", "The size of a sector that the disk shows to the system", "bytes"),
    Element("transport", "str", "scsi, ata, virtio, nvme, usb, xen, iscsi, fc, mmc, vmbus or other"),
    Element("removable", "bool", "Whether the drive's medium can be taken out, or the drive is on USB"),
    Element("multipath", "bool", "Whether several devices are paths to this one"),
    Element("paths", "list", "These devices; empty without multipath"),
    Element("system", "bool", "Whether it carries /, /boot, the EFI partition, /usr, /usr/local, /var or /etc"),
    Element("boot", "bool", "Whether it carries /, /boot or the EFI partition"),
)
_DIRECTORY = (
    Element("path", "str", "The directory"),
    Element("mount", "str", "The mount point that it lies on, symbolic links followed"),
    Element("disks", "list", "The disks that carry it"),
)
_MOUNT = (
    Element("mount", "str", "The mount point"),
    Element("device", "str", "What is mounted, as the kernel names it"),
    Element("filesystem", "str", "The kind of the file system"),
    Element("disks", "list", "The disks that it lies on; empty for a network file system"),
    Element("read_only", "bool", "Whether it is mounted read-only"),
)
_XFS = (
    Element("mount", "str", "The mount point"),
    Element("crc", "bool", "Whether the metadata has checksums: this is version 5"),
    Element("ftype", "bool", "Whether directories hold the type of files; possible with version 4, too"),
)
_RAID = (
    Element("name", "str", "The name below /dev"),
    Element("level", "str", "The level, as md names it (raid1); empty if inactive; dmraid for a firmware's RAID"),
    Element("members", "list", "The disks or partitions that it is made of"),
)
_VOLUME = (
    Element("name", "str", "The logical volume"),
    Element("group", "str", "Its volume group"),
    Element("disks", "list", "The disks that it lies on"),
)

FACTS = (
    Fact(
        "storage.disks",
        "list",
        "The disks as Azure would see them: one with several paths once; without loop, memory, optical, floppy and"
        " empty drives, and without what is made of other devices",
        _BOTH,
        _LAYOUT,
        elements=_DISK,
    ),
    Fact("storage.os_disks", "list", "The names of the disks that carry /, /boot or the EFI partition", _BOTH, _LAYOUT),
    Fact("storage.os_disk_sizes", "list", "The sizes of these", f"{_SYS}/*/size", _LAYOUT, "bytes"),
    Fact("storage.data_disks", "list", "The other disks, removable ones left out", _BOTH, _LAYOUT, elements=_DISK),
    Fact(
        "storage.system_directories",
        "list",
        "Where /, /boot, /usr, /usr/local, /var and /etc lie",
        _BOTH,
        _LAYOUT,
        elements=_DIRECTORY,
    ),
    Fact(
        "storage.mounts",
        "list",
        "The file systems mounted from disks and networks; without bind mounts, loop devices and what is covered",
        _BOTH,
        (*_BLOCK, MOUNTS),
        elements=_MOUNT,
    ),
    Fact("storage.root_free_bytes", "int", "Free space of /, without root's reserve", "stat -f /", (SPACE,), "bytes"),
    Fact(
        "storage.install_free_bytes",
        "int",
        "Free space of the file system of /usr/local (of /usr where that does not exist), without root's reserve",
        "stat -f /usr/local",
        (SPACE,),
        "bytes",
    ),
    Fact(
        "storage.xfs",
        "list",
        "The format of each XFS mounted from a disk",
        "xfs_info",
        (MOUNTS, XFS, KERNEL),
        elements=_XFS,
    ),
    Fact(
        "storage.encrypted",
        "list",
        "The encrypted devices that are open (LUKS and plain dm-crypt); a closed one does not show",
        f"{_SYS}/*/dm/uuid",
        _BLOCK,
    ),
    Fact("storage.raid", "list", "The software RAIDs", f"{_SYS}/*/md, {_SYS}/*/dm/uuid", _BLOCK, elements=_RAID),
    Fact(
        "storage.logical_volumes",
        "list",
        "The active volumes of LVM; no LVM command is run",
        f"{_SYS}/*/dm/name, {_SYS}/*/dm/uuid",
        _BLOCK,
        elements=_VOLUME,
    ),
    Fact(
        "storage.fibre_channel_hosts",
        "list",
        "The names of the Fibre Channel adapters",
        "/sys/class/fc_host",
        (FIBRE_CHANNEL,),
    ),
    Fact(
        "storage.cluster_signs",
        "list",
        "What shows a member of a cluster: gfs2, ocfs2 and the like mounted, a configuration of corosync, cman,"
        " heartbeat, ocfs2 or VCS, their processes running",
        "/proc/self/mountinfo, names below /etc and /sys, /proc/*/stat",
        (MOUNTS, CLUSTER_FILES, PROCESSES),
    ),
    Fact(
        "storage.device_names",
        "list",
        "The names of disks, partitions and device mapper's devices",
        f"{_SYS}/*, {_SYS}/*/dm/name",
        _BLOCK,
    ),
    Fact(
        "storage.non_english_paths",
        "list",
        "Paths whose last part has a byte that is not printable ASCII: of the file system of /etc all, of the one of"
        f" /usr three levels deep; the first {NAMES_LIMIT}",
        "find /etc -xdev; find /usr -xdev -maxdepth 3",
        (NON_ENGLISH,),
    ),
)
