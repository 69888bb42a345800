# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The block devices of a machine and what lies on what, from /sys/block alone. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ...collector.read import names, values
from ...collector.recording import Recording
from ..fact import Unknown
from .glob_answers import first_lines, last_part, lines_of

_ATTRIBUTES = (
    *("dev", "size", "removable", "queue/logical_block_size", "device/vendor", "device/type", "device/devtype"),
    *("dm/name", "dm/uuid", "md/level", "device/../../scsi_host/host*/proc_name"),
    "device/../../../scsi_host/host*/proc_name",
)
#: Attributes of every block device, and the numbers of its partitions.
ATTRIBUTES = values(*(f"/sys/block/*/{name}" for name in _ATTRIBUTES), "/sys/block/*/*/dev")
#: Which devices lie on which, which belong to one btrfs, and which are reached over Fibre Channel or iSCSI.
LINKS = names(
    *("/sys/block/*/slaves/*", "/sys/fs/btrfs/*/devices/*"),
    *("/sys/block/*/device/../../../fc_host/*", "/sys/block/*/device/../../iscsi_session/*"),
)

_NO_DISK = re.compile(r"(loop|ram|zram|sr|scd|fd|md|dm-|drbd|bcache|zd)\d")
_FOREIGN_MULTIPATH = re.compile(r"emcpower|VxDMP")
_HIDDEN_PATH = re.compile(r"nvme\d+c\d+n\d+")
_OPTICAL = "5"


@dataclass(frozen=True)
class Device:
    """A block device or, with ``parent``, a partition of it; ``attributes`` as in /sys, ``None`` if unreadable."""

    name: str
    parent: str = ""
    slaves: tuple[str, ...] = ()
    attributes: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """Return major and minor number as mountinfo writes them; empty where there are none."""
        return self.attributes.get("dev") or ""

    @property
    def shown_name(self) -> str:
        """Return the name below /dev: device mapper's own, and a slash for the one that /sys cannot hold."""
        return (self.attributes.get("dm/name") or self.name).replace("!", "/")

    @property
    def mapper_uuid(self) -> str:
        """Return device mapper's UUID, which begins with the kind of the device."""
        return self.attributes.get("dm/uuid") or ""

    @property
    def multipath(self) -> bool:
        """Whether the device is one disk that several others are paths to."""
        return self.mapper_uuid.startswith("mpath-")

    @property
    def is_disk(self) -> bool:
        """Whether the device is a whole disk: no optical, memory or floppy drive, nothing made of other devices."""
        if self.multipath:
            return True
        if self.parent or self.slaves or "md/level" in self.attributes:
            return False
        if _NO_DISK.match(self.name) or _HIDDEN_PATH.fullmatch(self.name):
            return False
        return self.attributes.get("device/type") != _OPTICAL


@dataclass(frozen=True)
class Devices:
    """All block devices by name; the devices of each btrfs; the disks reached over Fibre Channel and iSCSI."""

    by_name: Mapping[str, Device]
    btrfs: tuple[frozenset[str], ...] = ()
    fibre_channel: frozenset[str] = frozenset()
    iscsi: frozenset[str] = frozenset()

    @cached_property
    def by_number(self) -> Mapping[str, Device]:
        """Return the devices by major and minor number."""
        return {device.number: device for device in self.by_name.values() if device.number}

    @cached_property
    def _by_shown_name(self) -> Mapping[str, Device]:
        return {device.shown_name: device for device in self.by_name.values()}

    def with_path(self, path: str) -> Device | None:
        """Return what a path like /dev/sda2 or /dev/mapper/system-root names."""
        name = path.removeprefix("/dev/").removeprefix("mapper/")
        return self._by_shown_name.get(name) or self.by_name.get(name)

    def sorted(self) -> list[Device]:
        """Return all devices and partitions, ``sdb`` before ``sdaa``."""
        return sorted(self.by_name.values(), key=_place)

    def shown_names(self, names_in_sys: Iterable[str]) -> list[str]:
        """Return the names below /dev of devices that /sys/block shows, in order."""
        found = (self.by_name.get(name) for name in set(names_in_sys))
        return [device.shown_name for device in sorted(filter(None, found), key=_place)]

    def disks_below(self, device: Device) -> frozenset[str] | Unknown:
        """Return the names of the whole disks that carry a device."""
        found: set[str] = set()
        seen: set[str] = set()
        pending = [device.name]
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            entry = self.by_name.get(name)
            if entry is None:
                return Unknown(f"{device.shown_name} lies on {name}, which /sys/block does not show")
            below = [entry.parent] if entry.parent else [] if entry.multipath else list(entry.slaves)
            pending += below
            if below:
                continue
            if not entry.is_disk:
                return Unknown(f"{entry.shown_name} is no disk, and /sys/block does not show what carries it")
            found.add(name)
        return frozenset(found)

    def disks_below_all(self, devices: Iterable[Device]) -> frozenset[str] | Unknown:
        """Return the names of the whole disks that carry the devices."""
        found: frozenset[str] = frozenset()
        for device in devices:
            below = self.disks_below(device)
            if isinstance(below, Unknown):
                return below
            found |= below
        return found


def devices(recording: Recording) -> Devices | Unknown:
    """Return the block devices of the machine."""
    attributes, links = recording.answer(ATTRIBUTES), recording.answer(LINKS)
    for answer in (attributes, links):
        if not answer.answered:
            return Unknown(answer.reason)
    linked = lines_of(links)
    slaves: dict[str, list[str]] = {}
    for path in linked:
        found = re.fullmatch(r"/sys/block/([^/]+)/slaves/([^/]+)", path)
        if found is not None:
            slaves.setdefault(found[1], []).append(found[2])
    wholes: dict[str, dict[str, str | None]] = {}
    parts: dict[str, Device] = {}
    for path, value in first_lines(attributes).items():
        whole, _slash, name = path.removeprefix("/sys/block/").partition("/")
        inner = re.fullmatch(r"([^/]+)/dev", name)
        if inner is None:
            wholes.setdefault(whole, {})["proc_name" if name.endswith("/proc_name") else name] = value
        elif inner[1].startswith(whole):
            # Other directories with a "dev" are not partitions: nvme0n1/device is the controller.
            parts[inner[1]] = Device(inner[1], whole, attributes={"dev": value})
    every = {
        name: Device(name, slaves=tuple(sorted(slaves.get(name, ()))), attributes=found)
        for name, found in wholes.items()
    }
    foreign = next(filter(_FOREIGN_MULTIPATH.match, every), None)
    if foreign is not None:
        return Unknown(f"/sys/block does not tell which disks are paths to the multipath device {foreign}")
    return Devices(
        {**parts, **every},
        btrfs=_btrfs(linked),
        fibre_channel=_disks_linked(linked, "device/../../../fc_host/"),
        iscsi=_disks_linked(linked, "device/../../iscsi_session/"),
    )


def _place(device: Device) -> tuple[int, str]:
    return len(device.name), device.name


def _disks_linked(paths: Iterable[str], way: str) -> frozenset[str]:
    parts = (path.removeprefix("/sys/block/").partition("/") for path in paths)
    return frozenset(name for name, _slash, rest in parts if rest.startswith(way))


def _btrfs(paths: Iterable[str]) -> tuple[frozenset[str], ...]:
    members: dict[str, set[str]] = {}
    for path in paths:
        if path.startswith("/sys/fs/btrfs/"):
            members.setdefault(path.split("/")[4], set()).add(last_part(path))
    return tuple(frozenset(names_of_one) for names_of_one in members.values())
