# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the virtual machines of a Hyper-V host, however they were found out. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..fact import Unknown, Value

_FORMATS = {"vhd": "vhd", "avhd": "vhd", "vhdx": "vhdx", "avhdx": "vhdx", "vhds": "vhdset"}
_OPEN = Unknown("which disk the virtual machine starts from is not known")


@dataclass(frozen=True)
class Machine:
    """One virtual machine; its id is its GUID in capital letters."""

    id: str
    name: str | Unknown
    generation: int | Unknown
    state: str | Unknown
    processors: int | Unknown
    memory_bytes: int | Unknown
    dynamic_memory: bool | Unknown
    clustered: bool | Unknown
    replication_state: str | Unknown
    replication_mode: str | Unknown
    integration_services: str | Unknown
    secure_boot: bool | Unknown
    secure_boot_template: str | Unknown


@dataclass(frozen=True)
class Disk:
    """One hard disk of a virtual machine; a disk of the host that is passed through is ``physical``, without a path."""

    machine_id: str
    machine: str | Unknown
    path: str
    controller: str | Unknown
    controller_number: int | Unknown
    location: int | Unknown
    physical: bool
    format: str | Unknown
    type: str | Unknown
    base_type: str | Unknown
    size_bytes: int | Unknown
    file_bytes: int | Unknown
    sector_bytes: int | Unknown
    shared: bool | Unknown
    os: bool | Unknown = _OPEN


@dataclass(frozen=True)
class Adapter:
    """One network adapter; the switch is empty where it is connected to none."""

    machine_id: str
    machine: str | Unknown
    name: str
    switch: str | Unknown
    mac: str
    static_mac: bool | Unknown
    addresses: tuple[str, ...] | Unknown

    def plain(self) -> Value:
        """As the facts show it."""
        return {
            "vm": self.machine,
            "vm_id": self.machine_id,
            "name": self.name,
            "switch": self.switch,
            "mac": self.mac,
            "static_mac": self.static_mac,
            "addresses": self.addresses if isinstance(self.addresses, Unknown) else list(self.addresses),
        }


@dataclass(frozen=True)
class SanAdapter:
    """One Fibre Channel adapter."""

    machine_id: str
    machine: str | Unknown
    san: str | Unknown

    def plain(self) -> Value:
        """As the facts show it."""
        return {"vm": self.machine, "vm_id": self.machine_id, "san": self.san}


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint."""

    machine_id: str
    machine: str | Unknown
    name: str

    def plain(self) -> Value:
        """As the facts show it."""
        return {"vm": self.machine, "vm_id": self.machine_id, "name": self.name}


@dataclass(frozen=True)
class Inventory:
    """All virtual machines of a host and their parts."""

    machines: list[Machine]
    disks: list[Disk] | Unknown
    adapters: list[Adapter] | Unknown
    san_adapters: list[SanAdapter] | Unknown
    checkpoints: list[Checkpoint] | Unknown


def known_format(path: str) -> str | Unknown:
    """Return the format by the end of a file's name, which Hyper-V itself goes by."""
    found = _FORMATS.get(path.rpartition(".")[2].lower())
    return found or Unknown(f"the name {path or '(none)'} does not tell the format of the file")


def choose_os_disk(machine: Machine, disks: Iterable[Disk], order: list[tuple[str, str]] | Unknown) -> list[Disk]:
    """Return the disks of a machine, each with whether the machine starts from it."""
    own = [disk for disk in disks if disk.machine_id == machine.id]
    chosen = _first(machine, own, order)
    if chosen is None:
        return own
    return [replace(disk, os=disk is chosen) for disk in own]


def _first(machine: Machine, own: list[Disk], order: list[tuple[str, str]] | Unknown) -> Disk | None:
    if len(own) == 1:
        return own[0]
    if machine.generation == 1:
        return _first_ide(own)
    if isinstance(order, Unknown):
        return None
    for kind, path in order:
        found = next((disk for disk in own if disk.path and disk.path.lower() == path), None)
        if found is not None:
            return found
        if kind not in ("network", "drive"):
            return None  # a file, which may lie on any of the disks
    return None


def _first_ide(own: list[Disk]) -> Disk | None:
    """Return the disk that the BIOS finds first; a machine of generation 1 starts from no other controller."""
    placed: list[tuple[int, int, Disk]] = []
    for disk in own:
        if isinstance(disk.controller, Unknown):
            return None
        if disk.controller == "ide":
            if isinstance(disk.controller_number, Unknown) or isinstance(disk.location, Unknown):
                return None
            placed.append((disk.controller_number, disk.location, disk))
    return min(placed, key=lambda each: each[:2])[2] if placed else None
