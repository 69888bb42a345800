# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read about disks, partitions and volumes. Private to this collection."""

from __future__ import annotations

from ...collector.windows_read import program, wmi
from . import registry_values

_CIMV2 = r"root\cimv2"
_STORAGE = r"root\Microsoft\Windows\Storage"

VOLUMES = wmi(
    _CIMV2,
    "Win32_Volume",
    *("DeviceID", "DriveLetter", "FileSystem", "Capacity", "FreeSpace", "BootVolume", "SystemVolume"),
    where="DriveType = 3",
)
DRIVES = wmi(
    _CIMV2,
    "Win32_DiskDrive",
    *("Index", "Model", "PNPDeviceID", "Size", "BytesPerSector", "SectorsPerTrack", "TracksPerCylinder"),
    *("InterfaceType", "Capabilities"),
)
#: The keys of partitions are texts that Windows translates: they are only compared with each other.
PARTITIONS = wmi(
    _CIMV2, "Win32_DiskPartition", "DeviceID", "DiskIndex", "Index", "StartingOffset", "Size", "BootPartition"
)
LETTERS = wmi(_CIMV2, "Win32_LogicalDiskToPartition", "Antecedent", "Dependent")
#: From Windows Server 2012 on.
STORAGE_DISKS = wmi(
    _STORAGE,
    "MSFT_Disk",
    *("Number", "Size", "BusType", "PartitionStyle", "LogicalSectorSize", "IsClustered"),
)
STORAGE_PARTITIONS = wmi(
    _STORAGE,
    "MSFT_Partition",
    *("DiskNumber", "PartitionNumber", "Size", "MbrType", "GptType", "IsBoot", "IsSystem", "AccessPaths"),
)
ENCRYPTABLE = wmi(
    r"root\cimv2\Security\MicrosoftVolumeEncryption",
    "Win32_EncryptableVolume",
    *("DriveLetter", "DeviceID", "ProtectionStatus"),
)
#: Only there with the feature; of its answer only the percentages are taken, for the words are translated.
ENCRYPTED_SHARE = program(r"%SystemRoot%\System32\manage-bde.exe -status")
FIBRE_CHANNEL = wmi(r"root\wmi", "MSFC_FCAdapterHBAAttributes", "InstanceName")
#: The cluster's own hive, which is loaded on a member.
CLUSTER = registry_values.read(r"HKLM\Cluster", "ClusterName")
SAN_POLICY = registry_values.read(r"HKLM\SYSTEM\CurrentControlSet\Services\partmgr\Parameters", "SanPolicy")
PAGE_FILES = registry_values.read(
    r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management", "PagingFiles", "ExistingPageFiles"
)
