# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whether VMware Tools keep the clock: "absent" (there are no tools), "enabled", "disabled". It is only looked at. Their
# program tells it by its exit code (69 where it is off) and in words; these are for versions that always end with 0.

$libraries += {
    function Get-VmwareTimeSyncState($name) {
        $key = Open-Key ('HKLM\SYSTEM\CurrentControlSet\Services\' + $name)
        if ($null -eq $key) { return 'absent' }
        $path = ([string]$key.GetValue('ImagePath')).Replace('"', '')
        $key.Close()
        $said = [string](Read-Program ('"' + $path.Substring(0, $path.LastIndexOf('\')) + '\VMwareToolboxCmd.exe" timesync status') 20)
        $code = $global:exit_code
        $global:exit_code = 0
        if ($code -eq 69 -or $said -like '*Disabled*') { return 'disabled' }
        if ($code -eq 0) { return 'enabled' }
        throw ('VMwareToolboxCmd.exe timesync status ended with ' + $code + ': ' + $said.Trim())
    }

    function Set-VmwareTimeSyncState($name, $state) { throw 'whether VMware Tools keep the clock is only looked at' }
}
