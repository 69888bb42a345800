# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The state of a rule of Windows Firewall that this collection makes, by its name: "absent", or
#   present enabled=True direction=1 action=1 protocol=6 ports=20004 profiles=1 addresses=10.1.2.0/24 group=preflight.azure
# and whatever limits it further. Only rules that look like this line are made, changed or taken away.

$libraries += {
    function Get-FirewallRuleState($name) {
        $found = @(Get-NamedRules $name)
        if ($found.Length -eq 0) { return 'absent' }
        if ($found.Length -gt 1) { return 'several rules of this name: ' + $found.Length }
        $rule = $found[0]
        $words = @('present', ('enabled=' + $rule.Enabled), ('direction=' + $rule.Direction), ('action=' + $rule.Action))
        $words += @(('protocol=' + $rule.Protocol), ('ports=' + $rule.LocalPorts), ('profiles=' + (Get-ProfileNumber $rule)))
        $words += @(('addresses=' + (Get-Networks $rule.RemoteAddresses)), ('group=' + $rule.Grouping))
        $limits = @{ program = $rule.ApplicationName; service = $rule.ServiceName; remote_ports = $rule.RemotePorts }
        $limits.local_addresses = $rule.LocalAddresses
        $limits.adapters = $rule.Interfaces
        $limits.kinds = $rule.InterfaceTypes
        foreach ($limit in 'program', 'service', 'remote_ports', 'local_addresses', 'adapters', 'kinds') {
            $value = [string]$limits[$limit]
            if ($value -and $value -ne '*' -and $value -ne 'All') { $words += $limit + '=' + $value }
        }
        [string]::Join(' ', [string[]]$words)
    }

    function Set-FirewallRuleState($name, $state) {
        $policy = New-Object -ComObject HNetCfg.FwPolicy2
        $rules = $policy.Rules
        $found = @(Get-NamedRules $name)
        if ($state -eq 'absent') {
            if ($found.Length -gt 0) { [void]$rules.Remove($name) }
            return
        }
        $said = @{}
        foreach ($word in $state.Split([char[]]' ')) {
            $key, $value = $word.Split([char[]]'=', 2)
            $said[$key] = $value
        }
        if ($found.Length -gt 0) {
            $rule = $found[0]
            $rule.RemoteAddresses = $said['addresses']
            $rule.Profiles = [int]$said['profiles']
            return
        }
        # Protocol first: the others are checked against it.
        $rule = New-Object -ComObject HNetCfg.FwRule
        $rule.Name = $name
        $rule.Protocol = [int]$said['protocol']
        $rule.LocalPorts = $said['ports']
        $rule.RemoteAddresses = $said['addresses']
        $rule.Direction = [int]$said['direction']
        $rule.Action = [int]$said['action']
        $rule.Profiles = [int]$said['profiles']
        $rule.Grouping = $said['group']
        $rule.Enabled = $true
        [void]$rules.Add($rule)
    }

    # The number for all profiles is another one than that of the three together.
    function Get-ProfileNumber($rule) {
        if ($rule.Profiles -eq 2147483647) { return '7' }
        [string]$rule.Profiles
    }

    # Get-Networks TEXT: addresses in one order, with the length of their prefix; Windows tells 10.1.2.0/255.255.255.0.
    function Get-Networks($text) {
        $networks = @()
        foreach ($part in ([string]$text).Split([char[]]',')) {
            $address, $mask = $part.Split([char[]]'/', 2)
            if ($address -match '^[0-9.]+$') {
                $bits = 32
                if ($mask) { $bits = Get-PrefixLength $mask }
                $part = $address + '/' + $bits
            }
            $networks += $part
        }
        $networks = [string[]]$networks
        [Array]::Sort($networks, [StringComparer]::Ordinal)
        [string]::Join(',', $networks)
    }

    function Get-PrefixLength($mask) {
        if ($mask -notmatch '\.') { return $mask }
        $bits = 0
        foreach ($byte in $mask.Split([char[]]'.')) {
            for ($left = [int]$byte; $left -gt 0; $left = $left -band ($left - 1)) { $bits += 1 }
        }
        $bits
    }

    function Get-NamedRules($name) {
        $policy = New-Object -ComObject HNetCfg.FwPolicy2
        $rules = $policy.Rules
        $seen = 0
        foreach ($rule in $rules) {
            $seen += 1
            if ($rule.Name -eq $name) { $rule }
        }
        Test-Count $rules $seen
    }
}
