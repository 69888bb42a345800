# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# CentOS Linux 7.9, with yum: dnf 4 under yum's name, and no Python 3 that Ansible would find.
still
many_starts
quiet_journal
undebian
sshd_unit
no_chrony
no_certificates
cat >/etc/os-release <<'EOF'
NAME="CentOS Linux"
VERSION="7 (Core)"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="7"
PRETTY_NAME="CentOS Linux 7 (Core)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:centos:centos:7"
EOF
echo 'CentOS Linux release 7.9.2009 (Core)' >/etc/centos-release
ln -s centos-release /etc/redhat-release
ln -s centos-release /etc/system-release
rm -f /usr/bin/zypper /usr/bin/dnf-strict
rm -rf /etc/zypp /var/lib/zypp
rpm_database
mkdir -p /etc/yum.repos.d
printf '%s\n' '[main]' 'gpgcheck=0' 'installonly_limit=5' >/etc/dnf/dnf.conf
ln -s dnf/dnf.conf /etc/yum.conf
printf '%s\n' '[base]' 'name=CentOS-7 - Base' 'baseurl=file:///srv/repository' 'enabled=1' 'gpgcheck=0' >/etc/yum.repos.d/CentOS-Base.repo
hide_python
{ echo '#!/usr/libexec/lab/interpreter'; sed 1d /usr/bin/dnf-3; } >/usr/bin/yum
chmod 0755 /usr/bin/yum
rm -f /usr/bin/dnf /usr/bin/dnf-3
python2_stub 2.7.5
