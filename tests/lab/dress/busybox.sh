# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# A tiny root of its own in /whole: every tool is busybox, beside sshd and sudo with their libraries.
w=/whole
mkdir -p $w/bin $w/sbin $w/usr/bin $w/usr/sbin $w/usr/lib/openssh $w/etc/pam.d $w/etc/ssh $w/dev $w/proc $w/sys $w/run $w/tmp \
    $w/mnt $w/root $w/var/log $w/var/lib $w/usr/libexec $w/etc/sudoers.d $w/srv
mkdir -p $w/usr/lib64
ln -s usr/lib $w/lib
ln -s usr/lib64 $w/lib64
chmod 1777 $w/tmp
chmod 0700 $w/root
ln -s ../run $w/var/run
cp /usr/bin/busybox $w/bin/busybox
for applet in $(/usr/bin/busybox --list-full); do
    case $applet in
    bin/busybox | */dpkg* | */rpm*) continue ;;
    esac
    mkdir -p "$w/${applet%/*}"
    ln -sf /bin/busybox "$w/$applet"
done

with_libraries() {
    for file in "$@"; do
        mkdir -p "$w${file%/*}"
        cp "$file" "$w$file"
        for library in $(ldd "$file" 2>/dev/null | sed -e 's/.*=> //' -e 's/ (0x.*//' | grep -o '/[^ ]*$'); do
            [ -e "$w$library" ] && continue
            mkdir -p "$w${library%/*}"
            cp -L "$library" "$w$library"
        done
    done
}
with_libraries /usr/sbin/sshd /usr/lib/openssh/sftp-server /usr/bin/sudo /usr/libexec/sudo/sudoers.so \
    /usr/lib/x86_64-linux-gnu/security/pam_unix.so /usr/lib/x86_64-linux-gnu/security/pam_permit.so
cp -a /usr/libexec/sudo/. $w/usr/libexec/sudo/
chmod 4755 $w/usr/bin/sudo
cp -a /etc/sudoers.d/. $w/etc/sudoers.d/
cp -a /etc/sudo.conf /etc/sudoers $w/etc/
printf '%s\n' 'auth required pam_unix.so' 'account required pam_unix.so' 'session required pam_permit.so' >$w/etc/pam.d/sudo
cp $w/etc/pam.d/sudo $w/etc/pam.d/other
grep -E '^(root|sshd|operator|needspass|nosudo|nobody):' /etc/passwd | sed 's|/bin/bash$|/bin/sh|' >$w/etc/passwd
grep -E '^(root|sshd|operator|needspass|nosudo|nobody):' /etc/shadow >$w/etc/shadow
chmod 0600 $w/etc/shadow
grep -E '^(root|users|nogroup|shadow|sudo):' /etc/group >$w/etc/group
for user in operator needspass nosudo; do
    mkdir -p $w/home/$user
    chown "$user" $w/home/$user
done
printf '%s\n' 'passwd: files' 'group: files' 'shadow: files' 'hosts: files' >$w/etc/nsswitch.conf
printf '%s\n' 'UsePAM no' 'PidFile none' 'Subsystem sftp /usr/lib/openssh/sftp-server' >$w/etc/ssh/sshd_config
printf '%s\n' '::sysinit:/bin/mkdir -p /run/sshd' '::respawn:/usr/sbin/sshd -D' >$w/etc/inittab
printf '%s\n' 'NAME="Busybox lab"' 'ID=busyboxlab' 'VERSION_ID="1.35"' 'PRETTY_NAME="Busybox lab 1.35"' >$w/etc/os-release
