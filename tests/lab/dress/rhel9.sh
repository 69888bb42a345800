# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Red Hat Enterprise Linux 9.4, with dnf.
still
many_starts
quiet_journal
undebian
sshd_unit
no_chrony
no_certificates
cat >/etc/os-release <<'EOF'
NAME="Red Hat Enterprise Linux"
VERSION="9.4 (Plow)"
ID="rhel"
ID_LIKE="fedora"
VERSION_ID="9.4"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:redhat:enterprise_linux:9::baseos"
EOF
echo 'Red Hat Enterprise Linux release 9.4 (Plow)' >/etc/redhat-release
ln -s redhat-release /etc/system-release
rm -f /usr/bin/zypper /usr/bin/dnf-strict
rm -rf /etc/zypp /var/lib/zypp
rpm_database
ln -s dnf-3 /usr/bin/yum
mkdir -p /etc/yum.repos.d /etc/sysconfig/network-scripts
printf '%s\n' '[main]' 'gpgcheck=0' 'installonly_limit=3' 'clean_requirements_on_remove=True' 'best=True' >/etc/dnf/dnf.conf
printf '%s\n' '[lab-baseos]' 'name=Lab BaseOS' 'baseurl=file:///srv/repository' 'enabled=1' 'gpgcheck=0' >/etc/yum.repos.d/lab.repo
ln -s ../bin/python3 /usr/libexec/platform-python
