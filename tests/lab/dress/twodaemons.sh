# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# CentOS 7 with both chrony and ntp, both enabled: which one starts is up to systemd.
yum -y -q install chrony ntp
sed -i -e 's/^pool .*/server timeserver iburst/' /etc/chrony.conf
sed -i -e '/^server 1/d' -e 's/^server 0.*/server timeserver iburst/' /etc/ntp.conf
systemctl enable chronyd.service ntpd.service
