# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hyper-V hosts, as ``windows.ps1`` answers about them: with the module, and with WMI alone."""

from __future__ import annotations

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    hyperv_cluster,
    hyperv_host,
    hyperv_provider,
    installed_programs,
    storage_reads,
    updates,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import hyperv_reads as reads
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.collecting_process import ENVIRONMENT
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.hyperv_services import SERVICES
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.operating_system import (
    SYSTEM,
    VERSION,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    GIB,
    Answers,
    objects,
    row,
)

WEB = "6a4b0b45-52c0-4f6b-9c57-0f8b5e1c1a01"
APP = "0f3b6c1e-7b0b-4e0f-8e8b-2b8b1d3e4c02"
_DISKS = r"D:\Hyper-V\Virtual Hard Disks"


def file(path: str, size: int, kind: str, parent: str = "", sector: int = 512) -> dict[str, object]:
    """What Get-VHD tells of a file."""
    disk_format = "VHDX" if path.endswith("x") else "VHD"
    return {
        **{"Path": path, "VhdFormat": disk_format, "VhdType": kind, "Size": size, "FileSize": 21 * GIB},
        **{"LogicalSectorSize": sector, "ParentPath": parent},
    }


def item(name: str, data: str) -> str:
    """One item of the data exchange, as WMI gives it."""
    return (
        '<INSTANCE CLASSNAME="Msvm_KvpExchangeDataItem"><PROPERTY NAME="Caption" PROPAGATED="true" TYPE="string">'
        f'</PROPERTY><PROPERTY NAME="Data" TYPE="string"><VALUE>{data}</VALUE></PROPERTY><PROPERTY NAME="Name" '
        f'TYPE="string"><VALUE>{name}</VALUE></PROPERTY>'
        '<PROPERTY NAME="Source" TYPE="uint16"><VALUE>2</VALUE></PROPERTY></INSTANCE>'
    )


def drive(machine: str, name: str, path: str, controller: str = "SCSI", location: int = 0) -> dict[str, object]:
    """What Get-VMHardDiskDrive tells of a drive."""
    return {
        **{"VMId": machine, "VMName": name, "Path": path, "ControllerType": controller, "ControllerNumber": 0},
        **{"ControllerLocation": location, "SupportPersistentReservations": False},
    }


#: Windows Server 2012 R2, German: a machine of generation 1 with a checkpoint, one of generation 2 that is off.
HOST_2012_R2: Answers = {
    VERSION: [row("ProductName", "String", "Windows Server 2012 R2 Datacenter"), row("UBR", "DWord", 21620)],
    SYSTEM: objects({"Version": "6.3.9600", "ProductType": 3, "OSLanguage": 1031, "OperatingSystemSKU": 8}),
    ENVIRONMENT: ["powershell\t4.0", "process_bits\t64", "architecture\tAMD64"],
    SERVICES: [
        *("vmms\tRunning\t2\t0\tLocalSystem", "SCVMMAgent\tabsent", "dra\tRunning\t2\t1\tLocalSystem"),
        *("obengine\tRunning\t2\t1\tLocalSystem", "ClusSvc\tabsent"),
    ],
    reads.VIRTUAL_MACHINES: objects(
        {
            **{"VMId": WEB, "Name": "web01", "Generation": 1, "State": "Running"},
            **{"ProcessorCount": 2, "MemoryStartup": 4 * GIB, "DynamicMemoryEnabled": True, "IsClustered": False},
            **{
                "ReplicationState": "Disabled",
                "ReplicationMode": "None",
                "IntegrationServicesVersion": "6.3.9600.18692",
            },
        },
        {
            **{"VMId": APP, "Name": "Prüfstand 2", "Generation": 2, "State": "Off"},
            **{"ProcessorCount": 4, "MemoryStartup": 8 * GIB, "DynamicMemoryEnabled": False, "IsClustered": False},
            **{"ReplicationState": "Disabled", "ReplicationMode": "None"},
        },
    ),
    reads.DRIVES: objects(
        drive(WEB, "web01", rf"{_DISKS}\web01_8D1F.avhd", "IDE"),
        drive(WEB, "web01", rf"{_DISKS}\web01-data.vhdx"),
        drive(APP, "Prüfstand 2", rf"{_DISKS}\app.vhdx"),
        drive(APP, "Prüfstand 2", r"\\files01\vms\app-data.vhdx", location=1),
    ),
    reads.FILES: objects(
        file(rf"{_DISKS}\web01_8D1F.avhd", 127 * GIB, "Differencing", rf"{_DISKS}\web01.vhd"),
        file(rf"{_DISKS}\web01.vhd", 127 * GIB, "Dynamic"),
        file(rf"{_DISKS}\web01-data.vhdx", 500 * GIB, "Fixed"),
        file(rf"{_DISKS}\app.vhdx", 60 * GIB, "Dynamic", sector=4096),
    ),
    reads.ADAPTERS: objects(
        {
            **{"VMId": WEB, "VMName": "web01", "Name": "Netzwerkkarte", "SwitchName": "Extern"},
            **{
                "MacAddress": "00155D0A0B01",
                "DynamicMacAddressEnabled": True,
                "IPAddresses": ["192.0.2.31", "fe80::1"],
            },
        },
        {
            **{"VMId": APP, "VMName": "Prüfstand 2", "Name": "Netzwerkkarte"},
            **{"MacAddress": "00155D0A0B02", "DynamicMacAddressEnabled": False},
        },
    ),
    reads.FIBRE_CHANNEL: [],
    reads.FIRMWARE: objects({"VMId": APP, "SecureBoot": "On"}),
    reads.BOOT_ORDER: objects(
        {"VMId": APP, "BootType": "Network"},
        {"VMId": APP, "BootType": "Drive", "Path": r"D:\iso\setup.iso"},
        {"VMId": APP, "BootType": "Drive", "Path": rf"{_DISKS}\APP.vhdx"},
    ),
    reads.CHECKPOINTS: objects({"VMId": WEB, "VMName": "web01", "Name": "vor dem Update"}),
    reads.GUESTS: objects(
        {
            "SystemName": WEB.upper(),
            "GuestIntrinsicExchangeItems": [
                item("FullyQualifiedDomainName", "web01.corp.example.com"),
                item("OSName", "Windows Server 2012 R2 Standard"),
                item("OSPlatformId", "2"),
            ],
        },
        {"SystemName": APP.upper()},
    ),
    reads.WMI_SYSTEMS: objects(
        {"Name": "HV01", "ElementName": "HV01", "EnabledState": 2},
        {"Name": WEB.upper(), "ElementName": "web01", "EnabledState": 2},
        {"Name": APP.upper(), "ElementName": "Prüfstand 2", "EnabledState": 3},
    ),
    reads.WMI_SETTINGS: objects(
        {
            **{"VirtualSystemIdentifier": WEB.upper(), "VirtualSystemType": "Microsoft:Hyper-V:System:Realized"},
            **{"VirtualSystemSubType": "Microsoft:Hyper-V:SubType:1", "SecureBootEnabled": False},
        },
        {
            **{"VirtualSystemIdentifier": APP.upper(), "VirtualSystemType": "Microsoft:Hyper-V:System:Realized"},
            **{"VirtualSystemSubType": "Microsoft:Hyper-V:SubType:2", "SecureBootEnabled": True},
        },
        {
            **{"VirtualSystemIdentifier": WEB.upper(), "VirtualSystemType": "Microsoft:Hyper-V:Snapshot:Realized"},
            "VirtualSystemSubType": "Microsoft:Hyper-V:SubType:2",
        },
    ),
    reads.WMI_FILES: objects(
        {
            "InstanceID": rf"Microsoft:{WEB.upper()}\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\0\0\L",
            **{"ResourceSubType": "Microsoft:Hyper-V:Virtual Hard Disk", "HostResource": rf"{_DISKS}\web01_8D1F.avhd"},
        },
        {
            "InstanceID": rf"Microsoft:{WEB.upper()}\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\1\0\L",
            **{"ResourceSubType": "Microsoft:Hyper-V:Virtual CD/DVD Disk", "HostResource": r"D:\iso\setup.iso"},
        },
        {
            "InstanceID": r"Microsoft:A1B2C3D4-0000-4152-9EDA-2CA8B33039B4\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\0\0\L",
            **{"ResourceSubType": "Microsoft:Hyper-V:Virtual Hard Disk", "HostResource": rf"{_DISKS}\web01.vhd"},
        },
        {"InstanceID": r"Microsoft:Definition\70BB60D2-A9D3-46AA-B654-3DE53004B4F8\Default"},
        {
            "InstanceID": rf"Microsoft:{APP.upper()}\B637F346-6A0E-4DEC-AF52-BD70CB80A21D\0\L",
            **{"ResourceSubType": "Microsoft:Hyper-V:Virtual Hard Disk", "HostResource": r"D:\shared\quorum.vhds"},
        },
    ),
    reads.WMI_SHARED: objects(
        {
            "InstanceID": rf"Microsoft:{WEB.upper()}\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\0\0\L",
            "PersistentReservationsSupported": False,
        },
    ),
    reads.WMI_PHYSICAL: objects(
        {
            "InstanceID": rf"Microsoft:{APP.upper()}\B637F346-6A0E-4DEC-AF52-BD70CB80A21D\1\D",
            "HostResource": r'\\HV01\root\virtualization\v2:Msvm_DiskDrive.DeviceID="Microsoft:2"',
        },
    ),
    reads.WMI_SYNTHETIC: objects(
        {
            "InstanceID": rf"Microsoft:{WEB.upper()}\5F8638B0-8DCA-4152-9EDA-2CA8B33039B4",
            **{"ElementName": "Netzwerkkarte", "Address": "00155D0A0B01", "StaticMacAddress": False},
        },
        {"InstanceID": r"Microsoft:Definition\6A45335D-4C3A-44B7-B61F-C9808BBDF8ED\Default", "StaticMacAddress": False},
    ),
    reads.WMI_EMULATED: [],
    reads.WMI_FIBRE_CHANNEL: [],
    hyperv_host.HOST: objects(
        {"VirtualMachineMigrationEnabled": False, "VirtualHardDiskPath": _DISKS, "VirtualMachinePath": r"D:\Hyper-V"}
    ),
    hyperv_host.REPLICA: objects({"ReplicationEnabled": False, "AllowedAuthenticationType": "Kerberos"}),
    hyperv_host.KERNEL: ["size_bytes\t7450944", "modified\t2026-10-06T03:11:02Z", "version\t6.3.9600.21620"],
    updates.PACKAGES: ["Package_for_RollupFix~31bf3856ad364e35~amd64~~9600.21620.1.7"],
    storage_reads.CLUSTER: Status.ABSENT,
    hyperv_cluster.NODES: Status.ABSENT,
    hyperv_cluster.RESOURCES: Status.ABSENT,
    installed_programs.PROGRAMS: [
        row("{D1A4}", "DisplayName", "String", "Microsoft Azure Site Recovery Provider"),
        row("{D1A4}", "DisplayVersion", "String", "5.25.1122.0"),
    ],
    hyperv_provider.PROVIDER: ["size_bytes\t1", "modified\t2026-01-06T03:11:02Z", "version\t5.25.1122.0"],
    hyperv_provider.AGENT: ["size_bytes\t1", "modified\t2026-01-06T03:11:02Z", "version\t2.0.9270.0"],
    hyperv_provider.REGISTRATION: [row("ResourceName", "String", "vault"), row("SiteName", "String", "Site1")],
    hyperv_provider.PROXY: Status.ABSENT,
}
#: The same without the module.
WITHOUT_MODULE: Answers = {
    **HOST_2012_R2,
    **dict.fromkeys(
        (
            *(reads.VIRTUAL_MACHINES, reads.DRIVES, reads.FILES, reads.ADAPTERS, reads.FIBRE_CHANNEL, reads.FIRMWARE),
            *(reads.BOOT_ORDER, reads.CHECKPOINTS, hyperv_host.HOST, hyperv_host.REPLICA),
        ),
        Status.ABSENT,
    ),
}
#: A node of a cluster.
NODE: Answers = {
    **HOST_2012_R2,
    SERVICES: [
        *("vmms\tRunning\t2\t0\tLocalSystem", "SCVMMAgent\tRunning\t2\t0\tLocalSystem", "dra\tabsent"),
        *("obengine\tStopped\t2\t1\tLocalSystem", "ClusSvc\tRunning\t2\t0\tLocalSystem"),
    ],
    storage_reads.CLUSTER: [row("ClusterName", "String", "HVCLUSTER")],
    hyperv_cluster.NODES: [row("1", "NodeName", "String", "HV01"), row("2", "NodeName", "String", "HV02")],
    hyperv_cluster.RESOURCES: [
        row("a1", "Name", "String", "Virtueller Computer db01"),
        row("a1", "Type", "String", "Virtual Machine"),
        row("b2", "Name", "String", "Cluster-IP-Adresse"),
        row("b2", "Type", "String", "IP Address"),
        row("c3", "Name", "String", "Broker"),
        row("c3", "Type", "String", "Virtual Machine Replication Broker"),
    ],
}
