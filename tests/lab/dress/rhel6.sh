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

rm -rf /usr/lib/python3* /usr/lib/systemd /etc/systemd /usr/lib/tmpfiles.d /usr/lib/sysctl.d /usr/lib/udev /etc/chrony \
    /usr/lib/systemd-cron /usr/share/dbus-1 /etc/dbus-1
rm -f /usr/bin/python3* /usr/bin/py3* /usr/bin/pydoc3* /usr/bin/systemd-* /usr/bin/systemctl /usr/bin/journalctl \
    /usr/bin/loginctl /usr/bin/hostnamectl /usr/bin/localectl /usr/bin/timedatectl /usr/bin/networkctl /usr/bin/busctl \
    /usr/bin/bootctl /usr/bin/resolvectl /usr/bin/dbus-* /usr/sbin/chronyd /usr/bin/chronyc /usr/sbin/nft \
    /usr/bin/timeout /usr/bin/base64 /usr/bin/base32 /usr/bin/basenc /usr/bin/lsblk /usr/bin/busybox /usr/bin/mksh* \
    /usr/bin/lksh /usr/bin/tcsh /usr/bin/csh /usr/bin/bsd-csh /usr/sbin/xfs_info /usr/bin/realpath /usr/bin/findfs /sbin/init

# the real SysV init, out of Debian's package
rm -f /usr/sbin/init /usr/sbin/telinit /usr/sbin/runlevel /usr/sbin/halt /usr/sbin/poweroff /usr/sbin/reboot /usr/sbin/shutdown
cp /srv/repository/sbin/init /srv/repository/sbin/telinit /srv/repository/sbin/runlevel /usr/sbin/
rm -rf /srv/repository

cat >/etc/inittab <<'EOF'
# inittab is only used by upstart for the default runlevel.
id:3:initdefault:
l3:3:wait:/etc/rc.d/rc 3
EOF
mkdir -p /etc/rc.d/init.d /etc/rc.d/rc0.d /etc/rc.d/rc1.d /etc/rc.d/rc2.d /etc/rc.d/rc3.d /etc/rc.d/rc4.d /etc/rc.d/rc5.d \
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
cat >/etc/rc.d/init.d/sshd <<'EOF'
#!/bin/bash
# sshd          Start up the OpenSSH server daemon
# chkconfig: 2345 55 25
# description: SSH is a protocol for secure remote shell access.
# processname: sshd
# config: /etc/ssh/sshd_config
# pidfile: /var/run/sshd.pid
lock=/var/lock/subsys/sshd pidfile=/var/run/sshd.pid
alive() { [ -r $pidfile ] && kill -0 "$(cat $pidfile)" 2>/dev/null; }
case "$1" in
start) alive || { mkdir -p /run/sshd && /usr/sbin/sshd && touch $lock; } ;;
stop) alive && kill "$(cat $pidfile)"; rm -f $lock ;;
restart) "$0" stop; sleep 1; "$0" start ;;
reload) alive && kill -HUP "$(cat $pidfile)" ;;
status) if alive; then echo "openssh-daemon (pid  $(cat $pidfile)) is running..."; else echo 'openssh-daemon is stopped'; exit 3; fi ;;
*) echo "Usage: $0 {start|stop|restart|reload|status}"; exit 2 ;;
esac
EOF
cat >/usr/sbin/service <<'EOF'
#!/bin/bash
name=$1
shift
exec /etc/init.d/"$name" "$@"
EOF
cat >/usr/sbin/chkconfig <<'EOF'
#!/bin/bash
# a stand-in for chkconfig: --list [NAME], NAME on|off
show() {
    printf '%-15s' "$1"
    for level in 0 1 2 3 4 5 6; do
        if ls /etc/rc$level.d/S??"$1" >/dev/null 2>&1; then printf '\t%s:on' $level; else printf '\t%s:off' $level; fi
    done
    echo
}
case "$1" in
--list) if [ -n "$2" ]; then show "$2"; else for script in /etc/init.d/*; do show "${script##*/}"; done; fi ;;
*)
    head=$(grep '^# chkconfig:' "/etc/init.d/$1") || { echo "error reading information on service $1: No such file or directory" >&2; exit 1; }
    set -- "$1" "$2" $head
    for level in 2 3 4 5; do
        rm -f /etc/rc$level.d/[SK]??"$1"
        if [ "$2" = on ]; then ln -s "../init.d/$1" "/etc/rc$level.d/S$6$1"; else ln -s "../init.d/$1" "/etc/rc$level.d/K$7$1"; fi
    done
    ;;
esac
EOF
chmod 0755 /etc/rc.d/rc /etc/rc.d/init.d/sshd /usr/sbin/service /usr/sbin/chkconfig
for level in 2 3 4 5; do ln -s ../init.d/sshd "/etc/rc$level.d/S55sshd"; done
for level in 0 1 6; do ln -s ../init.d/sshd "/etc/rc$level.d/K25sshd"; done
printf '%s\n' 'NETWORKING=yes' 'HOSTNAME=rhel6' >/etc/sysconfig/network
rm -f /usr/bin/perl*
