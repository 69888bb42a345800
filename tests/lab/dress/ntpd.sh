# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian with ntpsec, which asks the lab's time server.
get ntpsec
printf '%s\n' 'driftfile /var/lib/ntpsec/ntp.drift' 'server timeserver iburst' 'restrict default kod nomodify nopeer noquery limited' \
    'restrict 127.0.0.1' 'restrict ::1' >/etc/ntpsec/ntp.conf
