# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The states of keys (present, absent) and values (absent, or TYPE DATA as "DWord 1") of the registry. A key is a thing
# of its own, so that one which a change made is taken away with it.

$libraries += {
    function Get-Root($path) {
        switch ($path.Split([char[]]'\')[0]) {
            'HKLM' { [Microsoft.Win32.Registry]::LocalMachine }
            'HKU' { [Microsoft.Win32.Registry]::Users }
        }
    }

    function Get-Below($path) { $path.Substring($path.IndexOf('\') + 1) }

    # Stop-Redirected KEY: a 32-bit process on a 64-bit Windows is led from HKLM\SOFTWARE to WOW6432Node, so it would see
    # and change another key than the one named; what names WOW6432Node itself, and the policies, are the same for both.
    # Nothing is set, put back or found out about a killed run without a look at the state, so it is enough to ask there.
    function Stop-Redirected($path) {
        if ([IntPtr]::Size -ne 4 -or -not $env:PROCESSOR_ARCHITEW6432) { return }
        $place = $path + '\'
        if (-not ($place -like 'HKLM\SOFTWARE\*') -or $place -like 'HKLM\SOFTWARE\WOW6432Node\*' -or $place -like 'HKLM\SOFTWARE\Policies\*') { return }
        throw 'a 32-bit PowerShell is led to another key of this 64-bit Windows; connect with the 64-bit PowerShell'
    }

    function Get-RegistryKeyState($path) {
        Stop-Redirected $path
        $key = Open-Key $path
        if ($null -eq $key) { return 'absent' }
        $key.Close()
        'present'
    }

    function Set-RegistryKeyState($path, $state) {
        if ($state -eq 'present') {
            $key = (Get-Root $path).CreateSubKey((Get-Below $path))
            $key.Flush()
            return $key.Close()
        }
        $key = Open-Key $path
        $kept = $key.SubKeyCount + $key.ValueCount
        $key.Close()
        if ($kept -gt 0) { throw ('the key is not empty: ' + $kept + ' keys and values were put there since') }
        (Get-Root $path).DeleteSubKey((Get-Below $path))
    }

    # The name of a value is KEY|NAME; NAME is the part behind the last bar.
    function Get-RegistryState($path) {
        $at = $path.LastIndexOf('|')
        $name = $path.Substring($at + 1)
        Stop-Redirected ($path.Substring(0, $at))
        $key = Open-Key ($path.Substring(0, $at))
        if ($null -eq $key) { return 'absent' }
        if (@($key.GetValueNames()) -notcontains $name) { $key.Close(); return 'absent' }
        $kind = [string]$key.GetValueKind($name)
        $value = $key.GetValue($name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        $key.Close()
        if ($value -is [byte[]]) { return $kind + ' ' + [BitConverter]::ToString($value).Replace('-', '') }
        if ($kind -eq 'DWord' -and $value -lt 0) { $value = [long]$value + 4294967296 }
        if ($kind -eq 'MultiString') { $value = Join-Row @value }
        $kind + ' ' + (Join-Row $value)
    }

    function Set-RegistryState($path, $state) {
        $at = $path.LastIndexOf('|')
        $name = $path.Substring($at + 1)
        $key = (Get-Root $path).OpenSubKey((Get-Below ($path.Substring(0, $at))), $true)
        if ($state -eq 'absent') { $key.DeleteValue($name, $false) } else {
            $kind, $text = $state.Split([char[]]' ', 2)
            $value = ConvertTo-Value $kind ([string]$text)
            $key.SetValue($name, $value, [Microsoft.Win32.RegistryValueKind]$kind)
        }
        $key.Flush()
        $key.Close()
    }

    function ConvertTo-Value($kind, $text) {
        switch ($kind) {
            'DWord' { return [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32]$text), 0) }
            'QWord' { return [long]$text }
            'Binary' {
                $bytes = New-Object byte[] ($text.Length / 2)
                for ($at = 0; $at -lt $bytes.Length; $at++) { $bytes[$at] = [Convert]::ToByte($text.Substring(2 * $at, 2), 16) }
                return , $bytes
            }
            'MultiString' {
                $entries = @()
                if ($text) { foreach ($entry in (Expand-Text $text).Split([char[]]"`t")) { $entries += Expand-Text $entry } }
                return , [string[]]$entries
            }
            'String' { return Expand-Text $text }
            'ExpandString' { return Expand-Text $text }
        }
        throw ('a value of the type ' + $kind + ' cannot be written')
    }

    # Expand-Text TEXT: what Join-Row escaped.
    function Expand-Text($text) {
        $plain = ''
        for ($at = 0; $at -lt $text.Length; $at++) {
            $letter = [string]$text[$at]
            if ($letter -eq '\' -and $at + 1 -lt $text.Length) {
                $at += 1
                $letter = [string]$text[$at]
                $meant = @{ t = "`t"; r = "`r"; n = "`n" }[$letter]
                if ($meant) { $letter = $meant }
            }
            $plain += $letter
        }
        $plain
    }
}
