# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# The time server of the lab: this machine's clock, whatever it says, for every host that asks.
printf '%s\n' 'local stratum 8' allow 'driftfile /var/lib/chrony/chrony.drift' >/etc/chrony/chrony.conf
