# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Turn a mounted root into a running host: `enter.sh ROOT HOSTNAME INIT…`, run in fresh namespaces as their process 1.
set -eu
umask 022
root=$1 name=$2
shift 2
echo "$name" >/proc/sys/kernel/hostname
mount --make-rprivate /
mount --bind "$root" "$root" 2>/dev/null || :
mount -t proc proc "$root/proc" -o nosuid,nodev,noexec
mount -t sysfs sysfs "$root/sys" -o ro,nosuid,nodev,noexec
mount -t tmpfs tmpfs "$root/dev" -o nosuid,mode=755,size=4m
mount -t tmpfs tmpfs "$root/run" -o nosuid,nodev,mode=755,size=64m
mkdir "$root/dev/pts" "$root/dev/shm" "$root/run/sshd" "$root/run/lock" "$root/run/lock/subsys"
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666,mode=620,gid=5
mount -t tmpfs tmpfs "$root/dev/shm" -o nosuid,nodev,mode=1777
for node in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 0666 "$root/dev/${node%:*}" c 1 "${node#*:}"
done
mknod -m 0666 "$root/dev/tty" c 5 0
mknod -m 0600 "$root/dev/console" c 1 3 # a console that nobody reads
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
cd "$root"
# No capability that reaches beyond the host: this machine's clock, modules, devices.
exec setpriv --bounding-set=-sys_time,-sys_module,-sys_rawio,-sys_boot,-mknod,-wake_alarm,-syslog \
    sh -eu -c 'pivot_root . . && umount -l . && exec "$@"' sh "$@"
