# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a script may use to run on PowerShell 2.0 and .NET 2.0 as well as on PowerShell 7, and to write nothing.

White lists: what is not named here is refused, whenever it came. Whoever adds a name looks up since when it exists
(learn.microsoft.com, "Applies to" of the member; about_ pages of version 2.0).
"""

# Words in a paragraph: as lists of strings they would be pages long.
# ruff: noqa: SIM905

from __future__ import annotations

from collections.abc import Mapping

#: Cmdlets and the parameters that 2.0 has; Import-Module loads modules of the system into the child only.
CMDLETS: Mapping[str, tuple[str, ...]] = {
    "Get-Module": ("-Name", "-ListAvailable"),
    "Get-Service": ("-Name", "-ErrorAction"),
    "Import-Module": ("-Name",),
    "New-Object": ("-ComObject",),
}

COM_CLASSES = ("WbemScripting.SWbemLocator", "HNetCfg.FwPolicy2", "WinHttp.WinHttpRequest.5.1")

#: Types with the version of the .NET Framework (or of PowerShell) that brought them.
TYPES: Mapping[str, str] = {
    **dict.fromkeys(("ADSI", "byte[]", "char", "char[]", "double", "int", "long", "object[]", "regex"), "PS 1.0"),
    **dict.fromkeys(("ScriptBlock", "string", "string[]", "void"), "PS 1.0"),
    **dict.fromkeys(("BitConverter", "Console", "DateTime", "DateTimeKind", "Environment", "IntPtr", "Math"), "1.1"),
    **dict.fromkeys(("TimeZone", "UnauthorizedAccessException", "Globalization.CultureInfo"), "1.1"),
    **dict.fromkeys(("Diagnostics.FileVersionInfo", "Diagnostics.Process", "Diagnostics.ProcessStartInfo"), "1.1"),
    **dict.fromkeys(("IO.DirectoryNotFoundException", "IO.FileNotFoundException", "IO.File", "IO.FileInfo"), "1.1"),
    "IO.DirectoryInfo": "1.1",
    **dict.fromkeys(("IO.MemoryStream", "IO.StreamReader", "Text.Encoding", "Net.Dns"), "1.1"),
    **dict.fromkeys(("Net.Sockets.SocketException", "Net.Sockets.TcpClient", "Microsoft.Win32.Registry"), "1.1"),
    **dict.fromkeys(("Security.SecurityException", "Runtime.InteropServices.Marshal"), "1.1"),
    **dict.fromkeys(("Microsoft.Win32.RegistryValueOptions", "Net.Security.SslStream"), "2.0"),
    "Net.Security.RemoteCertificateValidationCallback": "2.0",
    **dict.fromkeys(("Security.Principal.WindowsIdentity", "Security.Principal.WindowsPrincipal"), "1.1"),
    **dict.fromkeys(("Security.Principal.NTAccount", "Security.Principal.SecurityIdentifier"), "2.0"),
    "Security.Cryptography.X509Certificates.X509Certificate2": "2.0",
    "Security.Cryptography.X509Certificates.X509Store": "2.0",
    "Management.Automation.PowerShell": "PS 2.0",
    "Management.Automation.Runspaces.RunspaceFactory": "PS 1.0",
}

STATIC_MEMBERS = frozenset(
    """
    BitConverter::ToString Console::OpenStandardOutput DateTime::Now DateTime::UtcNow DateTimeKind::Utc
    Diagnostics.FileVersionInfo::GetVersionInfo Diagnostics.Process::Start Environment::Exit
    Environment::ExpandEnvironmentVariables Environment::GetFolderPath IO.File::ReadAllLines
    Environment::MachineName Environment::Version
    Globalization.CultureInfo::CurrentCulture Globalization.CultureInfo::InstalledUICulture
    Globalization.CultureInfo::InvariantCulture IO.File::GetAttributes IntPtr::Size
    Management.Automation.PowerShell::Create Management.Automation.Runspaces.RunspaceFactory::CreateRunspace Math::Max
    Math::Min Microsoft.Win32.Registry::CurrentUser Microsoft.Win32.Registry::LocalMachine
    Microsoft.Win32.Registry::Users Microsoft.Win32.RegistryValueOptions::DoNotExpandEnvironmentNames
    Net.Dns::GetHostAddresses Runtime.InteropServices.Marshal::GetHRForException ScriptBlock::Create
    Security.Principal.WindowsIdentity::GetCurrent Text.Encoding::GetEncoding Text.Encoding::UTF8
    TimeZone::CurrentTimeZone regex::Replace string::Join
    """.split()
)

#: Members of .NET 2.0, PowerShell 2.0 and the COM classes above, and keys of our own tables.
MEMBERS = frozenset(
    """
    Action AddArgument AddCommand AddMilliseconds AddScript AddSeconds Address ApplicationName Arguments
    AsyncWaitHandle AuthenticateAsClient BaseStream BeginConnect BeginInvoke BeginRead BeginStop
    BlockAllInboundTraffic Certificates Client Close ConnectServer Count CreateNoWindow CurrentProfileTypes
    DefaultInboundAction Direction Dispose Enabled EndConnect EndInvoke EndRead Exception ExecQuery Exists ExitCode
    FileBuildPart FileMajorPart FileMinorPart FileName FilePrivatePart FirewallEnabled Flush FullName GetBytes
    GetFiles GetStream GetString GetSubKeyNames GetType GetUtcOffset GetValue GetValueKind GetValueNames Grouping
    HasPrivateKey Id IndexOf InnerException Invoke InvokeMember IsInRole Issuer Item LanguageMode LastIndexOf
    LastWriteTimeUtc Length LocalPolicyModifyState LocalPorts Message Name NotAfter NotBefore Open OpenSubKey Peek
    PSVersion Profiles Properties_ Protocol ReadBlock ReceiveTimeout RedirectStandardInput RedirectStandardOutput
    RemoteAddresses RemoteCertificate RemoteEndPoint Replace Rules Runspace SendTimeout ServiceName SessionState
    Send SetTimeouts SignatureAlgorithm SocketErrorCode Split SslProtocol StandardInput StandardOutput Status
    Subject Substring
    SessionStateProxy SetVariable Thumbprint ToArray ToString ToUniversalTime ToUpperInvariant TotalMilliseconds
    TotalMinutes TotalSeconds
    Translate UseShellExecute User Value WaitForExit WaitOne Write WriteByte psbase
    bytes child client handle input lines out said target until $part
    """.split()
)

#: Methods that later versions gave more parameters: the most that 2.0 knows ("WaitOne(n)" came with 2.0 SP1 only).
MOST_ARGUMENTS: Mapping[str, int] = {"Flush": 0, "Dispose": 0, "WaitForExit": 1, "Split": 2, "Replace": 2}
LEAST_ARGUMENTS: Mapping[str, int] = {"WaitOne": 2}

OPERATORS = frozenset(
    "-and -band -or -not -eq -ne -cne -gt -ge -lt -le -like -clike -match -notmatch -contains -notcontains -is".split()
)

ENVIRONMENT_READ = frozenset("ComSpec PROCESSOR_ARCHITECTURE PROCESSOR_ARCHITEW6432 SystemRoot".split())

#: Words that Windows translates; a script that looks for one finds nothing on a German machine.
TRANSLATED = (
    "administrators",
    "administrator",
    "everyone",
    "authenticated users",
    "users",
    "guests",
    "builtin",
    "nt authority",
    "local system",
    "network service",
    "remote management users",
    "file and printer sharing",
    "program files",
    "running'",
    "stopped'",
)

#: Parts of names of cmdlets, members and types that change something.
WRITING = (
    *("set-", "add-", "clear-", "remove-", "rename-", "move-", "copy-", "out-", "export-", "stop-s", "start-s"),
    *("restart-", "enable-", "disable-", "install-", "register-", "write-", "tee-", "new-item", "invoke-expression"),
    *("setvalue", "createsubkey", "deletesubkey", "deletevalue", "setaccess", "writeall", "streamwriter", "delete"),
    *("createdirectory", "create(", "put_", "execmethod", "execnotification", "setinfo", "commitchanges", "kill"),
    *("appendall", "file::open", "file::write", "file::copy", "file::move", "setattributes", "setenvironment"),
)
