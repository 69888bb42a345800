# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The journal of the changes on a Windows machine: one file NUMBER.FIX.RUN.record a change, with the lines "key: value"
# that Linux has, too, a line "change: KIND NAME BEFORE AFTER" (tabs between them) for every thing that is given a
# state, and a line "state: planned|done|failed|restored TIME" for everything that became of the change.

$libraries += {
    $program_data = [Environment]::GetFolderPath('CommonApplicationData')
    $journal_root = $program_data + '\preflight.azure'
    $journal = $journal_root + '\journal'
    $lock_seconds = 30
    $lock = @{ file = $null }

    # Every user may make a folder in ProgramData, and would be its owner: one that somebody made is not believed.
    function Open-Journal {
        foreach ($path in $program_data, $journal_root, $journal) {
            if (-not [IO.Directory]::Exists($path)) { New-JournalDirectory $path }
            $distrust = Get-Distrust $path
            if ($distrust) {
                $told = 'the journal is not trusted, so nothing was changed: expected that only administrators can write ' + $path + ', but it ' + $distrust + '; look who made it, and remove or correct it'
                return Stop-Change 'refused' $told
            }
        }
    }

    # In one call: between making a folder and protecting it somebody could put something there. "Create" is in .NET Core
    # 3.1 already, of PowerShell 7.0; its "CreateDirectory" is not.
    function New-JournalDirectory($path) {
        $rights = New-Object Security.AccessControl.DirectorySecurity
        $rights.SetSecurityDescriptorSddlForm('O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)')
        if ($PSVersionTable.PSVersion.Major -ge 6) { [IO.FileSystemAclExtensions]::Create((New-Object IO.DirectoryInfo $path), $rights) }
        else { [void][IO.Directory]::CreateDirectory($path, $rights) }
    }

    # Get-Distrust PATH: why others than administrators could write there; empty where they cannot. ProgramData itself is
    # everybody's, only it must not lead somewhere else.
    function Get-Distrust($path) {
        if (([int][IO.File]::GetAttributes($path) -band 1024) -ne 0) { return 'leads somewhere else (a reparse point)' }
        if ($path -eq $program_data) { return '' }
        $rights = Get-Acl -Path $path
        $sid = [Security.Principal.SecurityIdentifier]
        $trusted = 'S-1-5-18', 'S-1-5-32-544'
        $owner = $rights.GetOwner($sid).Value
        if ($trusted -notcontains $owner) { return 'belongs to ' + $owner }
        foreach ($rule in $rights.GetAccessRules($true, $true, $sid)) {
            if ($trusted -notcontains $rule.IdentityReference.Value) { return 'can be used by ' + $rule.IdentityReference.Value }
        }
        if (-not $rights.AreAccessRulesProtected) { return 'takes the rights of the folder above' }
        ''
    }

    # A file that only one process can have open: it is free again when the process ends, however that happens.
    function Enter-Lock($run) {
        if ($null -ne $lock.file) { return }
        $until = [DateTime]::UtcNow.AddSeconds($lock_seconds)
        while ($true) {
            try {
                $lock.file = [IO.File]::Open($journal_root + '\lock', 'OpenOrCreate', 'ReadWrite', 'None')
                return
            } catch {
                if ([DateTime]::UtcNow -gt $until) {
                    return Stop-Change 'refused' ('another run is changing this machine (' + (Get-Cause $_.Exception) + '); wait until it has ended, and run again')
                }
            }
            [Threading.Thread]::Sleep(200)
        }
    }

    function Exit-Lock {
        if ($null -ne $lock.file) { $lock.file.Close() }
        $lock.file = $null
    }

    # The records by their numbers.
    function Get-Records {
        $directory = New-Object IO.DirectoryInfo $journal
        @($directory.GetFiles('*.record')) | Sort-Object -Property Name
    }

    function Get-RecordState($path) {
        $state = ''
        foreach ($line in [IO.File]::ReadAllLines($path)) {
            if ($line.StartsWith('state: ')) { $state = $line.Substring(7).Split([char[]]' ')[0] }
        }
        $state
    }

    # Write-Record ROWS: a record begins as planned; the file is written through to the disk in one piece.
    function Write-Record($rows) {
        $number = 0
        foreach ($record in @(Get-Records)) { $number = [int]$record.Name.Split([char[]]'.')[0] }
        $number = ($number + 1).ToString('000000', $invariant)
        $lines = @('record: ' + $number) + $change.head + @('time: ' + (Format-Time ([DateTime]::UtcNow))) + $rows
        $path = $journal + '\' + $number + $change.file
        Add-Text $path 'CreateNew' ([string]::Join("`n", [string[]]$lines) + "`nstate: planned " + (Format-Time ([DateTime]::UtcNow)) + "`n")
        $change.record = $path
    }

    # Close-Record STATE: what became of the change; where that cannot be written, the next run finds it out.
    function Close-Record($state) {
        try { Add-Text $change.record 'Append' ('state: ' + $state + ' ' + (Format-Time ([DateTime]::UtcNow)) + "`n") }
        catch { $change.reason = ($change.reason + ' The journal record could not be completed (' + (Get-Cause $_.Exception) + '); the next run does that.').Trim() }
    }

    function Add-Text($path, $mode, $text) {
        $bytes = [Text.Encoding]::UTF8.GetBytes($text)
        $file = New-Object IO.FileStream $path, ([IO.FileMode]$mode), ([IO.FileAccess]::Write), ([IO.FileShare]::Read), 4096, ([IO.FileOptions]::WriteThrough)
        try { $file.Write($bytes, 0, $bytes.Length) } finally { $file.Close() }
    }

    # Resolve-Records: a run that was killed leaves a planned record; what it did is found out by looking.
    function Resolve-Records {
        foreach ($record in @(Get-Records)) {
            if ((Get-RecordState $record.FullName) -ne 'planned') { continue }
            $reached = 'done'
            foreach ($line in [IO.File]::ReadAllLines($record.FullName)) {
                if (-not $line.StartsWith('change: ')) { continue }
                $kind, $name, $before, $after = @(Split-Row $line.Substring(8))
                if (-not (Get-Command -Name ('Get-' + $kind.Replace('_', '') + 'State') -ErrorAction SilentlyContinue)) { $reached = ''; break }
                # What cannot be looked at now must not stand in the way of other changes.
                try { $now = Get-State $kind $name } catch { $reached = ''; break }
                if (-not (Test-Same $now $after)) { $reached = 'failed' }
            }
            if (-not $reached) { continue }
            $change.record = $record.FullName
            Close-Record $reached
            $change.record = ''
        }
    }

    # Split-Row ROW: the words of a row as Join-Row makes it; kinds, names and states are printable text.
    function Split-Row($row) {
        foreach ($word in $row.Split([char[]]"`t")) { $word.Replace('\\', '\') }
    }
}
