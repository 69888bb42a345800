# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts ``hardware.*``: what the machine runs on, its memory and processors. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import command, names, values
from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from .glob_answers import first_lines, lines_of
from .storage_mounts import MOUNTS, mount_of, mounts

_DMI = "/sys/class/dmi/id"
FIRMWARE = values(
    *(f"{_DMI}/{name}" for name in ("sys_vendor", "product_name", "product_uuid", "bios_vendor", "bios_version")),
    *("/sys/hypervisor/type", "/sys/hypervisor/uuid", "/proc/xen/capabilities"),
    "/sys/devices/system/clocksource/clocksource0/available_clocksource",
)
#: The first line of meminfo is MemTotal.
SIZE = values("/proc/meminfo", "/sys/devices/system/cpu/online")
CONTAINER = names("/run/systemd/container", "/.dockerenv", "/run/.containerenv", "/proc/vz/veinfo", "/proc/bc/0")
#: The flags of the first processor; the long list of all processors is not read to its end.
PROCESSOR_FLAGS = command("processor flags", "grep -m 1 '^flags' /proc/cpuinfo")

#: By the maker's name, and by the product's: the two together, ``maker/product``, are searched.
_MAKERS = (
    (r"^Amazon EC2/", "amazon"),
    (r"^VMware", "vmware"),
    (r"^Microsoft Corporation/Virtual Machine", "hyperv"),
    (r"^innotek GmbH/|/VirtualBox", "virtualbox"),
    (r"^Xen/", "xen"),
    (r"/KVM|^(Red Hat|oVirt|RHEV|OpenStack|Google|Nutanix|Alibaba Cloud|DigitalOcean|Hetzner)\b.*/", "kvm"),
    (r"^(Parallels|BHYVE|bhyve|FreeBSD|Apple)\b.*/.*(Virtual|HVM|BHYVE)", "other"),
)
_VIRTUALIZATION_READS = (CONTAINER, MOUNTS, FIRMWARE, PROCESSOR_FLAGS)
#: Files that stay behind when the image of a container becomes the disk of a machine.
_LEFT_BEHIND = ("/.dockerenv", "/run/.containerenv")
_FIRMWARE_SOURCE = f"{_DMI} (the firmware's SMBIOS tables)"

FACTS = (
    Fact(
        "hardware.virtualization",
        "str",
        "What the machine runs on: vmware, hyperv, kvm, xen, amazon, virtualbox, qemu, other, none (a physical machine)"
        " or container; not known when a hypervisor is there that does not name itself",
        f"container signs; {_FIRMWARE_SOURCE}; /sys/hypervisor; the hypervisor flag of /proc/cpuinfo",
        _VIRTUALIZATION_READS,
    ),
    Fact("hardware.vendor", "str", "The maker named by the firmware", f"{_DMI}/sys_vendor", (FIRMWARE,)),
    Fact("hardware.product", "str", "The product named by the firmware", f"{_DMI}/product_name", (FIRMWARE,)),
    Fact(
        "hardware.bios_uuid",
        "str",
        "The machine's UUID, lower case, in the byte order that the kernel prints; needs root",
        f"{_DMI}/product_uuid",
        (FIRMWARE,),
    ),
    Fact(
        "hardware.memory_bytes",
        "int",
        "Memory that the kernel can use: somewhat less than what is installed",
        "MemTotal of /proc/meminfo",
        (SIZE,),
        "bytes",
    ),
    Fact("hardware.processors", "int", "Logical processors online", "/sys/devices/system/cpu/online", (SIZE,)),
)


def parse(recording: Recording) -> Mapping[str, Value]:
    """Return the facts of the subject."""
    return {
        "virtualization": _virtualization(recording),
        "vendor": _firmware(recording, "sys_vendor"),
        "product": _firmware(recording, "product_name"),
        "bios_uuid": _bios_uuid(recording),
        "memory_bytes": _memory(recording),
        "processors": _processors(recording),
    }


def _virtualization(recording: Recording) -> str | Unknown:
    container, answer = _container(recording), recording.answer(FIRMWARE)
    if container is not False:
        return "container" if container is True else container
    if not answer.answered:
        return Unknown(answer.reason)
    firmware = first_lines(answer)
    product = f"{firmware.get(f'{_DMI}/sys_vendor') or ''}/{firmware.get(f'{_DMI}/product_name') or ''}"
    xen = (firmware.get("/sys/hypervisor/type") or "") == "xen"
    if "amazon" in (firmware.get(f"{_DMI}/bios_version") or "").lower():
        return "amazon"
    if xen and (firmware.get("/sys/hypervisor/uuid") or "").lower().startswith("ec2"):
        return "amazon"
    for pattern, kind in _MAKERS:
        if re.search(pattern, product):
            return kind
    if xen:
        # Xen's own first domain sees the real machine.
        return "none" if "control_d" in (firmware.get("/proc/xen/capabilities") or "") else "xen"
    if product.startswith("QEMU/"):
        clocks = firmware.get("/sys/devices/system/clocksource/clocksource0/available_clocksource") or ""
        return "kvm" if "kvm-clock" in clocks else "qemu"
    return _physical(recording, product)


def _container(recording: Recording) -> bool | Unknown:
    answer = recording.answer(CONTAINER)
    if not answer.answered:
        return Unknown(answer.reason)
    signs = lines_of(answer)
    if not signs or any(sign not in _LEFT_BEHIND for sign in signs):
        return bool(signs)
    every = mounts(recording)
    if isinstance(every, Unknown):
        return every
    root = mount_of("/", every)
    if root is None:
        return Unknown(f"{signs[0]} exists, and what / lies on is not known")
    # A container's root is an overlay, or a folder of the host's file system.
    return not (root.on_disk and root.root == "/")


def _physical(recording: Recording, product: str) -> str | Unknown:
    """Return "none" only when the firmware names a maker and the processor sees no hypervisor.

    A hypervisor can hand the real machine's SMBIOS tables to its guests (VMware: ``SMBIOS.reflectHost``).
    """
    if product.startswith("/"):
        return Unknown(f"the firmware names no maker ({_DMI}/sys_vendor is missing or empty)")
    flags = recording.answer(PROCESSOR_FLAGS)
    if not flags.answered or flags.code != 0:
        return Unknown(flags.reason)
    if "hypervisor" in flags.text.split():
        return Unknown(f"a hypervisor is there, but the firmware names {product!r}")
    return "none"


def _firmware(recording: Recording, name: str) -> str | Unknown:
    answer = recording.answer(FIRMWARE)
    if not answer.answered:
        return Unknown(answer.reason)
    found = first_lines(answer)
    path = f"{_DMI}/{name}"
    if path not in found:
        return Unknown(f"{path} does not exist")
    value = found[path]
    if value is None:
        return Unknown(f"{path} could not be read" + ("" if recording.privileged else " without root rights"))
    return value


def _bios_uuid(recording: Recording) -> str | Unknown:
    value = _firmware(recording, "product_uuid")
    if isinstance(value, Unknown):
        return value
    digits = value.lower().replace("-", "")
    if not re.fullmatch(r"[0-9a-f]{32}", digits) or len(set(digits)) == 1:
        return Unknown(f"the firmware gives no usable UUID, found {value[:60]!r}")
    return value.lower()


def _memory(recording: Recording) -> int | Unknown:
    answer = recording.answer(SIZE)
    found = re.search(r"^/proc/meminfo\tMemTotal:\s+(\d{1,15}) kB$", answer.text, re.MULTILINE)
    return int(found[1]) * 1024 if found else _no_size(recording, "/proc/meminfo has no MemTotal")


def _processors(recording: Recording) -> int | Unknown:
    answer = recording.answer(SIZE)
    online = first_lines(answer).get("/sys/devices/system/cpu/online") or ""
    if not answer.answered or not re.fullmatch(r"\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*", online):
        return _no_size(recording, "/sys/devices/system/cpu/online could not be read")
    ranges = [part.split("-") for part in online.split(",")]
    return sum(int(part[-1]) - int(part[0]) + 1 for part in ranges)


def _no_size(recording: Recording, otherwise: str) -> Unknown:
    answer = recording.answer(SIZE)
    return Unknown(otherwise if answer.answered else answer.reason)


SUBJECT = Subject("hardware", FACTS, parse)
