# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The service of Remote Desktop, with the states that service_state.ps1 knows. Windows starts a helper beside it, which
# passes printers and the like on to it and could never run without it: that one is stopped first.

$libraries += {
    function Get-TerminalServiceState($name) { Get-ServiceState $name }

    function Set-TerminalServiceState($name, $state) {
        if ($state.EndsWith(' stopped')) {
            foreach ($helper in @(Get-Service -Name 'UmRdpService' -ErrorAction SilentlyContinue)) {
                if ($helper.Status -eq 'Stopped') { continue }
                $helper.Stop()
                $helper.WaitForStatus('Stopped', [TimeSpan]::FromSeconds(45))
            }
        }
        Set-ServiceState $name $state
    }
}
