# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read about the virtual machines of a Hyper-V host. Private to this collection.

Asked of the Hyper-V module, and of WMI for hosts that have the role without its module. Of what a cmdlet returns only
properties are taken that Windows does not translate: enumerations and numbers, never ``Status``.
"""

from __future__ import annotations

from ...collector.read import Read
from ...collector.windows_read import objects, wmi

_MODULE = "Hyper-V"
_NAMESPACE = r"root\virtualization\v2"
_GENERATION_2 = "Get-VM | Where-Object { $_.Generation -eq 2 }"
#: A host with hundreds of files takes longer than the rest together; the limit of the whole audit holds as well.
_MANY_FILES_SECONDS = 600

VIRTUAL_MACHINES = objects(
    _MODULE,
    "Get-VM",
    *("VMId", "Name", "Generation", "State", "ProcessorCount", "MemoryStartup", "DynamicMemoryEnabled"),
    *("IsClustered", "ReplicationState", "ReplicationMode", "IntegrationServicesVersion"),
)
DRIVES = objects(
    _MODULE,
    "Get-VM | Get-VMHardDiskDrive",
    *("VMId", "VMName", "Path", "DiskNumber", "ControllerType", "ControllerNumber", "ControllerLocation"),
    "SupportPersistentReservations",
)
#: Every file with its parents, as far as they can be opened: one that cannot is left out, and so is unknown.
FILES = objects(
    _MODULE,
    "Get-VM | Get-VMHardDiskDrive | Where-Object { $_.Path -and $null -eq $_.DiskNumber } | ForEach-Object { "
    "$path = $_.Path; for ($level = 0; $path -and $level -lt 64; $level++) { "
    "$file = $null; try { $file = Get-VHD -Path $path -ErrorAction Stop } catch { } "
    "if ($file) { $file; $path = $file.ParentPath } else { $path = $null } } }",
    *("Path", "VhdFormat", "VhdType", "Size", "FileSize", "LogicalSectorSize", "ParentPath"),
    seconds=_MANY_FILES_SECONDS,
)
ADAPTERS = objects(
    _MODULE,
    "Get-VM | Get-VMNetworkAdapter",
    *("VMId", "VMName", "Name", "SwitchName", "MacAddress", "DynamicMacAddressEnabled", "IPAddresses"),
)
FIBRE_CHANNEL = objects(_MODULE, "Get-VM | Get-VMFibreChannelHba", "VMId", "VMName", "SanName")
FIRMWARE = objects(
    _MODULE,
    f"{_GENERATION_2} | Get-VMFirmware",
    *("VMId", "SecureBoot", "SecureBootTemplate"),
)
BOOT_ORDER = objects(
    _MODULE,
    f"{_GENERATION_2} | ForEach-Object {{ $vm = $_; foreach ($source in @((Get-VMFirmware -VM $vm).BootOrder)) {{ "
    "New-Object PSObject -Property @{ VMId = $vm.VMId; BootType = $source.BootType; Path = $source.Device.Path } } }",
    *("VMId", "BootType", "Path"),
)
CHECKPOINTS = objects(_MODULE, "Get-VM | Get-VMSnapshot", "VMId", "VMName", "Name")

#: What the guests say of themselves.
GUESTS = wmi(_NAMESPACE, "Msvm_KvpExchangeComponent", "SystemName", "GuestIntrinsicExchangeItems")

#: The host itself is one of these systems; the names of virtual machines are GUIDs.
WMI_SYSTEMS = wmi(_NAMESPACE, "Msvm_ComputerSystem", "Name", "ElementName", "EnabledState")
#: From 2012 R2 on; before there was one generation.
WMI_SETTINGS = wmi(
    _NAMESPACE,
    "Msvm_VirtualSystemSettingData",
    *("VirtualSystemIdentifier", "VirtualSystemType", "VirtualSystemSubType", "SecureBootEnabled"),
)
WMI_FILES = wmi(_NAMESPACE, "Msvm_StorageAllocationSettingData", "InstanceID", "ResourceSubType", "HostResource")
WMI_SHARED = wmi(_NAMESPACE, "Msvm_StorageAllocationSettingData", "InstanceID", "PersistentReservationsSupported")
WMI_PHYSICAL = wmi(
    _NAMESPACE,
    "Msvm_ResourceAllocationSettingData",
    *("InstanceID", "HostResource"),
    where="ResourceSubType = 'Microsoft:Hyper-V:Physical Disk Drive'",
)
_PORT = ("InstanceID", "ElementName", "Address", "StaticMacAddress")
WMI_SYNTHETIC = wmi(_NAMESPACE, "Msvm_SyntheticEthernetPortSettingData", *_PORT)
WMI_EMULATED = wmi(_NAMESPACE, "Msvm_EmulatedEthernetPortSettingData", *_PORT)
WMI_FIBRE_CHANNEL = wmi(_NAMESPACE, "Msvm_SyntheticFcPortSettingData", "InstanceID")

#: What tells which virtual machines there are.
LISTS: tuple[Read, ...] = (VIRTUAL_MACHINES, WMI_SYSTEMS)
