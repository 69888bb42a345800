# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# CentOS 7 with iptables-services instead of firewalld: /etc/sysconfig/iptables as the package brings it, which rejects.
yum -y -q install iptables-services
systemctl enable iptables.service
