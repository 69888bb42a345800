# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How a service starts, whether it runs or not: "absent", "automatic", "delayed", "manual", "disabled". For services that
# others start when they need them. Needs service_state.ps1.

$libraries += {
    function Get-ServiceStartState($name) { (Get-ServiceState $name).Split([char[]]' ')[0] }

    function Set-ServiceStartState($name, $state) { Set-ServiceMode $name $state }
}
