# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the machine runs on, its memory, processors and place in a domain. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import registry_keys, wmi
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values, wmi_objects

_CIMV2 = r"root\cimv2"
COMPUTER = wmi(
    _CIMV2,
    "Win32_ComputerSystem",
    *("Manufacturer", "Model", "TotalPhysicalMemory", "NumberOfLogicalProcessors", "PartOfDomain", "Domain"),
)
PRODUCT = wmi(_CIMV2, "Win32_ComputerSystemProduct", "Vendor", "Name", "UUID")
BIOS = wmi(_CIMV2, "Win32_BIOS", "Manufacturer", "SMBIOSBIOSVersion", "Version")
#: Devices that only hypervisors have: VMware, virtio, Xen, VirtualBox, EC2.
VIRTUAL_DEVICES = registry_keys(
    r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI", "VEN_15AD*", "VEN_1AF4*", "VEN_5853*", "VEN_80EE*", "VEN_1D0F*"
)

#: By the maker's name, and by the product's: the two together, ``maker/product``, are searched.
_MAKERS = (
    (r"^Amazon EC2/", "amazon"),
    (r"^VMware", "vmware"),
    (r"^Microsoft Corporation/Virtual Machine", "hyperv"),
    (r"^innotek GmbH/|/VirtualBox", "virtualbox"),
    (r"^Xen/", "xen"),
    (r"/KVM|^(Red Hat|oVirt|RHEV|OpenStack|Google|Nutanix|Alibaba Cloud|DigitalOcean|Hetzner)\b.*/", "kvm"),
    (r"^(Parallels|BHYVE|bhyve|FreeBSD|Apple)\b.*/.*(Virtual|HVM|BHYVE)", "other"),
    (r"^QEMU/", "qemu"),
)


def _virtualization(recording: Recording) -> str | Unknown:
    computer, bios = wmi_objects.one(recording, COMPUTER), wmi_objects.one(recording, BIOS)
    vendor, product = wmi_objects.text(computer, "Manufacturer"), wmi_objects.text(computer, "Model")
    if isinstance(vendor, Unknown):
        return vendor
    if isinstance(product, Unknown):
        return product
    if isinstance(bios, Unknown):
        return bios
    if any("amazon" in text.lower() for texts in bios.values() for text in texts):
        return "amazon"
    for pattern, kind in _MAKERS:
        if re.search(pattern, f"{vendor}/{product}"):
            return kind
    return _physical(recording, vendor, product)


def _physical(recording: Recording, vendor: str, product: str) -> str | Unknown:
    """Return "none" only when no hypervisor's device is there: one can hand its host's maker to its guests."""
    if not vendor.strip():
        return Unknown("the firmware names no maker")
    devices = registry_values.present(recording, VIRTUAL_DEVICES)
    if isinstance(devices, Unknown):
        return devices
    if devices:
        return Unknown(
            f"the firmware names {vendor} {product}, but devices of a hypervisor are or were there ({devices[0][0]})"
        )
    return "none"


def _uuid(recording: Recording) -> str | Unknown:
    found = wmi_objects.text(wmi_objects.one(recording, PRODUCT), "UUID")
    return found if isinstance(found, Unknown) else found.lower()


def _parse(recording: Recording) -> Mapping[str, Value]:
    computer = wmi_objects.one(recording, COMPUTER)
    return {
        "virtualization": _virtualization(recording),
        "vendor": wmi_objects.text(computer, "Manufacturer"),
        "product": wmi_objects.text(computer, "Model"),
        "bios_uuid": _uuid(recording),
        "memory_bytes": wmi_objects.number(computer, "TotalPhysicalMemory"),
        "processors": wmi_objects.number(computer, "NumberOfLogicalProcessors"),
        "domain_member": wmi_objects.flag(computer, "PartOfDomain"),
        "domain": wmi_objects.text(computer, "Domain"),
    }


_WMI = "Win32_ComputerSystem"

SUBJECT = Subject(
    "hardware",
    (
        Fact(
            "hardware.virtualization",
            "str",
            "What the machine runs on: vmware, hyperv, kvm, xen, amazon, virtualbox, qemu, other, or none (a physical "
            "machine); not known when a hypervisor's devices are there that the firmware does not speak of.",
            f"{_WMI}, Win32_BIOS, the PCI devices in the registry",
            (COMPUTER, BIOS, VIRTUAL_DEVICES),
        ),
        Fact("hardware.vendor", "str", "The maker named by the firmware.", _WMI, (COMPUTER,)),
        Fact("hardware.product", "str", "The product named by the firmware.", _WMI, (COMPUTER,)),
        Fact("hardware.bios_uuid", "str", "The machine's UUID, lower case.", "Win32_ComputerSystemProduct", (PRODUCT,)),
        Fact(
            "hardware.memory_bytes",
            "int",
            "Memory that Windows can use: somewhat less than what is installed.",
            _WMI,
            (COMPUTER,),
            "bytes",
        ),
        Fact("hardware.processors", "int", "Logical processors.", _WMI, (COMPUTER,)),
        Fact("hardware.domain_member", "bool", "Whether the machine is joined to a domain.", _WMI, (COMPUTER,)),
        Fact("hardware.domain", "str", "The domain, or the workgroup.", _WMI, (COMPUTER,)),
    ),
    _parse,
)
