# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The state of an account of the machine itself: "absent", or "enabled" or "disabled", then "password never expires" where
# that holds, then "made by preflight.azure". An account that is made gets the SID that Windows gave it into its
# description, so that one of the same name which somebody made later is told from it. Only an account that was made here
# is ever deleted; the password of one that exists is never touched, for it could not be put back.

$libraries += {
    $account_mark = 'Made by preflight.azure, whose restore deletes it: '
    $account_made = 'enabled, password never expires, made by preflight.azure'

    function Get-Machine { [ADSI]('WinNT://' + [Environment]::MachineName + ',computer') }

    # Get-ErrorNumber EXCEPTION: the number of the innermost one, as COM has it.
    function Get-ErrorNumber($exception) {
        while ($null -ne $exception.InnerException) { $exception = $exception.InnerException }
        [Runtime.InteropServices.Marshal]::GetHRForException($exception)
    }

    # Find-Account NAME: nothing where Windows knows no such user, or no such object at all.
    function Find-Account($name) {
        $machine = Get-Machine
        try { return $machine.psbase.Children.Find($name, 'user') } catch {
            if (@(-2147022675, -2147463164) -notcontains (Get-ErrorNumber $_.Exception)) { throw }
        }
    }

    function Get-AccountSid($account) {
        $sid = New-Object Security.Principal.SecurityIdentifier ([byte[]]$account.psbase.Properties['objectSid'].Value), 0
        $sid.Value
    }

    function Test-Made($account) {
        Test-Same ($account.psbase.Properties['Description'].Value) ($account_mark + (Get-AccountSid $account))
    }

    function Get-AccountState($name) {
        $account = Find-Account $name
        if ($null -eq $account) { return 'absent' }
        $flags = [int]$account.psbase.Properties['UserFlags'].Value
        $state = 'enabled'
        if (($flags -band 2) -ne 0) { $state = 'disabled' }
        if (($flags -band 65536) -ne 0) { $state += ', password never expires' }
        if (Test-Made $account) { $state += ', made by preflight.azure' }
        $state
    }

    # The only secret is the password, base64 of its UTF-8.
    function Set-AccountState($name, $state) {
        $account = Find-Account $name
        if ($state -eq 'absent') {
            Test-Removable $name $account
            $machine = Get-Machine
            return $machine.psbase.Invoke('Delete', 'user', [string]$name)
        }
        if ($state -ne $account_made) { throw ('an account cannot be given the state ' + $state) }
        if ($null -ne $account) { throw ('there is an account ' + $name + ' already; its password is never changed') }
        New-Account $name
        try {
            $account = Find-Account $name
            $flags = [int]$account.psbase.Properties['UserFlags'].Value
            if (($flags -band 65536) -eq 0) { [void]$account.psbase.Invoke('Put', 'UserFlags', $flags + 65536) }
            [void]$account.psbase.Invoke('Put', 'Description', $account_mark + (Get-AccountSid $account))
            $account.psbase.CommitChanges()
        } catch {
            # Without its mark nobody would know whose it is.
            $machine = Get-Machine
            [void]$machine.psbase.Invoke('Delete', 'user', [string]$name)
            throw
        }
    }

    # The method gets the password itself, and nothing else ever sees it.
    function New-Account($name) {
        $machine = Get-Machine
        try {
            $account = $machine.psbase.Children.Add($name, 'user')
            [void]$account.psbase.Invoke('SetPassword', [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($change.secrets[0])))
            $account.psbase.CommitChanges()
        } catch {
            $number = Get-ErrorNumber $_.Exception
            if (@(-2147022651, -2147023571) -contains $number) { throw 'the policy of this machine refuses the password (its length, complexity or history); choose another one' }
            if (@(-2147022672, -2147022673, -2147023517) -contains $number) { throw ('the name ' + $name + ' is taken by an account or a group; choose another one') }
            throw
        }
    }

    # Test-Removable NAME ACCOUNT: fails where taking it away would be wrong, or would end the present connection.
    function Test-Removable($name, $account) {
        if (-not (Test-Made $account)) { throw ('the account ' + $name + ' was not made by preflight.azure, or was made anew since; it is left alone, look at it by hand') }
        $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
        if ((Get-AccountSid $account) -eq $identity.User.Value) { throw ('this connection uses the account ' + $name + '; connect as another administrator and run restore again') }
    }
}
