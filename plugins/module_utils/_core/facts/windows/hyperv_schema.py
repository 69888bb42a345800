# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts about the virtual machines of a Hyper-V host and what each is made of. Private to this collection."""

from __future__ import annotations

from ...collector.read import Read
from ..fact import Element, Fact, Subject
from . import hyperv_reads as reads
from .hyperv_services import SERVICES
from .hyperv_vms import parse
from .operating_system import SYSTEM

_VM = (Element("vm", "str", "The name of the virtual machine."), Element("vm_id", "str", "Its GUID."))
_SOURCE = r"the Hyper-V module, or WMI (root\virtualization\v2) where it is missing"
_LISTS: tuple[Read, ...] = (*reads.LISTS, reads.WMI_SETTINGS, SERVICES, SYSTEM)
_DISKS = (
    *(*_LISTS, reads.DRIVES, reads.BOOT_ORDER, reads.WMI_FILES, reads.WMI_SHARED, reads.WMI_PHYSICAL),
    reads.FILES,
)
_OS_DISK = (
    Element(
        "os_disk_at_least_bytes",
        "int",
        "The size of the disk that it starts from; of its smallest where that one is not known; 0 without disks.",
        "bytes",
    ),
    Element(
        "os_disk_at_most_bytes",
        "int",
        "The size of the disk that it starts from; of its largest where that one is not known; 0 without disks.",
        "bytes",
    ),
)
_MACHINE = (
    Element("id", "str", "The GUID that stays with it on every node of a cluster."),
    Element("name", "str", "Its name in Hyper-V."),
    Element("generation", "int", "1 (BIOS) or 2 (UEFI)."),
    Element("state", "str", "running, off, saved, paused …"),
    Element("processors", "int", "Its virtual processors."),
    Element("memory_bytes", "int", "The memory that it starts with.", "bytes"),
    Element("dynamic_memory", "bool", "Whether its memory changes while it runs."),
    Element("clustered", "bool", "Whether the cluster starts it."),
    Element("replication_state", "str", "disabled, or what Hyper-V Replica does."),
    Element("replication_mode", "str", "none, primary, replica …"),
    Element("integration_services", "str", "Their version, empty where it is not told."),
    Element("secure_boot", "bool", "Whether it starts with Secure Boot; false for generation 1."),
    Element("secure_boot_template", "str", "MicrosoftWindows, MicrosoftUEFICertificateAuthority; empty without one."),
    Element("guest", "str", "windows or other, as the guest says itself."),
    Element("guest_name", "str", "The system, as the guest says itself."),
    Element("guest_hostname", "str", "The host name, as the guest says itself."),
    Element("disk_count", "int", "Its hard disks."),
    *_OS_DISK,
)
_DISK = (
    *_VM,
    Element("path", "str", "The file; empty for a disk of the host that is passed through."),
    Element("controller", "str", "ide, scsi or pmem."),
    Element("controller_number", "int", "The number of the controller."),
    Element("location", "int", "The place on the controller."),
    Element("physical", "bool", "Whether it is a disk of the host that is passed through."),
    Element("format", "str", "vhd, vhdx, vhdset or physical."),
    Element("type", "str", "fixed, dynamic, differencing or physical."),
    Element("base_type", "str", "The type of the file that a chain of differencing ones (checkpoints) begins with."),
    Element("size_bytes", "int", "The size that the guest sees.", "bytes"),
    Element("file_bytes", "int", "The size of the file.", "bytes"),
    Element("sector_bytes", "int", "The logical sector.", "bytes"),
    Element("shared", "bool", "Whether several virtual machines may use it."),
    Element("os", "bool", "Whether the virtual machine starts from it."),
)
_ADAPTER = (
    *_VM,
    Element("name", "str", "The name of the adapter."),
    Element("switch", "str", "The virtual switch; empty where it is connected to none."),
    Element("mac", "str", "The MAC address, without separators."),
    Element("static_mac", "bool", "Whether the MAC address is fixed."),
    Element("addresses", "list[str]", "The addresses that the guest told."),
)

#: What takes long on a host with many files, the last of _DISKS, is asked for when the rest is known.
SUBJECT = Subject(
    "hyperv_vms",
    (
        Fact(
            "hyperv_vms.adapters",
            "list",
            "The network adapters of all.",
            _SOURCE,
            (*_LISTS, reads.ADAPTERS, reads.WMI_SYNTHETIC, reads.WMI_EMULATED),
            elements=_ADAPTER,
        ),
        Fact(
            "hyperv_vms.fibre_channel",
            "list",
            "The Fibre Channel adapters of all.",
            _SOURCE,
            (*_LISTS, reads.FIBRE_CHANNEL, reads.WMI_FIBRE_CHANNEL),
            elements=(*_VM, Element("san", "str", "The virtual SAN.")),
        ),
        Fact(
            "hyperv_vms.checkpoints",
            "list",
            "The checkpoints of all.",
            "the Hyper-V module",
            (*_LISTS, reads.CHECKPOINTS),
            elements=(*_VM, Element("name", "str", "The name of the checkpoint.")),
        ),
        Fact(
            "hyperv_vms.machines",
            "list",
            "The virtual machines that are on this host now.",
            _SOURCE,
            (reads.FIRMWARE, reads.GUESTS, *_DISKS),
            elements=_MACHINE,
        ),
        Fact(
            "hyperv_vms.generation_2",
            "list",
            "Those of generation 2.",
            _SOURCE,
            (reads.GUESTS, *_DISKS),
            elements=(_VM[0], Element("guest", "str", "windows or other, as the guest says itself."), *_OS_DISK),
        ),
        Fact("hyperv_vms.disks", "list", "The hard disks of all.", _SOURCE, _DISKS, elements=_DISK),
    ),
    parse,
)
