# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Red Hat Enterprise Linux 6.8: SysV init, no Python, no package manager, few tools.
undebian
echo 'Red Hat Enterprise Linux Server release 6.8 (Santiago)' >/etc/redhat-release
ln -s redhat-release /etc/system-release
echo 'cpe:/o:redhat:enterprise_linux:6server:ga:server' >/etc/system-release-cpe
printf '%s\n' 'Defaults    requiretty' 'Defaults    !visiblepw' >/etc/sudoers.d/requiretty
chmod 0440 /etc/sudoers.d/requiretty

hide_python
no_systemd
rm -rf /etc/chrony /usr/lib/systemd-cron
rm -f /usr/sbin/chronyd /usr/bin/chronyc /usr/sbin/nft \
    /usr/bin/timeout /usr/bin/base64 /usr/bin/base32 /usr/bin/basenc /usr/bin/lsblk /usr/bin/busybox /usr/bin/mksh* \
    /usr/bin/lksh /usr/bin/tcsh /usr/bin/csh /usr/bin/bsd-csh /usr/sbin/xfs_info /usr/bin/realpath /usr/bin/findfs

# the real ntpd, and ntpq in the Python that the host does not show; vmtoolsd only stays
mkdir -p /usr/libexec/lab /var/lib/ntp /var/log/ntpsec /usr/lib/python3/dist-packages
cp /srv/repository/usr/sbin/ntpd /srv/repository/usr/bin/ntpq /usr/libexec/lab/
cp /usr/bin/sleep /usr/libexec/lab/vmtoolsd
cp -r /srv/repository/usr/lib/python3/dist-packages/ntp /usr/lib/python3/dist-packages/
cp -r /srv/repository/usr/lib/x86_64-linux-gnu/ntp /usr/lib/x86_64-linux-gnu/
cp /srv/repository/etc/services /srv/repository/etc/protocols /etc/
rm -rf /srv/repository

cat >/etc/inittab <<'EOF'
# inittab is only used by upstart for the default runlevel.
id:3:initdefault:
l3:3:wait:/etc/rc.d/rc 3
EOF
mkdir -p /etc/rc.d/rc0.d /etc/rc.d/rc1.d /etc/rc.d/rc2.d /etc/rc.d/rc3.d /etc/rc.d/rc4.d /etc/rc.d/rc5.d \
    /etc/rc.d/rc6.d /etc/sysconfig/network-scripts /var/lock/subsys
rm -rf /etc/init.d /etc/rc[0-6S].d
ln -s rc.d/init.d /etc/init.d
for level in 0 1 2 3 4 5 6; do ln -s "rc.d/rc$level.d" "/etc/rc$level.d"; done
cat >/etc/rc.d/rc <<'EOF'
#!/bin/bash
for script in /etc/rc$1.d/S*; do
    [ -x "$script" ] && "$script" start </dev/null >/dev/null 2>&1
done
EOF
chmod 0755 /etc/rc.d/rc
for name in sshd ntpd vmtoolsd; do chkconfig --add $name; done
chkconfig vmtoolsd off
printf '%s\n' 'NETWORKING=yes' 'HOSTNAME=rhel6' >/etc/sysconfig/network
rm -f /usr/bin/perl*
