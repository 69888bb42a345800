# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whether a cloud of Virtual Machine Manager has a capability profile: "absent", "present", or "no cloud". The name is
# CLOUD|PROFILE: the identity of the cloud, and the name of the profile. The module comes with VMM's console, and with
# PowerShell 3.0 or newer; its cmdlets ask the VMM service of this server, and wait for its jobs.

$libraries += {
    function Find-Cloud($id) {
        if (-not (Get-Module -Name virtualmachinemanager)) { Import-Module -Name virtualmachinemanager }
        foreach ($cloud in @(Get-SCCloud -VMMServer localhost)) {
            if ([string]$cloud.ID -eq $id) { return $cloud }
        }
    }

    function Get-CloudCapabilityState($name) {
        $id, $wanted = $name.Split([char[]]'|', 2)
        $cloud = Find-Cloud $id
        if ($null -eq $cloud) { return 'no cloud' }
        foreach ($one in @($cloud.CapabilityProfiles)) {
            if ($null -ne $one -and (Test-Same $one.Name $wanted)) { return 'present' }
        }
        'absent'
    }

    function Set-CloudCapabilityState($name, $state) {
        $id, $wanted = $name.Split([char[]]'|', 2)
        $cloud = Find-Cloud $id
        if ($null -eq $cloud) { throw ('VMM has no cloud ' + $id + ' any more, or does not show it to this user') }
        $found = @()
        foreach ($one in @(Get-SCCapabilityProfile -VMMServer localhost)) {
            if ($null -ne $one -and (Test-Same $one.Name $wanted)) { $found += $one }
        }
        if ($found.Length -ne 1) { throw ('expected one capability profile ' + $wanted + ' in VMM, found ' + $found.Length) }
        if ($state -eq 'present') { [void](Set-SCCloud -Cloud $cloud -AddCapabilityProfile $found) }
        if ($state -eq 'absent') { [void](Set-SCCloud -Cloud $cloud -RemoveCapabilityProfile $found) }
    }
}
