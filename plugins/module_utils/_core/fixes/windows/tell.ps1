# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The action "tell": what somebody must know or do after a change stands in its reason.

$libraries += {
    function Invoke-Tell($sentence) { $sentence }
}
