# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a script that changes a machine may use beyond what a reading one may; on PowerShell 2.0 and .NET 2.0, too."""

# Words in a paragraph: as lists of strings they would be pages long.
# ruff: noqa: SIM905

from __future__ import annotations

from dataclasses import replace

from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_rules import READING

#: Commands of the collector's library, which is sent before.
_LIBRARY = """
    Send-Answer Read-Answer Stop-Read Join-Row Format-Time Open-Key Read-Program Get-ExistingFile Test-Count
    Get-SocketError Read-GroupMembers
""".split()

CHANGING = replace(
    READING,
    cmdlets={
        **READING.cmdlets,
        "Get-Acl": ("-Path",),
        "Get-Command": ("-Name", "-ErrorAction"),
        # Of the module virtualmachinemanager, by its reference for 2012 SP1 and newer.
        "Get-SCCapabilityProfile": ("-VMMServer",),
        "Get-SCCloud": ("-VMMServer",),
        "Set-SCCloud": ("-AddCapabilityProfile", "-Cloud", "-RemoveCapabilityProfile"),
        "Sort-Object": ("-Property",),
    },
    com_classes=(*READING.com_classes, "HNetCfg.FwRule"),
    types={
        *READING.types,
        # 1.1 and 2.0: lists in the order of their characters, whatever the culture.
        "Array",
        "StringComparer",
        "Convert",
        "IO.Directory",
        "IO.DriveInfo",
        "IO.FileAccess",
        "IO.FileAttributes",
        "IO.FileMode",
        "IO.FileOptions",
        "IO.FileShare",
        "IO.FileStream",
        "IO.Path",
        # Only where PowerShell is 6 or newer.
        "IO.FileSystemAclExtensions",
        "Microsoft.Win32.RegistryValueKind",
        "Security.AccessControl.DirectorySecurity",
        # Only where PowerShell is 6 or newer, whose keys are of CNG.
        "Security.Cryptography.HashAlgorithmName",
        "Security.Cryptography.RSASignaturePadding",
        # 1.1, and 2.0 the collection and the flags.
        "Security.Cryptography.RSACryptoServiceProvider",
        "Security.Cryptography.X509Certificates.X509Certificate2Collection",
        "Security.Cryptography.X509Certificates.X509KeyStorageFlags",
        "Security.Cryptography.SHA256",
        # Of .NET 3.5 (System.Core), only where FIPS forbids the one of 2.0.
        "Reflection.Assembly",
        "Security.Cryptography.SHA256CryptoServiceProvider",
        "Threading.Thread",
        "TimeSpan",
        "Xml.XmlDocument",
        "byte",
        "uint32",
    },
    static_members={
        *READING.static_members,
        *"""
        Security.Cryptography.HashAlgorithmName::SHA256 Security.Cryptography.RSASignaturePadding::Pkcs1
        IO.Directory::Delete IO.File::Copy IO.File::Exists IO.File::SetAttributes IO.FileAttributes::Normal
        IO.Path::GetExtension Security.Cryptography.SHA256::Create
        Reflection.Assembly::LoadWithPartialName
        BitConverter::GetBytes BitConverter::ToInt32 Convert::ToByte IO.Directory::CreateDirectory
        IO.Directory::Exists IO.File::Open IO.FileAccess::Write IO.FileOptions::WriteThrough IO.FileShare::Read
        Convert::FromBase64String
        IO.FileSystemAclExtensions::Create Threading.Thread::Sleep TimeSpan::FromSeconds
        string::CompareOrdinal
        Array::Sort StringComparer::Ordinal
        """.split(),
    },
    members={
        *READING.members,
        *"""
        AvailableFreeSpace ComputeHash GetAttribute GetElementsByTagName Load left note state
        AreAccessRulesProtected CreateSubKey DeleteSubKey DeleteValue DependentServices EndsWith GetAccessRules GetOwner
        IdentityReference Major SetSecurityDescriptorSddlForm SetValue Start StartsWith Stop SubKeyCount
        ToLowerInvariant Trim ValueCount WaitForStatus
        Add Interfaces InterfaceTypes LocalAddresses RemotePorts Remove
        adapters kinds local_addresses purpose rule setting taken
        CapabilityProfiles Children CommitChanges Find ID Properties
        Clear CspKeyContainerInfo Delete FriendlyName Import Key PersistKeyInCsp RawData SignData
        UniqueKeyContainerName VerifyData get_PrivateKey
        after before file head id kind name outcome reason record secrets steps touched wanted
        """.split(),
    },
    own={"Invoke-Reads", *_LIBRARY},
    # Sentences for people speak of administrators, and the words of our own states are English.
    translated=("everyone", "authenticated users", "builtin", "nt authority", "file and printer sharing"),
)
