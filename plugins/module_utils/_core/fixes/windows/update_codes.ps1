# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the exit codes of dism.exe and msiexec.exe mean, for their texts are in the language of the machine. Only those
# are named whose meaning is documented; of any other the number is told, and where the log is.

$libraries += {
    $exit_meanings = @{
        '5' = 'access was denied'
        '112' = 'there is not enough space on the disk'
        '1058' = 'the service that does it (TrustedInstaller or msiserver) is disabled'
        '1601' = 'the service Windows Installer could not be reached'
        '1603' = 'it failed, and what was done was taken back'
        '1605' = 'this product is not installed'
        '1618' = 'another installation is running; wait for its end and run again'
        '1619' = 'the package could not be opened'
        '1620' = 'the package is not a valid one'
        '1625' = 'a policy forbids it'
        '1633' = 'the package is for another kind of processor'
        '1638' = 'another version of this product is installed; remove that first'
        '1726' = 'the servicing process ended without an answer; look whether the machine is short of memory, and run again'
        '3017' = 'it failed, and a restart is needed to take back what was done'
        '0x80070005' = 'access was denied'
        '0x80070070' = 'there is not enough space on the disk'
        '0x80070422' = 'the service that does it (TrustedInstaller) is disabled'
        '0x800706BE' = 'the servicing process ended without an answer; look whether the machine is short of memory, and run again'
        '0x80070BC9' = 'it failed, and a restart is needed to take back what was done'
        '0x800F0805' = 'the file is not a valid package'
        '0x800F0806' = 'operations that wait for a restart are in the way; restart the machine and run again'
        '0x800F081E' = 'the package is not for this Windows, or something newer has taken its place'
        '0x800F0823' = 'it needs a newer servicing stack; install that first'
        '0x800F0825' = 'the package is a permanent one, which Windows does not remove'
    }

    # Test-Ended PROGRAM CODE WHERE: fails where a program did not do its work; notes where a restart is to come.
    function Test-Ended($program, $code, $where) {
        if ($code -eq 3010) { $installing.note = 'Windows waits for a restart to finish it; nothing was restarted.' }
        if ($code -eq 1641) { $installing.note = 'The installation restarts the machine, although it was told not to.' }
        if (@(0, 1641, 3010) -contains $code) { return }
        $shown = [string]$code
        if ($code -lt 0) { $shown = '0x' + $code.ToString('X8') }
        $meaning = $exit_meanings[$shown]
        if (-not $meaning) { $meaning = 'its meaning is not known here' }
        throw ($program + ' ended with ' + $shown + ': ' + $meaning + '; ' + $where)
    }
}
