# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whether Windows Time is there: "absent", "incomplete" where keys of its settings are missing, or how it starts, whether
# it runs, and what it follows, as "automatic running NT5DS" and "manual stopped NTP time.windows.com,0x9". Giving it such
# a state registers it; "absent" unregisters it. Needs service_state.ps1 and registry_state.ps1.

$libraries += {
    $time_key = 'HKLM\SYSTEM\CurrentControlSet\Services\W32Time\'

    function Get-TimeServiceState($name) {
        $state = Get-ServiceState $name
        if ($state -eq 'absent') { return $state }
        foreach ($below in 'Config', 'TimeProviders', 'Parameters') {
            $key = Open-Key ($time_key + $below)
            if ($null -eq $key) { return 'incomplete' }
            $type = [string]$key.GetValue('Type')
            $servers = [string]$key.GetValue('NtpServer')
            $key.Close()
        }
        if ($type -ne 'NT5DS') { $type += ' ' + $servers }
        $state + ' ' + $type
    }

    # What is half done would be neither state: where something fails it is unregistered again.
    function Set-TimeServiceState($name, $state) {
        $mode, $run, $type, $servers = $state.Split([char[]]' ', 4)
        if ($state -eq 'absent') {
            Set-ServiceState $name ((Get-ServiceState $name).Split([char[]]' ')[0] + ' stopped')
            return Invoke-Tool 'w32tm.exe' '/unregister'
        }
        if ((Get-ServiceState $name) -ne 'absent') { throw 'Windows Time is registered already, with other settings' }
        Invoke-Tool 'w32tm.exe' '/register'
        try {
            Set-RegistryState ($time_key + 'Parameters|Type') ('String ' + $type)
            if ($servers) { Set-RegistryState ($time_key + 'Parameters|NtpServer') ('String ' + $servers) }
            Set-ServiceState $name ($mode + ' ' + $run)
        } catch {
            $cause = $_
            Invoke-Tool 'w32tm.exe' '/unregister'
            throw $cause
        }
    }

    # Invoke-TimeUpdate: lets the service read its settings anew. One that was just started may not listen at once.
    function Invoke-TimeUpdate {
        for ($left = 4; (Get-ServiceState 'W32Time').EndsWith(' running'); $left--) {
            try { return Invoke-Tool 'w32tm.exe' '/config /update' } catch { if ($left -le 0) { throw $_ } }
            [Threading.Thread]::Sleep(1000)
        }
    }

    # Invoke-TimeResync: the service asks its servers now. Where it cannot be told so, it does it by itself later.
    function Invoke-TimeResync {
        try { Invoke-Tool 'w32tm.exe' '/resync /nowait' } catch {
            return 'Windows Time did not take the order to ask its servers now (' + (Get-Cause $_.Exception) + '); it does that by itself.'
        }
        'Windows Time was told to ask its servers now.'
    }
}
