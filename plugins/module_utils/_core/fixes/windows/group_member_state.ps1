# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whether an account of the machine is a member of one of its groups, by itself: "absent" or "present". The name is
# SID|ACCOUNT, for the names of groups are translated. Needs account_state.ps1: only an account that was made here is put
# into a group, or taken out.

$libraries += {
    function Get-GroupMemberState($name) {
        $group_sid, $who = $name.Split([char[]]'|', 2)
        $account = Find-Account $who
        if ($null -eq $account) { return 'absent' }
        $sid = Get-AccountSid $account
        foreach ($row in @(Read-GroupMembers $group_sid)) {
            if ($row.Split([char[]]"`t")[0] -eq $sid) { return 'present' }
        }
        'absent'
    }

    function Set-GroupMemberState($name, $state) {
        $group_sid, $who = $name.Split([char[]]'|', 2)
        $account = Find-Account $who
        if ($null -eq $account) { throw ('there is no account ' + $who) }
        if ($state -eq 'absent') { Test-Removable $who $account }
        if (-not (Test-Made $account)) { throw ('the account ' + $who + ' was not made by preflight.azure; it is given no rights') }
        $method = @{ present = 'Add'; absent = 'Remove' }[$state]
        $identity = New-Object Security.Principal.SecurityIdentifier $group_sid
        $translated = $identity.Translate([Security.Principal.NTAccount]).Value
        $group = [ADSI]('WinNT://./' + $translated.Substring($translated.IndexOf('\') + 1) + ',group')
        [void]$group.psbase.Invoke($method, 'WinNT://' + (Get-AccountSid $account))
    }
}
