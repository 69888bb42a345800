# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the machine starts, and the drivers that it starts with in Azure. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import services
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values, service_rows, wmi_objects
from .operating_system import SYSTEM

#: From Windows Server 2012 on: 1 BIOS, 2 UEFI.
FIRMWARE = registry_values.read(r"HKLM\SYSTEM\CurrentControlSet\Control", "PEFirmwareType")
SECURE_BOOT = registry_values.read(r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot\State", "UEFISecureBootEnabled")
#: The path of the boot manager in the boot configuration: bootmgfw.efi with UEFI.
BOOT_MANAGER = registry_values.read(
    r"HKLM\BCD00000000\Objects\{9dea862c-5cdd-4e70-acc1-f32b344d4795}\Elements\12000002", "Element"
)
MOUNTED = registry_values.read(
    r"HKLM\SYSTEM\MountedDevices", *(rf"\DosDevices\{letter}:" for letter in "CDEFGHIJKLMNOPQRSTUVWXYZ")
)
#: Failover lets Windows start with these, whatever their start mode was; it cannot where they are missing.
DRIVERS = services("atapi", "intelide", "storflt", "storvsc", "vmbus")


def on_basic_mbr_disk(recording: Recording, drive: str) -> bool | Unknown:
    """Whether a drive is a partition of a basic disk with a master boot record, by the mount manager's database.

    12 bytes are the disk's signature and the offset of the partition. What is longer can be a dynamic disk, or one with
    a partition table of GUIDs: that is not told from this.
    """
    found = registry_values.value(recording, MOUNTED, rf"\DosDevices\{drive}")
    if isinstance(found, Unknown):
        return found
    if found is None:
        return Unknown(f"{MOUNTED.arguments[0]} has no entry for {drive}")
    kind, data = found
    if kind == "Binary" and data and len(data[0]) == 24:
        return True
    return Unknown(f"{MOUNTED.arguments[0]} does not tell on what kind of disk {drive} lies")


def firmware(recording: Recording) -> str | Unknown:
    """Return bios or uefi."""
    number = registry_values.number(recording, FIRMWARE, "PEFirmwareType", absent=0)
    if isinstance(number, Unknown):
        return number
    if number in (1, 2):
        return {1: "bios", 2: "uefi"}[number]
    manager = registry_values.text(recording, BOOT_MANAGER, "Element", absent="")
    if not isinstance(manager, Unknown) and manager.lower().endswith(".efi"):
        return "uefi"
    # Windows starts with UEFI from a GUID partition table only.
    drive = wmi_objects.text(wmi_objects.one(recording, SYSTEM), "SystemDrive")
    if isinstance(drive, Unknown):
        return drive
    if on_basic_mbr_disk(recording, drive) is True:
        return "bios"
    return Unknown("neither the firmware's type nor the boot configuration tells BIOS from UEFI")


def _secure_boot(recording: Recording) -> bool | Unknown:
    kind = firmware(recording)
    if kind == "bios":
        return False
    found = registry_values.number(recording, SECURE_BOOT, "UEFISecureBootEnabled", absent=0)
    return found if isinstance(found, Unknown) else found != 0


def _missing_drivers(recording: Recording) -> Value:
    found = service_rows.states(recording, DRIVERS)
    if isinstance(found, Unknown):
        return found
    return [name for name, state in found.items() if not state.installed]


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "firmware": firmware(recording),
        "secure_boot": _secure_boot(recording),
        "missing_drivers": _missing_drivers(recording),
    }


_FIRMWARE_READS = (FIRMWARE, BOOT_MANAGER, MOUNTED, SYSTEM)

SUBJECT = Subject(
    "boot",
    (
        Fact(
            "boot.firmware",
            "str",
            "bios or uefi.",
            "PEFirmwareType; on 2008 R2 the boot configuration and the mounted devices in the registry",
            _FIRMWARE_READS,
        ),
        Fact(
            "boot.secure_boot",
            "bool",
            "Whether Secure Boot is on; false with BIOS.",
            "UEFISecureBootEnabled in the registry",
            (*_FIRMWARE_READS, SECURE_BOOT),
        ),
        Fact(
            "boot.missing_drivers",
            "list",
            "Those of atapi, intelide, storflt, storvsc and vmbus that are not there.",
            "the services in the registry",
            (DRIVERS,),
        ),
    ),
    _parse,
)
