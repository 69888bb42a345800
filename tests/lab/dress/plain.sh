# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# The cheap host of a fleet: Debian's root, sshd as process 1.
mkdir -p /etc/ssh/sshd_config.d
printf '%s\n' 'UseDNS no' 'PidFile none' >/etc/ssh/sshd_config.d/lab.conf
