# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Ubuntu 14.04 as upstart started it. Process 1 is SysV init; what stands for upstart is payload/upstart.initctl.
no_systemd
rm -f /usr/lib/os-release /etc/os-release
cat >/etc/os-release <<'END'
NAME="Ubuntu"
VERSION="14.04.6 LTS, Trusty Tahr"
ID=ubuntu
ID_LIKE=debian
PRETTY_NAME="Ubuntu 14.04.6 LTS"
VERSION_ID="14.04"
END
printf '%s\n' 'DISTRIB_ID=Ubuntu' 'DISTRIB_RELEASE=14.04' 'DISTRIB_CODENAME=trusty' 'DISTRIB_DESCRIPTION="Ubuntu 14.04.6 LTS"' \
    >/etc/lsb-release
echo jessie/sid >/etc/debian_version
for name in start stop restart reload status; do ln -s initctl /usr/sbin/$name; done
# chronyd by its SysV script, with -x as on the other hosts
echo 'DAEMON_OPTS="-x"' >/etc/default/chrony
rm -f /etc/init.d/ssh /etc/rc?.d/*ssh /etc/inittab
cat >/etc/init.d/lab-boot <<'END'
#!/bin/sh
# What upstart would do: the scripts of run level 2, then its own jobs.
for script in /etc/rc2.d/S*; do
    [ -x "$script" ] && "$script" start </dev/null >/dev/null 2>&1
done
exec /sbin/initctl boot </dev/null >/dev/null 2>&1
END
chmod 0755 /etc/init.d/lab-boot
# the real one has no inittab; SysV init needs it somewhere
printf '%s\n' 'id:2:initdefault:' 'l2:2:wait:/etc/init.d/lab-boot' >/etc/inittab
