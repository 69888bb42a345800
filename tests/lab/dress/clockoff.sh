# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian whose clock is seven minutes ahead, in every program but systemd; chrony is there, does not run and knows no server.
get libfaketime
printf '%s\n' 'driftfile /var/lib/chrony/chrony.drift' 'makestep 1 3' >/etc/chrony/chrony.conf
systemctl disable chrony.service
mkdir -p /etc/systemd/system.conf.d
printf '%s\n' '[Manager]' 'DefaultEnvironment=FAKETIME_DONT_FAKE_MONOTONIC=1' >/etc/systemd/system.conf.d/lab.conf
echo 'FAKETIME_DONT_FAKE_MONOTONIC=1' >>/etc/environment
echo '+7m' >/etc/faketimerc
echo /usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 >/etc/ld.so.preload
