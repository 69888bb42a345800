# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Put before every dress/<layer>.sh and run in the new root by /bin/sh -eu.

# Nothing runs by itself on a lab host: two snapshots of an untouched host must be identical.
still() {
    for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
        systemd-tmpfiles-clean.timer console-getty.service getty@tty1.service; do
        ln -sf /dev/null "/etc/systemd/system/$unit"
    done
}

# systemd refuses the sixth start of a service within ten seconds; tests start one more often.
many_starts() {
    mkdir -p /etc/systemd/system.conf.d
    printf '%s\n' '[Manager]' 'DefaultStartLimitIntervalSec=0' >/etc/systemd/system.conf.d/lab-starts.conf
}

# Its journal is in memory: a root file system on which a file is open for writing cannot be made read-only.
quiet_journal() { rm -rf /var/log/journal; }

# A package of the local repository, for a layer that is on another one.
get() {
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
    apt-get clean
}

# chronyd that serves and measures, and never touches this machine's clock (-x)
safe_chrony() {
    mkdir -p /etc/systemd/system/chrony.service.d
    printf '%s\n' '[Unit]' 'ConditionCapability=' '[Service]' 'ExecStart=' 'ExecStart=!/usr/sbin/chronyd -x' \
        >/etc/systemd/system/chrony.service.d/lab.conf
    printf '%s\n' 'local stratum 8' 'allow 127.0.0.1' 'cmdport 0' 'driftfile /var/lib/chrony/chrony.drift' >/etc/chrony/chrony.conf
}

# Time daemons that are installed later: they want CAP_SYS_TIME, or to drop to a user that keeps it. No host has it.
safe_time_daemons() {
    mkdir -p /etc/systemd/system/ntpsec.service.d /etc/systemd/system/systemd-timesyncd.service.d
    printf '%s\n' '[Unit]' 'ConditionCapability=' '[Service]' 'ExecStart=' \
        'ExecStart=/usr/sbin/ntpd -p /run/ntpd.pid -c /etc/ntpsec/ntp.conf -g -N' >/etc/systemd/system/ntpsec.service.d/lab.conf
    printf '%s\n' '[Unit]' 'ConditionCapability=' 'ConditionVirtualization=' '[Service]' 'AmbientCapabilities=' \
        'CapabilityBoundingSet=' >/etc/systemd/system/systemd-timesyncd.service.d/lab.conf
}

# vmtoolsd that stays: the real one ends at once where it finds no VMware.
idle_vmtoolsd() {
    mkdir -p /usr/libexec/lab /etc/systemd/system/open-vm-tools.service.d
    cp /usr/bin/sleep /usr/libexec/lab/vmtoolsd
    printf '%s\n' '[Unit]' 'ConditionVirtualization=' '[Service]' 'ExecStart=' 'ExecStart=/usr/libexec/lab/vmtoolsd infinity' \
        >/etc/systemd/system/open-vm-tools.service.d/lab.conf
}

# A root that was Debian and is to be something else: no trace of dpkg and apt.
undebian() {
    ln -sf bash /usr/bin/sh
    rm -rf /etc/debian_version /etc/apt /etc/dpkg /var/lib/dpkg /var/lib/apt /var/cache/apt /usr/lib/apt \
        /usr/lib/dpkg /usr/share/dpkg /usr/share/debconf /var/cache/debconf /etc/debconf.conf /etc/default/ssh \
        /etc/cron.daily /etc/alternatives/README
    rm -f /usr/bin/apt* /usr/bin/dpkg* /usr/sbin/dpkg* /usr/bin/deb* /usr/sbin/update-rc.d /usr/sbin/invoke-rc.d \
        /usr/bin/deb-systemd* /usr/lib/os-release /etc/os-release /etc/systemd/system/apt-daily* \
        /usr/lib/systemd/system/apt-daily* /usr/lib/systemd/system/dpkg-db-backup*
}

# The unit is sshd.service there, out of the package; enabled, as whoever installed the machine did it.
sshd_unit() {
    rm -f /usr/lib/systemd/system/ssh.service /usr/lib/systemd/system/ssh@.service /usr/lib/systemd/system/ssh.socket \
        /etc/systemd/system/sshd.service /etc/systemd/system/multi-user.target.wants/ssh.service
    # systemd would make units of Debian's scripts
    rm -f /etc/init.d/* /etc/rc?.d/*
}

# What Debian's packages left and packages of the family bring by themselves.
no_chrony() {
    rm -rf /etc/chrony /etc/systemd/system/chron* /etc/systemd/system/multi-user.target.wants/chrony.service \
        /usr/lib/systemd/system/chron* /usr/sbin/chronyd /usr/bin/chronyc /etc/default/chrony
}
no_certificates() {
    rm -rf /etc/ssl/certs /usr/share/ca-certificates /etc/ca-certificates /etc/ca-certificates.conf /usr/sbin/update-ca-certificates
}

# Debian keeps root's database in root's home; the others do not.
rpm_database() {
    mkdir -p /etc/rpm /var/lib/rpm
    printf '%s\n' '%_dbpath /var/lib/rpm' '%_db_backend sqlite' >/etc/rpm/macros
    # Whoever installs a service there does not thereby enable it.
    echo 'disable *' >/usr/lib/systemd/system-preset/99-default-disable.preset
    rpm --initdb
    rm -f /etc/ssh/sshd_config /etc/pam.d/sshd
    rpm -i --force-debian --nosignature /srv/repository/registered/*.rpm
    rm -rf /srv/repository/registered /root/.rpmdb
    systemctl enable sshd.service
    echo /usr/lib64 >/etc/ld.so.conf.d/lib64.conf
    # Debian's rpm warns on every change that this is Debian; here it is not.
    mkdir -p /usr/lib/rpm/lab
    mv /usr/bin/rpm /usr/lib/rpm/lab/rpm
    printf '%s\n' '#!/bin/sh' 'exec /usr/lib/rpm/lab/rpm --force-debian "$@"' >/usr/bin/rpm
    chmod 0755 /usr/bin/rpm
    ln -sf ../lib/rpm/lab/rpm /usr/bin/rpmquery
    ln -sf ../lib/rpm/lab/rpm /usr/bin/rpmverify
}

# The real SysV init, out of Debian's package, instead of systemd.
no_systemd() {
    rm -rf /usr/lib/systemd /etc/systemd /usr/lib/tmpfiles.d /usr/lib/sysctl.d /usr/lib/udev /usr/share/dbus-1 /etc/dbus-1
    rm -f /usr/bin/systemd-* /usr/bin/systemctl /usr/bin/journalctl /usr/bin/loginctl /usr/bin/hostnamectl \
        /usr/bin/localectl /usr/bin/timedatectl /usr/bin/networkctl /usr/bin/busctl /usr/bin/bootctl /usr/bin/resolvectl \
        /usr/bin/dbus-* /usr/sbin/init /usr/sbin/telinit /usr/sbin/runlevel /usr/sbin/halt /usr/sbin/poweroff \
        /usr/sbin/reboot /usr/sbin/shutdown
    cp /srv/repository/sbin/init /srv/repository/sbin/telinit /srv/repository/sbin/runlevel /usr/sbin/
}

# No Python that Ansible finds, but one for the programs that need it.
hide_python() {
    mkdir -p /usr/libexec/lab
    mv "$(readlink -f /usr/bin/python3)" /usr/libexec/lab/interpreter
    rm -f /usr/bin/python3* /usr/bin/pydoc3* /usr/bin/py3*
}

# The stub names its version and does nothing else.
python2_stub() {
    printf '%s\n' '#!/bin/sh' "if [ \"\${1-}\" = -V ]; then echo 'Python $1' >&2; exit 0; fi" \
        "echo 'python: a stand-in of the lab, it only answers -V' >&2; exit 1" >/usr/bin/python2.7
    chmod 0755 /usr/bin/python2.7
    ln -s python2.7 /usr/bin/python2
    ln -s python2 /usr/bin/python
}
