# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian with ufw: enabled, ssh let in, all else denied.
get ufw
ufw allow 22/tcp
sed -i 's/^ENABLED=.*/ENABLED=yes/' /etc/ufw/ufw.conf
