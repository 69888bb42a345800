# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SUSE Linux Enterprise Server 12 SP5, with zypper.
still
many_starts
quiet_journal
undebian
sshd_unit
no_chrony
no_certificates
cat >/etc/os-release <<'EOF'
NAME="SLES"
VERSION="12-SP5"
VERSION_ID="12.5"
PRETTY_NAME="SUSE Linux Enterprise Server 12 SP5"
ID="sles"
ANSI_COLOR="0;32"
CPE_NAME="cpe:/o:suse:sles:12:sp5"
EOF
cat >/etc/SuSE-release <<'EOF'
SUSE Linux Enterprise Server 12 (x86_64)
VERSION = 12
PATCHLEVEL = 5
# This file is deprecated and will be removed in a future service pack or release.
# Please check /etc/os-release for details about this release.
EOF
rpm_database
hide_python
rm -rf /etc/dnf /var/lib/dnf /usr/libexec/dnf-utils
rm -f /usr/bin/dnf* /usr/bin/yum*
rm -f /usr/lib/systemd/system/dnf-* /etc/systemd/system/timers.target.wants/dnf-* /etc/systemd/system/multi-user.target.wants/dnf-*
mkdir -p /etc/zypp/repos.d /etc/products.d
printf '%s\n' '[lab]' 'name=SLES12-SP5-Pool' 'enabled=1' 'autorefresh=0' 'baseurl=dir:///srv/repository' 'type=rpm-md' \
    'gpgcheck=0' 'keeppackages=0' >/etc/zypp/repos.d/lab.repo
cat >/etc/products.d/SLES.prod <<'EOF'
<?xml version="1.0" encoding="UTF-8"?>
<product schemeversion="0">
  <vendor>SUSE</vendor>
  <name>SLES</name>
  <version>12.5</version>
  <baseversion>12</baseversion>
  <patchlevel>5</patchlevel>
  <release>0</release>
  <arch>x86_64</arch>
  <productline>sles</productline>
  <summary>SUSE Linux Enterprise Server 12 SP5</summary>
</product>
EOF
ln -s SLES.prod /etc/products.d/baseproduct
python2_stub 2.7.18
zypper --non-interactive --no-gpg-checks refresh
