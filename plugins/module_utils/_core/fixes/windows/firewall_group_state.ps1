# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The state of a group of inbound rules of Windows Firewall, which is named as @FirewallAPI.dll,-28502: "absent", or for
# every rule what it is for, its profiles as a number, and whether it is on, with semicolons between the rules:
#   PROTOCOL|PORTS|REMOTE ADDRESSES|PROGRAM|SERVICE|ACTION|PROFILES|on
# Names of rules are translated, several rules may have the same, and the interface tells no other identity. So a rule
# is what it is for; two that are for the same differ in nothing but their profiles and whether they are on.

$libraries += {
    function Get-FirewallGroupState($group) {
        $rows = @()
        foreach ($rule in @(Get-GroupRules $group)) { $rows += (Get-RulePurpose $rule) + '|' + (Get-RuleSetting $rule) }
        if ($rows.Length -eq 0) { return 'absent' }
        $rows = [string[]]$rows
        [Array]::Sort($rows, [StringComparer]::Ordinal)
        [string]::Join(';', $rows)
    }

    # Set-FirewallGroupState GROUP STATE: gives every rule the profiles and the switch of a row of its own purpose.
    function Set-FirewallGroupState($group, $state) {
        $rows = @()
        foreach ($text in $state.Split([char[]]';')) {
            $end = $text.LastIndexOf('|')
            $middle = $text.Substring(0, $end).LastIndexOf('|')
            $rows += @{ purpose = $text.Substring(0, $middle); setting = $text.Substring($middle + 1); taken = $false }
        }
        $left = @(Get-GroupRules $group)
        if ($left.Length -ne $rows.Length) { throw ('expected ' + $rows.Length + ' rules of the group, found ' + $left.Length) }
        $pairs = @()
        # Rules that are as wanted already keep their rows, then those whose profiles are right.
        foreach ($care in 'all', 'profiles', 'purpose') {
            $later = @()
            foreach ($rule in $left) {
                $row = Find-GroupRow $rows $rule $care
                if ($null -eq $row) { $later += $rule; continue }
                $row.taken = $true
                $pairs += @{ rule = $rule; setting = $row.setting }
            }
            $left = $later
        }
        if ($left.Length -gt 0) { throw 'a rule of the group is for something else now' }
        foreach ($pair in $pairs) {
            # Somebody closed it since, or wrote the record.
            if ($change.wanted -eq 'restored' -and (Test-Opening $pair.rule $pair.setting)) { throw 'a rule of the group would be opened, and restore only closes; look at the rules of the group by hand' }
        }
        foreach ($pair in $pairs) { Set-RuleSetting $pair.rule $pair.setting }
    }

    function Find-GroupRow($rows, $rule, $care) {
        $purpose = Get-RulePurpose $rule
        $setting = Get-RuleSetting $rule
        foreach ($row in $rows) {
            if ($row.taken -or -not (Test-Same $row.purpose $purpose)) { continue }
            if ($care -eq 'all' -and $row.setting -ne $setting) { continue }
            if ($care -eq 'profiles' -and $row.setting.Split([char[]]'|')[0] -ne $setting.Split([char[]]'|')[0]) { continue }
            return $row
        }
    }

    # Test-Opening RULE PROFILES|SWITCH: whether the setting lets in where the rule does not now.
    function Test-Opening($rule, $setting) {
        $profiles, $turn = $setting.Split([char[]]'|')
        if ($turn -ne 'on') { return $false }
        if (-not $rule.Enabled) { return $true }
        $wanted = [int]$profiles -band 7
        ($wanted -band [int]$rule.Profiles) -ne $wanted
    }

    # Set-RuleSetting RULE PROFILES|SWITCH: in an order in which it is never on in a profile where it must not be.
    function Set-RuleSetting($rule, $setting) {
        $profiles, $turn = $setting.Split([char[]]'|')
        if ($turn -eq 'off' -and $rule.Enabled) { $rule.Enabled = $false }
        if ($rule.Profiles -ne [int]$profiles) { $rule.Profiles = [int]$profiles }
        if ($turn -eq 'on' -and -not $rule.Enabled) { $rule.Enabled = $true }
    }

    function Get-RuleSetting($rule) {
        $turn = 'off'
        if ($rule.Enabled) { $turn = 'on' }
        [string]$rule.Profiles + '|' + $turn
    }

    function Get-RulePurpose($rule) {
        $words = @()
        foreach ($word in $rule.Protocol, $rule.LocalPorts, $rule.RemoteAddresses, $rule.ApplicationName, $rule.ServiceName, $rule.Action) {
            $word = [string]$word
            if ($word.IndexOf('|') -ge 0 -or $word.IndexOf(';') -ge 0) { throw ('a rule of the group holds a bar or a semicolon: ' + $word) }
            $words += $word
        }
        [string]::Join('|', [string[]]$words)
    }

    function Get-GroupRules($group) {
        $policy = New-Object -ComObject HNetCfg.FwPolicy2
        $rules = $policy.Rules
        $seen = 0
        foreach ($rule in $rules) {
            $seen += 1
            if ($rule.Direction -eq 1 -and $rule.Grouping -eq $group) { $rule }
        }
        Test-Count $rules $seen
    }
}
