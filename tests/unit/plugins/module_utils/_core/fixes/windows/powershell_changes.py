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
    Get-SocketError
""".split()

CHANGING = replace(
    READING,
    cmdlets={
        **READING.cmdlets,
        "Get-Acl": ("-Path",),
        "Get-Command": ("-Name", "-ErrorAction"),
        "Sort-Object": ("-Property",),
    },
    types={
        *READING.types,
        "Convert",
        "IO.Directory",
        "IO.FileAccess",
        "IO.FileMode",
        "IO.FileOptions",
        "IO.FileShare",
        "IO.FileStream",
        # Only where PowerShell is 6 or newer.
        "IO.FileSystemAclExtensions",
        "Microsoft.Win32.RegistryValueKind",
        "Security.AccessControl.DirectorySecurity",
        "Threading.Thread",
        "TimeSpan",
        "byte",
        "uint32",
    },
    static_members={
        *READING.static_members,
        *"""
        BitConverter::GetBytes BitConverter::ToInt32 Convert::ToByte IO.Directory::CreateDirectory
        IO.Directory::Exists IO.File::Open IO.FileAccess::Write IO.FileOptions::WriteThrough IO.FileShare::Read
        IO.FileSystemAclExtensions::CreateDirectory Threading.Thread::Sleep TimeSpan::FromSeconds
        string::CompareOrdinal
        """.split(),
    },
    members={
        *READING.members,
        *"""
        AreAccessRulesProtected CreateSubKey DeleteSubKey DeleteValue DependentServices EndsWith GetAccessRules GetOwner
        IdentityReference Major SetSecurityDescriptorSddlForm SetValue Start StartsWith Stop SubKeyCount
        ToLowerInvariant Trim ValueCount WaitForStatus
        after before file head id kind name outcome reason record steps touched wanted
        """.split(),
    },
    own={"Invoke-Reads", *_LIBRARY},
    # Sentences for people speak of administrators, and the words of our own states are English.
    translated=("everyone", "authenticated users", "builtin", "nt authority", "file and printer sharing"),
)
