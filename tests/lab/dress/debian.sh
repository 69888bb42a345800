# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian 12 with apt and a local flat repository.
still
many_starts
quiet_journal
safe_chrony
safe_time_daemons
idle_vmtoolsd
mkdir -p /etc/apt/sources.list.d
echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list.d/lab.list
apt-get update -q
get netbase
