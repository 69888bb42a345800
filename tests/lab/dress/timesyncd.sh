# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian with systemd-timesyncd, which asks the lab's time server.
get systemd-timesyncd
printf '%s\n' '[Time]' 'NTP=timeserver' 'FallbackNTP=' >/etc/systemd/timesyncd.conf
systemctl enable systemd-timesyncd.service
