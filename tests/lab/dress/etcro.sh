# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian whose /etc is mounted read-only, as where the configuration comes from an image.
cat >/etc/systemd/system/etc-read-only.service <<'END'
[Unit]
Description=/etc read-only
Before=ssh.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mount --bind /etc /etc
ExecStart=/bin/mount -o remount,bind,ro /etc
[Install]
WantedBy=multi-user.target
END
systemctl enable etc-read-only.service
