# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The state of a service: "absent", or how it starts and whether it runs, as "automatic running", "delayed stopped",
# "manual stopped", "disabled stopped". sc.exe is told by words that no language changes, and answers by its exit code.

$libraries += {
    function Get-ServiceState($name) {
        $key = Open-Key ('HKLM\SYSTEM\CurrentControlSet\Services\' + $name)
        if ($null -eq $key) { return 'absent' }
        $mode = @{ 2 = 'automatic'; 3 = 'manual'; 4 = 'disabled' }[[int]$key.GetValue('Start')]
        if ($mode -eq 'automatic' -and $key.GetValue('DelayedAutostart') -eq 1) { $mode = 'delayed' }
        $key.Close()
        [string]$mode + ' ' + ([string](Get-Service -Name $name).Status).ToLowerInvariant()
    }

    # A service that does not start, or that others need, goes on starting as before.
    function Set-ServiceState($name, $state) {
        $mode, $run = $state.Split([char[]]' ')
        $before = (Get-ServiceState $name).Split([char[]]' ')[0]
        $service = Get-Service -Name $name
        if ($run -eq 'stopped' -and $service.Status -ne 'Stopped') {
            foreach ($other in $service.DependentServices) {
                if ($other.Status -ne 'Stopped') { throw ('the service ' + $other.ServiceName + ' depends on it and runs; it is left running') }
            }
            $service.Stop()
            $service.WaitForStatus('Stopped', [TimeSpan]::FromSeconds(45))
        }
        if ($before -ne $mode) { Set-ServiceMode $name $mode }
        if ($run -eq 'running' -and $service.Status -ne 'Running') {
            try {
                $service.Start()
                $service.WaitForStatus('Running', [TimeSpan]::FromSeconds(45))
            } catch {
                if ($before -ne $mode) { Set-ServiceMode $name $before }
                throw $_
            }
        }
    }

    function Set-ServiceMode($name, $mode) {
        $word = @{ automatic = 'auto'; delayed = 'delayed-auto'; manual = 'demand'; disabled = 'disabled' }[$mode]
        if (-not $word) { throw ('a service cannot be made to start as ' + $mode) }
        Invoke-Tool 'sc.exe' ('config "' + $name + '" start= ' + $word)
    }

    # Invoke-Tool FILE WORDS: runs a program of Windows; fails with what it printed where it ends with another code than 0.
    function Invoke-Tool($file, $words) {
        $said = Read-Program ('"' + $env:SystemRoot + '\System32\' + $file + '" ' + $words) 60
        if ($global:exit_code -ne 0) { throw ($file + ' ' + $words + ' ended with ' + $global:exit_code + ': ' + ([string]$said).Trim()) }
        $global:exit_code = 0
    }
}
