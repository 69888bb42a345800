# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The contract of every change on Windows, sent behind the collector's library (windows.ps1). A machine is changed by
# giving things a state: a thing has a KIND (registry, service, ...) and a NAME, and its state is one line of text, by
# which it can be put back exactly. For every kind there are two functions, in a file of its own:
#   Get-KindState NAME               the state that it has now
#   Set-KindState NAME STATE         gives it a state; what is secret stands in $change.secrets, lines sent as data
# A secret is never bound to a parameter, for PowerShell may log these; it goes from there to a method of .NET or COM.
# One change is a row of steps, each a generated line:
#   begin (or undo), expect..., record, set..., act..., finish
# What a step finds wrong ends the change: the steps after it do nothing, but "finish" says what became of it. So the
# connection may be cut between any two lines; what was meant stands in the journal before anything is touched.

# Invoke-Step SECONDS STEP ID WORD...: one step of the change ID, and its answer.
function Invoke-Step($seconds) { Send-Answer $seconds 'step' $args }

$libraries += {
    $change = @{ id = ''; outcome = '' }

    # Read-Step STEP ID WORD...: called for each generated line.
    function Read-Step($step, $id) {
        if (@('look', 'begin', 'undo') -notcontains $step) {
            # The steps before were left behind with a process that hangs.
            if ($change.id -cne $id) { return }
            if ($change.outcome -and $step -ne 'finish') { return }
        }
        try {
            & ('Step-' + $step) $id @args
        } catch {
            Stop-Change 'failed' ($step + ' ' + [string]::Join(' ', [string[]]$args) + ': ' + (Get-Cause $_.Exception))
            if ($step -eq 'look') { throw }
        }
    }

    function Get-Cause($exception) {
        while ($null -ne $exception.InnerException) { $exception = $exception.InnerException }
        $exception.Message
    }

    # Stop-Change OUTCOME REASON: the first outcome of a change stands.
    function Stop-Change($outcome, $reason) {
        if ($change.outcome) { return }
        $change.outcome = $outcome
        $change.reason = $reason
    }

    function Get-State($kind, $name) { & ('Get-' + $kind.Replace('_', '') + 'State') $name }

    function Test-Same($one, $other) { [string]::CompareOrdinal([string]$one, [string]$other) -eq 0 }

    # Step-Look ID KIND NAME: the state of a thing; changes nothing.
    function Step-Look($id, $kind, $name) { Get-State $kind $name }

    # Step-Begin ID FIX RUN CATALOGUE BEFORE AFTER: what must hold before anything is touched.
    function Step-Begin($id, $fix, $run, $catalogue, $before, $after) {
        Open-Change $id $run
        if ($change.outcome) { return }
        $change.head = @(('fix: ' + $fix), ('run: ' + $run), ('catalogue: ' + $catalogue), ('before: ' + $before), ('after: ' + $after))
        $change.wanted = 'done'
        $change.file = '.' + $fix + '.' + $run + '.record'
    }

    # Step-Undo NUMBER FIX RUN: the same for undoing what a record tells.
    function Step-Undo($id, $fix, $run) {
        Open-Change $id $run
        if ($change.outcome) { return }
        $change.wanted = 'restored'
        foreach ($record in @(Get-Records)) {
            if ($record.Name.StartsWith($id + '.' + $fix + '.')) { $change.record = $record.FullName }
        }
        if (-not $change.record) { return Stop-Change 'refused' ('there is no record ' + $id + ' of the fix ' + $fix + ' in ' + $journal) }
        $state = Get-RecordState $change.record
        if ($state -eq 'restored') { return Stop-Change 'unchanged' 'restored before' }
        if ($state -eq 'planned') { Stop-Change 'refused' 'what was done for this record cannot be found out now; run again later' }
    }

    function Open-Change($id, $run) {
        $change.id = $id
        $change.outcome = ''
        $change.reason = ''
        $change.record = ''
        $change.steps = @()
        $change.touched = $false
        $principal = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
        if (-not $principal.IsInRole([Security.Principal.SecurityIdentifier]'S-1-5-32-544')) {
            return Stop-Change 'refused' 'the rights of an administrator are needed; connect as an administrator'
        }
        Open-Journal
        if (-not $change.outcome) { Enter-Lock $run }
        if (-not $change.outcome) { Resolve-Records }
    }

    # Step-Expect ID KIND NAME BEFORE AFTER FORCE: the thing is as it was seen, or as wanted already.
    function Step-Expect($id, $kind, $name, $before, $after, $force) {
        $now = Get-State $kind $name
        $wanted = Test-Same $now $after
        if (-not $wanted -and -not (Test-Same $now $before) -and $force -ne 'yes') {
            $told = 'expected the ' + $kind + ' ' + $name + ' to be "' + $before + '", found "' + $now + '": it was changed since'
            return Stop-Change 'refused' $told
        }
        $change.steps += @{ kind = $kind; name = $name; before = [string]$now; after = $after }
        if (-not $wanted) { $change.touched = $true }
    }

    # Step-Record ID: writes down what is going to be done; without this line on the disk nothing is touched.
    function Step-Record($id) {
        if (-not $change.touched) {
            # A run may ask again, as its connection broke before it heard; or it uses the fix twice, for other things.
            foreach ($record in @(Get-Records)) {
                if ($record.Name.EndsWith($change.file) -and (Get-RecordState $record.FullName) -eq 'done') { $change.record = $record.FullName }
            }
            if ($change.record) { return Stop-Change 'already_done' 'this run has made this change before' }
            return Stop-Change 'unchanged' 'the machine is as wanted already'
        }
        $rows = @()
        foreach ($step in $change.steps) { $rows += 'change: ' + (Join-Row $step.kind $step.name $step.before $step.after) }
        Write-Record $rows
    }

    # Step-Set ID KIND NAME STATE LINE...: gives a thing its state, with those lines of the data.
    function Step-Set($id, $kind, $name, $state) {
        if (-not $change.touched -or (Test-Same (Get-State $kind $name) $state)) { return }
        $change.secrets = @()
        foreach ($number in $args) { $change.secrets += $data[[int]$data[0] + 1 + [int]$number] }
        try { [void](& ('Set-' + $kind.Replace('_', '') + 'State') $name $state) } finally { $change.secrets = @() }
    }

    # Step-Act ID ACTION WORD...: what a change needs besides states, as a service that reads its settings anew.
    function Step-Act($id, $action) {
        if (-not $change.touched) { return }
        $note = & ('Invoke-' + $action.Replace('_', '')) @args
        if ($note) { $change.reason = ($change.reason + ' ' + [string]$note).Trim() }
    }

    # Step-Finish ID: reads back, closes the record, and says what became of the change.
    function Step-Finish($id) {
        if (-not $change.outcome) {
            # A state that cannot be read back leaves the record as planned: the next run finds out what it is.
            try { Complete-Change } catch { Stop-Change 'failed' ('finish: ' + (Get-Cause $_.Exception)) }
        } elseif ($change.outcome -eq 'failed' -and $change.record -and $change.wanted -eq 'done') { Close-Record 'failed' }
        'state: ' + $change.outcome
        'reason: ' + $change.reason.Replace("`r", ' ').Replace("`n", ' ')
        if ($change.record) {
            foreach ($line in [IO.File]::ReadAllLines($change.record)) { 'record: ' + $line }
        }
        Exit-Lock
        $change.id = ''
    }

    function Complete-Change {
        $bad = ''
        foreach ($step in $change.steps) {
            $now = Get-State $step.kind $step.name
            if (-not (Test-Same $now $step.after)) {
                $bad = 'the ' + $step.kind + ' ' + $step.name + ' is "' + $now + '" after it was made "' + $step.after + '": a policy or another program may set it back; look for it (gpresult /r) and run again'
            }
        }
        if ($bad) {
            Stop-Change 'failed' $bad
            if ($change.wanted -eq 'done') { Close-Record 'failed' }
            return
        }
        Close-Record $change.wanted
        $reason = $change.reason
        if (-not $change.touched) { return Stop-Change 'unchanged' 'nothing of it was left' }
        if ($change.wanted -eq 'done') { Stop-Change 'applied' $reason } else { Stop-Change 'restored' $reason }
    }
}
