# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole machines, as ``windows.ps1`` answers about them: an old German one and a newer English one, both on VMware."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Union

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    boot,
    certificates,
    clock,
    collecting_process,
    drivers,
    firewall,
    firewall_effective,
    hardware,
    network,
    operating_system,
    outbound,
    proxy,
    remote_access,
    services,
    storage_reads,
    tls,
    updates,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import WINDOWS_READS
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows import (
    windows_server_samples,
)

Answers = dict[Read, Union[Iterable[str], Status, int]]
GIB = 1024**3


def objects(*each: Mapping[str, object]) -> list[str]:
    """The lines of some WMI objects."""
    lines = []
    for properties in each:
        lines.append("-")
        for name, value in properties.items():
            entries = value if isinstance(value, list) else [value]
            lines.extend(f"{name}\t{_escaped(entry)}" for entry in entries)
    return lines


def _escaped(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("\t", "\\t")


def row(*words: object) -> str:
    """One line of words."""
    return "\t".join(_escaped(word) for word in words)


def service_lines(read: Read, **states: str) -> list[str]:
    """All services of a read: running and automatic, or as given by name (``absent``, ``stopped manual`` …)."""
    modes = {"automatic": "2", "manual": "3", "disabled": "4", "boot": "0"}
    lines = []
    for name in read.arguments:
        given = states.get(name, "running automatic")
        if given == "absent":
            lines.append(row(name, "absent"))
            continue
        state, mode = given.split()
        lines.append(row(name, state.capitalize(), modes.get(mode, mode), "", "LocalSystem"))
    return lines


def rule(
    name: str,
    group: str,
    port: str,
    *,
    enabled: bool = True,
    allow: bool = True,
    protocol: int = 6,
    sources: str = "*",
    profiles: int = 2147483647,
    program: str = "",
    service: str = "",
) -> str:
    """One rule of the firewall's interface."""
    return row("rule", name, group, enabled, int(allow), protocol, port, sources, profiles, program, service)


SHARING, WMI, DESKTOP = ("@FirewallAPI.dll,-28502", "@FirewallAPI.dll,-34251", "@FirewallAPI.dll,-28752")
_SVCHOST = r"%SystemRoot%\system32\svchost.exe"
#: Domain profile active; everything that migration asks for is open.
OPEN_FIREWALL = [
    *(row("profile", number, True, False, 0) for number in (1, 2, 4)),
    row("policy", 0, 1),
    rule("SMB-In", SHARING, "445", program="System"),
    rule("NB-Session-In", SHARING, "139", program="System"),
    rule("DCOM-In", WMI, "135", program=_SVCHOST, service="rpcss"),
    rule("WMI-In", WMI, "*", program=_SVCHOST, service="winmgmt"),
    rule("Remote Desktop (TCP-In)", DESKTOP, "3389", program=_SVCHOST, service="termservice"),
]
ROOTS = [
    row(thumbprint, subject, subject, "2017-01-01T00:00:00Z", "2038-01-15T12:00:00Z", False, "1.2.840.113549.1.1.11")
    for thumbprint, subject in (
        ("DF3C24F9BFD666761B268073FE06D1CC8D4F82A4", "CN=DigiCert Global Root G2, OU=www.digicert.com, O=DigiCert Inc"),
        ("73A5E64A3BFF8316FF0EDCCC618A906E4EAE4D74", "CN=Microsoft RSA Root Certificate Authority 2017"),
    )
]

#: Windows Server 2019, English, UEFI, a system disk and a data disk.
SERVER_2019: Answers = {
    **windows_server_samples.NEW_SERVER,
    operating_system.VERSION: [
        row("ProductName", "String", "Windows Server 2019 Standard"),
        row("CurrentBuild", "String", "17763"),
        row("UBR", "DWord", 5329),
        row("InstallationType", "String", "Server"),
    ],
    operating_system.SYSTEM: objects(
        {
            "Version": "10.0.17763",
            "ProductType": 3,
            "ServicePackMajorVersion": 0,
            "OSLanguage": 1033,
            "CSName": "APP01",
            "SystemDrive": "C:",
            "OperatingSystemSKU": 7,
        }
    ),
    collecting_process.ENVIRONMENT: [
        *("powershell\t5.1.17763.5328", "process_bits\t64", "architecture\tAMD64", "time_zone_minutes\t60"),
    ],
    hardware.COMPUTER: objects(
        {
            "Manufacturer": "VMware, Inc.",
            "Model": "VMware7,1",
            "TotalPhysicalMemory": 8589332480,
            "NumberOfLogicalProcessors": 4,
            "PartOfDomain": True,
            "Domain": "corp.example.com",
        }
    ),
    hardware.PRODUCT: objects(
        {"Vendor": "VMware, Inc.", "Name": "VMware7,1", "UUID": "4237F0A1-5C5B-1F0E-7C5B-0B5AD0A1C0DE"}
    ),
    hardware.BIOS: objects(
        {"Manufacturer": "VMware, Inc.", "SMBIOSBIOSVersion": "VMW71.00V.18227214", "Version": "INTEL - 6040000"}
    ),
    hardware.VIRTUAL_DEVICES: [row("VEN_15AD&DEV_0405&SUBSYS_040515AD&REV_00")],
    services.SERVICES: service_lines(services.SERVICES, svagents="absent", MSiSCSI="stopped manual", ClusSvc="absent"),
    services.VMWARE_TOOLS: ["size_bytes\t72000", "modified\t2023-01-01T00:00:00Z", "version\t12.1.5.39265"],
    boot.FIRMWARE: [row("PEFirmwareType", "DWord", 2)],
    boot.SECURE_BOOT: [row("UEFISecureBootEnabled", "DWord", 0)],
    boot.BOOT_MANAGER: [row("Element", "String", r"\EFI\Microsoft\Boot\bootmgfw.efi")],
    boot.MOUNTED: [row(r"\DosDevices\C:", "Binary", "444D494F3A49443A" + "AA" * 16)],
    boot.DRIVERS: service_lines(
        boot.DRIVERS, **dict.fromkeys(("atapi", "intelide", "storflt", "storvsc", "vmbus"), "stopped boot")
    ),
    drivers.DRIVERS: service_lines(drivers.DRIVERS, **dict.fromkeys(drivers.DRIVERS.arguments, "absent")),
    outbound.TARGETS: [row(outbound.SIGN_IN, "open", "192.0.2.200")],
    storage_reads.DRIVES: objects(
        {
            "Index": 1,
            "Model": "VMware Virtual disk SCSI Disk Device",
            "PNPDeviceID": r"SCSI\DISK&VEN_VMWARE&PROD_VIRTUAL_DISK\5&1982005&0&000100",
            "Size": 536864025600,
            "BytesPerSector": 512,
            "SectorsPerTrack": 63,
            "TracksPerCylinder": 255,
            "InterfaceType": "SCSI",
            "Capabilities": [3, 4],
        },
        {
            "Index": 0,
            "Model": "VMware Virtual disk SCSI Disk Device",
            "PNPDeviceID": r"SCSI\DISK&VEN_VMWARE&PROD_VIRTUAL_DISK\5&1982005&0&000000",
            "Size": 107372805120,
            "BytesPerSector": 512,
            "SectorsPerTrack": 63,
            "TracksPerCylinder": 255,
            "InterfaceType": "SCSI",
            "Capabilities": [3, 4],
        },
    ),
    storage_reads.STORAGE_DISKS: objects(
        *(
            {
                "Number": number,
                "Size": size,
                "BusType": 10,
                "PartitionStyle": 2,
                "LogicalSectorSize": 512,
                "IsClustered": False,
            }
            for number, size in ((0, 100 * GIB), (1, 500 * GIB))
        )
    ),
    storage_reads.PARTITIONS: objects(
        {"DeviceID": "Disk #0, Partition #0", "DiskIndex": 0, "Index": 0, "BootPartition": True},
        {"DeviceID": "Disk #0, Partition #1", "DiskIndex": 0, "Index": 1, "BootPartition": False},
        {"DeviceID": "Disk #1, Partition #0", "DiskIndex": 1, "Index": 0, "BootPartition": False},
    ),
    storage_reads.LETTERS: objects(
        {
            "Antecedent": r'\\APP01\root\cimv2:Win32_DiskPartition.DeviceID="Disk #0, Partition #1"',
            "Dependent": r'\\APP01\root\cimv2:Win32_LogicalDisk.DeviceID="C:"',
        },
        {
            "Antecedent": r'\\APP01\root\cimv2:Win32_DiskPartition.DeviceID="Disk #1, Partition #0"',
            "Dependent": r'\\APP01\root\cimv2:Win32_LogicalDisk.DeviceID="E:"',
        },
    ),
    storage_reads.STORAGE_PARTITIONS: objects(
        {
            "DiskNumber": 0,
            "PartitionNumber": 1,
            "Size": 103809024,
            "GptType": "{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}",
            "IsBoot": False,
            "IsSystem": True,
            "AccessPaths": ["\\\\?\\Volume{11111111-0000-0000-0000-000000000001}\\"],
        },
        {
            "DiskNumber": 0,
            "PartitionNumber": 3,
            "Size": 107134058496,
            "GptType": "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}",
            "IsBoot": True,
            "IsSystem": False,
            "AccessPaths": ["C:\\", "\\\\?\\Volume{11111111-0000-0000-0000-000000000003}\\"],
        },
        {
            "DiskNumber": 1,
            "PartitionNumber": 2,
            "Size": 536735645696,
            "GptType": "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}",
            "IsBoot": False,
            "IsSystem": False,
            "AccessPaths": ["E:\\", "\\\\?\\Volume{22222222-0000-0000-0000-000000000002}\\"],
        },
    ),
    storage_reads.VOLUMES: objects(
        {
            "DeviceID": "\\\\?\\Volume{11111111-0000-0000-0000-000000000001}\\",
            "FileSystem": "FAT32",
            "Capacity": 99614720,
            "FreeSpace": 70000000,
            "BootVolume": False,
            "SystemVolume": True,
        },
        {
            "DeviceID": "\\\\?\\Volume{11111111-0000-0000-0000-000000000003}\\",
            "DriveLetter": "C:",
            "FileSystem": "NTFS",
            "Capacity": 107134054400,
            "FreeSpace": 60 * GIB,
            "BootVolume": True,
            "SystemVolume": False,
        },
        {
            "DeviceID": "\\\\?\\Volume{22222222-0000-0000-0000-000000000002}\\",
            "DriveLetter": "E:",
            "FileSystem": "NTFS",
            "Capacity": 536735641600,
            "FreeSpace": 400 * GIB,
            "BootVolume": False,
            "SystemVolume": False,
        },
    ),
    storage_reads.ENCRYPTABLE: Status.ABSENT,
    storage_reads.ENCRYPTED_SHARE: 1,
    storage_reads.FIBRE_CHANNEL: Status.ABSENT,
    storage_reads.CLUSTER: Status.ABSENT,
    storage_reads.SAN_POLICY: [row("SanPolicy", "DWord", 1)],
    storage_reads.PAGE_FILES: [
        row("PagingFiles", "MultiString", r"?:\pagefile.sys"),
        row("ExistingPageFiles", "MultiString", r"\??\C:\pagefile.sys"),
    ],
    network.ADAPTERS: objects(
        {
            "Index": 1,
            "Name": "vmxnet3 Ethernet Adapter",
            "NetConnectionID": "Ethernet0",
            "MACAddress": "00:50:56:B7:00:01",
            "PNPDeviceID": r"PCI\VEN_15AD&DEV_07B0&SUBSYS_07B015AD&REV_01\FF56500001",
            "NetConnectionStatus": 2,
        },
        {"Index": 0, "Name": "Microsoft Kernel Debug Network Adapter", "PNPDeviceID": r"ROOT\KDNIC\0000"},
    ),
    network.CONFIGURATIONS: objects(
        {
            "Index": 1,
            "DHCPEnabled": False,
            "IPAddress": ["192.0.2.20", "fe80::f1e2:1:2:3"],
            "IPSubnet": ["255.255.255.0", "64"],
            "DNSServerSearchOrder": ["192.0.2.53", "192.0.2.54"],
            "DNSDomainSuffixSearchOrder": ["corp.example.com"],
        }
    ),
    firewall_effective.INTERFACE: OPEN_FIREWALL,
    firewall_effective.POLICY_RULES: Status.ABSENT,
    **{read: Status.ABSENT for reads in firewall_effective.POLICIES.values() for read in reads},
    firewall.RDP_PORT: [row("PortNumber", "DWord", 3389), row("UserAuthentication", "DWord", 1)],
    remote_access.TERMINAL_SERVER: [row("fDenyTSConnections", "DWord", 0)],
    remote_access.TERMINAL_SERVER_POLICY: Status.ABSENT,
    remote_access.SYSTEM_POLICY: [
        row("EnableLUA", "DWord", 1),
        row("LocalAccountTokenFilterPolicy", "DWord", 1),
    ],
    remote_access.ADMINISTRATORS: [
        row("S-1-5-21-1-2-3-500", "WinNT://CORP/APP01/Administrator"),
        row("S-1-5-21-7-8-9-512", "WinNT://CORP/Domain Admins"),
    ],
    **dict.fromkeys(tls.PROTOCOLS.values(), Status.ABSENT),
    **{read: [] for read in tls.WINHTTP},
    **{
        read: [row("SchUseStrongCrypto", "DWord", 1), row("SystemDefaultTlsVersions", "DWord", 1)]
        for read in tls.DOTNET
    },
    tls.RELEASE: [row("Release", "DWord", 461814), row("Version", "String", "4.7.03190")],
    updates.PACKAGES: [row("Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.5329.1.9")],
    updates.SERVICING: [],
    updates.AUTO_UPDATE: [],
    updates.RENAMES: [],
    updates.ACTIVE_NAME: [row("ComputerName", "String", "APP01")],
    updates.NEXT_NAME: [row("ComputerName", "String", "APP01")],
    proxy.WINHTTP: [row("WinHttpSettings", "Binary", "1800000000000000010000000000000000000000")],
    proxy.SYSTEM_ACCOUNT: [row("ProxyEnable", "DWord", 0)],
    proxy.SITE_RECOVERY: Status.ABSENT,
    certificates.ROOTS: ROOTS,
    certificates.DISTRUSTED: [],
    certificates.AUTO_UPDATE: Status.ABSENT,
    clock.PARAMETERS: [row("Type", "String", "NT5DS"), row("NtpServer", "String", "time.windows.com,0x8")],
    **dict.fromkeys(WINDOWS_READS, Status.ABSENT),
}

#: Windows Server 2008 R2 SP1, German, BIOS, without the storage classes; its system volume has no letter.
SERVER_2008_R2: Answers = {
    **SERVER_2019,
    **windows_server_samples.OLD_SERVER,
    operating_system.VERSION: [
        row("ProductName", "String", "Windows Server 2008 R2 Standard"),
        row("CurrentBuild", "String", "7601"),
    ],
    operating_system.SYSTEM: objects(
        {
            "Version": "6.1.7601",
            "ProductType": 3,
            "ServicePackMajorVersion": 1,
            "OSLanguage": 1031,
            "CSName": "ALTSRV01",
            "SystemDrive": "C:",
            "OperatingSystemSKU": 7,
        }
    ),
    collecting_process.ENVIRONMENT: [
        *("powershell\t2.0", "process_bits\t64", "architecture\tAMD64", "time_zone_minutes\t60"),
    ],
    boot.FIRMWARE: [],
    boot.SECURE_BOOT: Status.ABSENT,
    boot.BOOT_MANAGER: Status.ABSENT,
    boot.MOUNTED: [
        row(r"\DosDevices\C:", "Binary", "9A3F21B70000500600000000"),
        row(r"\DosDevices\E:", "Binary", "444D494F3A49443A" + "BB" * 16),
    ],
    storage_reads.STORAGE_DISKS: Status.ABSENT,
    storage_reads.STORAGE_PARTITIONS: Status.ABSENT,
    storage_reads.PARTITIONS: objects(
        {
            "DeviceID": "Datenträgernr. 0, Partitionsnr. 0",
            "DiskIndex": 0,
            "Index": 0,
            "StartingOffset": 1048576,
            "Size": 104857600,
            "BootPartition": True,
        },
        {"DeviceID": "Datenträgernr. 0, Partitionsnr. 1", "DiskIndex": 0, "Index": 1, "BootPartition": False},
        {"DeviceID": "Datenträgernr. 1, Partitionsnr. 0", "DiskIndex": 1, "Index": 0, "BootPartition": False},
    ),
    storage_reads.LETTERS: objects(
        {
            "Antecedent": r'\\ALTSRV01\root\cimv2:Win32_DiskPartition.DeviceID="Datenträgernr. 0, Partitionsnr. 1"',
            "Dependent": r'\\ALTSRV01\root\cimv2:Win32_LogicalDisk.DeviceID="C:"',
        },
        {
            "Antecedent": r'\\ALTSRV01\root\cimv2:Win32_DiskPartition.DeviceID="Datenträgernr. 1, Partitionsnr. 0"',
            "Dependent": r'\\ALTSRV01\root\cimv2:Win32_LogicalDisk.DeviceID="E:"',
        },
    ),
    **dict.fromkeys(tls.WINHTTP, Status.ABSENT),
    **dict.fromkeys(tls.DOTNET, Status.ABSENT),
    tls.RELEASE: Status.ABSENT,
    updates.PACKAGES: [],
}
