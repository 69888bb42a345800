# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts ``boot.*``: firmware, boot loader, names of disks, Hyper-V drivers. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import command, file, names
from ...collector.recording import Recording, Status
from ..fact import Fact, Subject, Unknown, Value
from .boot_loader import LOADER, device_name_arguments, loader
from .device_names import names_a_device
from .glob_answers import lines_of
from .hyperv_drivers import INITRD, MODULES, available, in_initrd

FSTAB = file("/etc/fstab")
_VARIABLES = ("/sys/firmware/efi/efivars", "/sys/firmware/efi/vars")
FIRMWARE = names(
    *("/sys/firmware", "/sys/firmware/efi"),
    *(f"{path}/{name}-*" for path in _VARIABLES for name in ("SecureBoot", "BootCurrent", "BootOrder")),
)
_GUID = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#: Four bytes of attributes and the value, or on old kernels the value alone.
SECURE_BOOT = command(
    "secure boot",
    f"od -An -tu1 /sys/firmware/efi/efivars/SecureBoot-{_GUID} /sys/firmware/efi/vars/SecureBoot-{_GUID}/data",
)

_LOADER_FILES = "grub.cfg, menu.lst, grub.conf, loader entries and grubenv below /boot; /etc/default/grub"
_UNSTABLE = "/dev/sda1 and the like, by-path, and by-id of the hardware; not UUID, LABEL, device mapper, LVM or md"

FACTS = (
    Fact("boot.firmware", "str", "bios or uefi: how this system was started", "/sys/firmware/efi", (FIRMWARE,)),
    Fact(
        "boot.secure_boot",
        "bool",
        "Whether UEFI Secure Boot is on; false on BIOS",
        "the firmware's variable SecureBoot",
        (FIRMWARE, SECURE_BOOT),
    ),
    Fact(
        "boot.device_name_arguments",
        "list",
        f"Kernel arguments root= and resume= of the next start that name a device ({_UNSTABLE}); the files need root "
        "on most systems",
        _LOADER_FILES,
        (LOADER,),
    ),
    Fact(
        "boot.fstab_device_names",
        "list",
        f"Devices in the first column of /etc/fstab ({_UNSTABLE})",
        "/etc/fstab",
        (FSTAB,),
    ),
    Fact(
        "boot.hyperv_drivers_available",
        "list",
        "Of hv_vmbus, hv_storvsc, hv_netvsc those built in or modules of the running kernel",
        "modules.builtin and modules.dep below /lib/modules",
        (MODULES,),
    ),
    Fact(
        "boot.hyperv_drivers_in_initrd",
        "list",
        "Of the same those built in or in the initial RAM disk of the running kernel; slow (unpacks it), needs root",
        "/boot/initramfs-*.img, initrd.img-*, initrd-*; modules.builtin",
        (MODULES, INITRD),
    ),
    Fact("boot.loader", "str", "grub2, grub (the first GRUB) or none of them", _LOADER_FILES, (LOADER,)),
)


def parse(recording: Recording) -> Mapping[str, Value]:
    """Return the facts of the subject."""
    found = loader(recording)
    return {
        "firmware": _firmware(recording),
        "secure_boot": _secure_boot(recording),
        "device_name_arguments": _as_value(device_name_arguments(recording)),
        "fstab_device_names": _as_value(_fstab_device_names(recording)),
        "hyperv_drivers_available": _as_value(available(recording)),
        "hyperv_drivers_in_initrd": _as_value(in_initrd(recording)),
        "loader": found if isinstance(found, Unknown) else found.kind,
    }


def _as_value(found: list[str] | Unknown) -> Value:
    return found if isinstance(found, Unknown) else list(found)


def _firmware(recording: Recording) -> str | Unknown:
    answer = recording.answer(FIRMWARE)
    paths = lines_of(answer)
    if "/sys/firmware/efi" in paths:
        return "uefi"
    if not answer.answered:
        return Unknown(answer.reason)
    return "bios" if "/sys/firmware" in paths else Unknown("/sys/firmware does not exist")


def _secure_boot(recording: Recording) -> bool | Unknown:
    firmware = _firmware(recording)
    if isinstance(firmware, Unknown):
        return firmware
    if firmware == "bios":
        return False
    variables, value = recording.answer(FIRMWARE), recording.answer(SECURE_BOOT)
    # od prints a message for the file that is not there, and one line of numbers for the other.
    bytes_read = [line.split() for line in lines_of(value) if re.fullmatch(r"[ \d]+", line, re.ASCII)]
    if value.status is Status.ANSWERED and bytes_read and bytes_read[-1][-1:] in (["0"], ["1"]):
        return bytes_read[-1][-1] == "1"
    if not variables.answered or not value.answered:
        return Unknown((value if variables.answered else variables).reason)
    named = [line.rpartition("/")[2].partition("-")[0] for line in lines_of(variables)]
    if "SecureBoot" in named:
        return Unknown("the firmware's variable SecureBoot could not be read")
    # Firmware that has variables, but not this one, knows no Secure Boot.
    if "BootCurrent" in named or "BootOrder" in named:
        return False
    return Unknown("the firmware's variables are not shown")


def _fstab_device_names(recording: Recording) -> list[str] | Unknown:
    answer = recording.answer(FSTAB)
    if answer.status is Status.ABSENT:
        return []
    if not answer.answered:
        return Unknown(answer.reason)
    devices = (line.split()[0] for line in lines_of(answer) if line.split() and not line.lstrip().startswith("#"))
    return [device for device in dict.fromkeys(devices) if names_a_device(device)]


SUBJECT = Subject("boot", FACTS, parse)
