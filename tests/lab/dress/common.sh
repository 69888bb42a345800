# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Put before every dress/<layer>.sh and run in the new root by /bin/sh -eu.

for name in operator:1001 needspass:1002 nosudo:1003; do
    user=${name%:*} id=${name#*:}
    printf '%s:x:%s:100::/home/%s:/bin/bash\n' "$user" "$id" "$user" >>/etc/passwd
    printf '%s:*:19000:0:99999:7:::\n' "$user" >>/etc/shadow
    mkdir -p "/home/$user"
    cp /etc/skel/.[!.]* "/home/$user/" 2>/dev/null || :
    chown -R "$id:100" "/home/$user"
    chmod 0700 "/home/$user"
done
printf '%s\n' 'operator ALL=(ALL) NOPASSWD: ALL' 'needspass ALL=(ALL) ALL' >/etc/sudoers.d/lab
chmod 0440 /etc/sudoers.d/lab
rm -f /etc/ssh/ssh_host_*_key* /etc/machine-id /etc/hostname

# Nothing runs by itself on a lab host: two snapshots of an untouched host must be identical.
still() {
    for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
        systemd-tmpfiles-clean.timer console-getty.service getty@tty1.service systemd-timesyncd.service; do
        ln -sf /dev/null "/etc/systemd/system/$unit"
    done
}

# chronyd that serves and measures, and never touches this machine's clock (-x)
safe_chrony() {
    mkdir -p /etc/systemd/system/chrony.service.d
    printf '%s\n' '[Unit]' 'ConditionCapability=' '[Service]' 'ExecStart=' 'ExecStart=!/usr/sbin/chronyd -x' \
        >/etc/systemd/system/chrony.service.d/lab.conf
    printf '%s\n' 'local stratum 8' 'allow 127.0.0.1' 'cmdport 0' 'driftfile /var/lib/chrony/chrony.drift' >/etc/chrony/chrony.conf
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

# The unit is sshd.service there, started at boot.
sshd_unit() {
    rm -f /usr/lib/systemd/system/ssh.service /usr/lib/systemd/system/ssh@.service /usr/lib/systemd/system/ssh.socket \
        /etc/systemd/system/sshd.service /etc/systemd/system/multi-user.target.wants/ssh.service
    cat >/usr/lib/systemd/system/sshd.service <<'EOF'
[Unit]
Description=OpenSSH server daemon
After=network.target
[Service]
Type=notify
RuntimeDirectory=sshd
ExecStart=/usr/sbin/sshd -D
ExecReload=/bin/kill -HUP $MAINPID
KillMode=process
Restart=on-failure
[Install]
WantedBy=multi-user.target
EOF
    ln -s /usr/lib/systemd/system/sshd.service /etc/systemd/system/multi-user.target.wants/sshd.service
}

# Debian keeps root's database in root's home; the others do not.
rpm_database() {
    mkdir -p /etc/rpm /var/lib/rpm
    printf '%s\n' '%_dbpath /var/lib/rpm' '%_db_backend sqlite' >/etc/rpm/macros
    rpm --initdb
    rpm -i --force-debian --nosignature /srv/repository/registered/*.rpm
    rm -rf /srv/repository/registered /root/.rpmdb
    mv /srv/repository/offered/* /srv/repository/
    rmdir /srv/repository/offered
    echo /usr/lib64 >/etc/ld.so.conf.d/lib64.conf
    # Debian's rpm warns on every change that this is Debian; here it is not.
    mkdir -p /usr/lib/rpm/lab
    mv /usr/bin/rpm /usr/lib/rpm/lab/rpm
    printf '%s\n' '#!/bin/sh' 'exec /usr/lib/rpm/lab/rpm --force-debian "$@"' >/usr/bin/rpm
    chmod 0755 /usr/bin/rpm
    ln -sf ../lib/rpm/lab/rpm /usr/bin/rpmquery
    ln -sf ../lib/rpm/lab/rpm /usr/bin/rpmverify
}

# No Python that Ansible finds. The stub names its version and does nothing else.
python2_stub() {
    printf '%s\n' '#!/bin/sh' "if [ \"\${1-}\" = -V ]; then echo 'Python $1' >&2; exit 0; fi" \
        "echo 'python: a stand-in of the lab, it only answers -V' >&2; exit 1" >/usr/bin/python2.7
    chmod 0755 /usr/bin/python2.7
    ln -s python2.7 /usr/bin/python2
    ln -s python2 /usr/bin/python
}
