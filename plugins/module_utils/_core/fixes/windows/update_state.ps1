# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The state of an update or a program: "absent", "installed" (also where Windows finishes it with the next restart, or
# has put something newer in its place), or "state NUMBER" for anything else. Its name is IDENTITY|SHA256|PATH: the name
# of a package of Component Based Servicing, with or without what follows its first "~", or the product code of a
# program of Windows Installer; then the file on this machine that it is installed from. wusa.exe refuses to work over
# WinRM, so an .msu is expanded, and its package given to dism.exe. Nothing is ever restarted.

$libraries += {
    $packages_key = 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages'
    $install_folder = $journal_root + '\install'
    # A program of this collection is never ended for taking long: the step's own limit is shorter than this day.
    $longest_seconds = 86400
    $installing = @{ note = ''; left = $false }
    # CurrentState: uninstall pending, resolved and staged packages are not in use; superseded, install pending,
    # installed and permanent ones are there.
    $package_states = @{ 0 = 'absent'; 5 = 'absent'; 32 = 'absent'; 64 = 'absent'; 80 = 'installed'; 96 = 'installed'; 112 = 'installed'; 128 = 'installed' }

    function Get-UpdateState($name) {
        if ($env:PROCESSOR_ARCHITEW6432) { throw 'this is a 32-bit PowerShell on a 64-bit Windows, which cannot look after its updates; connect to the 64-bit one' }
        $identity = $name.Split([char[]]'|')[0]
        if ($identity.StartsWith('{')) { return Find-Product $identity }
        $state = 'absent'
        foreach ($package in @(Find-Packages $identity)) {
            if ($package.state -eq 'installed') { return 'installed' }
            if ($package.state -ne 'absent') { $state = $package.state }
        }
        $state
    }

    function Set-UpdateState($name, $state) {
        $identity, $digest, $path = $name.Split([char[]]'|')
        $installing.note = ''
        if ($state -eq 'absent') { return Remove-Update $identity }
        Clear-InstallFolder
        New-JournalDirectory $install_folder
        try { Add-Update $identity $digest $path } finally {
            try { Clear-InstallFolder } catch { $installing.left = $true }
        }
    }

    # Get-UpdateFileState PATH: "absent", or SHA-256, size in bytes, and the free bytes where it will be expanded.
    function Get-UpdateFileState($path) {
        if (-not [IO.File]::Exists($path)) { return 'absent' }
        $file = New-Object IO.FileInfo $path
        $drive = New-Object IO.DriveInfo ($program_data.Substring(0, 1))
        (Get-Digest $path) + ' ' + $file.Length + ' ' + $drive.AvailableFreeSpace
    }

    function Set-UpdateFileState($path) { throw ('the file ' + $path + ' is only looked at') }

    # Invoke-RestartTold: what remains to be done by somebody, after an update came or went.
    function Invoke-RestartTold {
        $key = Open-Key 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending'
        if ($null -ne $key) { $key.Close() }
        if ($installing.left) { 'The folder ' + $install_folder + ' could not be removed; the next run does that.' }
        if ($installing.note) { return $installing.note }
        if ($null -ne $key) { 'Windows waits for a restart; nothing was restarted.' }
    }

    # Find-Packages IDENTITY: the packages of that name, each with its state.
    function Find-Packages($identity) {
        $start = $identity.ToUpperInvariant()
        $key = Open-Key $packages_key
        foreach ($name in $key.GetSubKeyNames()) {
            $upper = $name.ToUpperInvariant()
            if ($upper -cne $start -and -not $upper.StartsWith($start + '~')) { continue }
            $child = $key.OpenSubKey($name)
            $number = [int]$child.GetValue('CurrentState')
            $child.Close()
            $state = $package_states[$number]
            if (-not $state) { $state = 'state ' + $number }
            @{ name = $name; state = $state }
        }
        $key.Close()
    }

    # Find-Product CODE: what Windows Installer installed for the machine stands in one of the two views.
    function Find-Product($code) {
        foreach ($view in 'HKLM\SOFTWARE\', 'HKLM\SOFTWARE\WOW6432Node\') {
            $key = Open-Key ($view + 'Microsoft\Windows\CurrentVersion\Uninstall\' + $code)
            if ($null -ne $key) { $key.Close(); return 'installed' }
        }
        'absent'
    }

    # Add-Update IDENTITY SHA256 PATH: from a copy that only administrators can change, for the file itself may be
    # anybody's.
    function Add-Update($identity, $digest, $path) {
        $copy = $install_folder + '\given' + [IO.Path]::GetExtension($path).ToLowerInvariant()
        [IO.File]::Copy($path, $copy)
        [IO.File]::SetAttributes($copy, [IO.FileAttributes]::Normal)
        $found = Get-Digest $copy
        if ($found -cne $digest) { throw ('expected the file ' + $path + ' to have the SHA-256 ' + $digest + ', found ' + $found + '; nothing was installed') }
        if ($copy.EndsWith('.msi')) { return Invoke-Installer ('/i "' + $copy + '" ALLUSERS=1') }
        $package = $copy
        if ($copy.EndsWith('.msu')) { $package = Expand-Update $copy }
        $held = Read-Identity $package
        if ($held -ne $identity -and -not $held.ToUpperInvariant().StartsWith($identity.ToUpperInvariant() + '~')) {
            throw ('expected the file to hold the package ' + $identity + ', found ' + $held + '; nothing was installed')
        }
        Invoke-Servicing ('/add-package /packagepath:"' + $package + '"')
    }

    function Remove-Update($identity) {
        if ($identity.StartsWith('{')) { return Invoke-Installer ('/x ' + $identity) }
        foreach ($package in @(Find-Packages $identity)) {
            if ($package.state -eq 'installed') { Invoke-Servicing ('/remove-package /packagename:' + $package.name) }
        }
    }

    function Clear-InstallFolder {
        if ([IO.Directory]::Exists($install_folder)) { [IO.Directory]::Delete($install_folder, $true) }
        $installing.left = $false
    }

    # Get-Digest PATH: its SHA-256. Where only validated algorithms are allowed (FIPS), that of .NET 2.0 refuses to work,
    # and the one of .NET 3.5 has to do it.
    function Get-Digest($path) {
        try { $algorithm = [Security.Cryptography.SHA256]::Create() } catch {
            [void][Reflection.Assembly]::LoadWithPartialName('System.Core')
            $algorithm = New-Object Security.Cryptography.SHA256CryptoServiceProvider
        }
        $stream = [IO.File]::Open($path, 'Open', 'Read', 'Read')
        try { $bytes = $algorithm.ComputeHash($stream) } finally { $stream.Close() }
        [BitConverter]::ToString($bytes).Replace('-', '').ToLowerInvariant()
    }

    # Expand-Update MSU: the one package in it; WSUSSCAN.cab is only for searches.
    function Expand-Update($msu) {
        $folder = $install_folder + '\expanded'
        [void][IO.Directory]::CreateDirectory($folder)
        $code = Invoke-Long 'expand.exe' ('-F:*.cab "' + $msu + '" "' + $folder + '"')
        $directory = New-Object IO.DirectoryInfo $folder
        $packages = @()
        foreach ($file in $directory.GetFiles('*.cab')) {
            if ($file.Name -ne 'WSUSSCAN.cab') { $packages += $file.FullName }
        }
        if ($packages.Length -ne 1) {
            throw ('expected one package in the .msu, found ' + $packages.Length + ' (expand.exe ended with ' + $code + '); give the .cab itself; nothing was installed')
        }
        $packages[0]
    }

    # Read-Identity CAB: the name by which Windows lists the package, from the package's own manifest.
    function Read-Identity($package) {
        $folder = $install_folder + '\manifest'
        [void][IO.Directory]::CreateDirectory($folder)
        $code = Invoke-Long 'expand.exe' ('-F:update.mum "' + $package + '" "' + $folder + '"')
        if (-not [IO.File]::Exists($folder + '\update.mum')) {
            throw ('the file is no package of Windows: it has no update.mum (expand.exe ended with ' + $code + '); nothing was installed')
        }
        $manifest = New-Object Xml.XmlDocument
        $manifest.Load($folder + '\update.mum')
        $found = $manifest.GetElementsByTagName('assemblyIdentity').Item(0)
        $words = @()
        foreach ($name in 'name', 'publicKeyToken', 'processorArchitecture', 'language', 'version') { $words += $found.GetAttribute($name) }
        if ($words[3] -eq 'neutral') { $words[3] = '' }
        [string]::Join('~', [string[]]$words)
    }

    # Invoke-Long FILE WORDS: runs a program of Windows to its end; its exit code.
    function Invoke-Long($file, $words) {
        [void](Read-Program ('"' + $env:SystemRoot + '\System32\' + $file + '" ' + $words) $longest_seconds)
        $code = [int]$global:exit_code
        $global:exit_code = 0
        $code
    }

    function Invoke-Servicing($words) {
        $code = Invoke-Long 'dism.exe' ('/online ' + $words + ' /quiet /norestart')
        Test-Ended 'dism.exe' $code ('look into ' + $env:SystemRoot + '\Logs\CBS\CBS.log and Logs\DISM\dism.log there')
    }

    function Invoke-Installer($words) {
        $code = Invoke-Long 'msiexec.exe' ($words + ' /qn /norestart')
        Test-Ended 'msiexec.exe' $code 'look into the event log Application, source MsiInstaller'
    }
}
