# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is mounted where, and on which disks it lies. Private to this collection."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...collector.read import directories, file
from ...collector.recording import Recording
from ..fact import Unknown
from .glob_answers import lines_of, physical_paths
from .storage_devices import Devices

#: Not /etc/mtab, which a system can get wrong; and no "df", which a dead NFS server holds.
MOUNTS = file("/proc/self/mountinfo")
#: Where the system directories are: each of them can be a symbolic link to another file system.
SYSTEM_DIRECTORIES = directories("/boot", "/usr", "/usr/local", "/var", "/etc")

SYSTEM = ("/", "/boot", "/usr", "/usr/local", "/var", "/etc")
EFI = ("/boot/efi", "/efi")
CLUSTER = ("gfs", "gfs2", "ocfs2", "gpfs", "vxfs_cfs", "lustre")
_NETWORK = (
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "9p", "lustre", "gpfs", "beegfs", "glusterfs"),
    *("fuse.glusterfs", "fuse.sshfs", "fuse.s3fs", "fuse.ceph", "fuse.ceph-fuse"),
)
#: File systems of major number 0 that are nevertheless on disks.
_ON_SEVERAL_DISKS = ("btrfs", "zfs", "bcachefs")
_NO_DISK_NUMBERS = (7, 1, 11, 2)  # loop, ram, optical, floppy


@dataclass(frozen=True)
class Mount:
    """One line of mountinfo; ``root`` is the directory of the file system that is mounted."""

    number: str
    root: str
    path: str
    read_only: bool
    filesystem: str
    device: str

    @property
    def major(self) -> int:
        return int(self.number.partition(":")[0])

    @property
    def on_disk(self) -> bool:
        """Whether the file system lies on disks, as far as its numbers and its kind tell."""
        return self.filesystem in _ON_SEVERAL_DISKS or self.major not in (0, *_NO_DISK_NUMBERS)

    @property
    def on_network(self) -> bool:
        return self.filesystem in _NETWORK


def mounts(recording: Recording) -> list[Mount] | Unknown:
    """Return all mounts in the order in which they were made."""
    answer = recording.answer(MOUNTS)
    if not answer.answered:
        return Unknown(answer.reason)
    found = [_mount(line) for line in lines_of(answer)]
    known = [mount for mount in found if mount is not None]
    if len(known) < len(found) or not known:
        return Unknown("/proc/self/mountinfo holds a line that could not be understood" if found else answer.key)
    return known


def _mount(line: str) -> Mount | None:
    left, separator, right = line.partition(" - ")
    first, second = left.split(" "), right.split(" ")
    if not separator or len(first) < 6 or len(second) < 3 or not re.fullmatch(r"\d{1,6}:\d{1,9}", first[2], re.ASCII):
        return None
    read_only = "ro" in first[5].split(",") or "ro" in second[2].split(",")
    return Mount(first[2], unescape(first[3]), unescape(first[4]), read_only, second[0], unescape(second[1]))


def unescape(text: str) -> str:
    """Return a field with its ``\\040`` and the like resolved: the kernel escapes blanks and backslashes only."""
    return re.sub(r"\\([0-3][0-7]{2})", lambda escape: chr(int(escape[1], 8)), text)


def shown(every: list[Mount]) -> list[Mount]:
    """Return the mounts on disks and networks, each file system once, without what a later mount covers.

    Bind mounts are left out, but not the subvolumes of a btrfs.
    """
    visible = {mount.path: mount for mount in every if mount.on_disk or mount.on_network}
    last = {mount.path: mount for mount in every}
    uncovered = [mount for path, mount in visible.items() if last[path] is mount]
    whole = {mount.number for mount in uncovered if mount.root == "/"}
    found, seen = [], set()
    for mount in uncovered:
        part = mount.on_disk and mount.filesystem not in _ON_SEVERAL_DISKS
        if part and (mount.number in seen or (mount.root != "/" and mount.number in whole)):
            continue
        seen.add(mount.number)
        found.append(mount)
    return found


def mount_of(path: str, every: list[Mount]) -> Mount | None:
    """Return the mount that a directory lies on: the longest prefix, and of several there the last one made."""
    found = None
    for mount in every:
        inside = path == mount.path or path.startswith(f"{mount.path.rstrip('/')}/")
        if inside and (found is None or len(mount.path) >= len(found.path)):
            found = mount
    return found


def disks_of(mount: Mount, devices: Devices) -> frozenset[str] | Unknown:
    """Return the names of the disks that a mounted file system lies on."""
    if mount.on_network and not mount.on_disk:
        return frozenset()
    if mount.filesystem == "btrfs":
        return _btrfs_disks(mount, devices)
    if not mount.on_disk or mount.filesystem in _ON_SEVERAL_DISKS:
        return Unknown(f"{mount.path} is on {mount.filesystem} ({mount.device}), its disks are not known")
    device = devices.by_number.get(mount.number)
    if device is None:
        return Unknown(f"{mount.path} is on device {mount.number} ({mount.device}), which /sys/block does not show")
    return devices.disks_below(device)


def _btrfs_disks(mount: Mount, devices: Devices) -> frozenset[str] | Unknown:
    source = devices.with_path(mount.device)
    if source is None:
        return Unknown(f"{mount.path} is on {mount.device}, which /sys/block does not show")
    members = next((members for members in devices.btrfs if source.name in members), None)
    if members is None:
        return Unknown(f"{mount.path} is a btrfs whose devices /sys/fs/btrfs does not show")
    found = [devices.by_name.get(name) for name in sorted(members)]
    if None in found:
        return Unknown(f"{mount.path} is a btrfs with a device that /sys/block does not show")
    return devices.disks_below_all(device for device in found if device is not None)


def system_directories(recording: Recording, every: list[Mount]) -> dict[str, Mount] | Unknown:
    """Return the mount that each system directory lies on, symbolic links followed, the EFI partition with them."""
    answer = recording.answer(SYSTEM_DIRECTORIES)
    if not answer.answered:
        return Unknown(answer.reason)
    physical = physical_paths(answer)
    mounted = {mount.path for mount in every}
    found = {}
    for path in (*SYSTEM, *EFI):
        # A directory that others may not enter is not in the answer; all but /usr/local are there on every system.
        if path in physical or path in mounted or path in ("/", "/boot", "/usr", "/var", "/etc"):
            mount = mount_of(physical.get(path, path), every)
            if mount is None:
                return Unknown(f"/proc/self/mountinfo does not show what {path} lies on")
            found[path] = mount
    return found
