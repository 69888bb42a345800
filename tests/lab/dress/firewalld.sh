# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian with firewalld as it comes: its default zone is public, which lets in ssh and dhcpv6-client.
get firewalld
# polkit brings logind's part of PAM, by which every login starts units; here logins leave nothing behind.
pam-auth-update --remove systemd
