# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2034,SC2154 # the variables are shared with change.sh, packages.sh and services.sh

# The package, and what it needs on Debian and Ubuntu, RHEL 6 to 9 and SLES 11 to 15 beyond what every system has.
ssh_server_owned=' openssh-server openssh openssh-common openssh-clients openssh-client openssh-sftp-server
    runit-helper ucf libwrap0 libwtmpdb0 libedit2 libedit0 libfido2-1 libcbor0 libcbor0.8 libcbor0.10 libfido2 libcbor
    libnsl2 libtirpc3 libtirpc3t64 libtirpc-common tcp_wrappers tcp_wrappers-libs fipscheck fipscheck-lib '

ssh_server_names() {
    owned=$(echo "$ssh_server_owned" | tr -s '\n ' '  ')
    service_units='ssh.service sshd.service ssh.socket sshd.socket'
    # What makes the host keys: the server's unit pulls it in.
    service_companions='sshd-keygen.service sshd-keygen.target'
    service_scripts='sshd ssh'
    service_process=sshd
}

ssh_server_state() {
    ssh_server_names
    service_state
    installed=$running
    for path in /usr/*bin/sshd /*bin/sshd /usr/local/*bin/sshd; do
        [ ! -e "$path" ] || installed=yes
    done
    [ ! -e /etc/ssh/sshd_not_to_be_run ] || autostart=no
    state="package=$installed autostart=$autostart running=$running"
}

# ssh_server_prepare [PACKAGE MANAGER]
ssh_server_prepare() {
    ssh_server_names
    [ ! -e /etc/ssh/sshd_not_to_be_run ] ||
        conclude refused "nothing was changed: /etc/ssh/sshd_not_to_be_run is there, so somebody decided that the SSH server must not run; remove that file if it may"
    if [ $# -gt 0 ]; then
        service_prepare coming
        package_prepare "$1" "$2"
        return
    fi
    service_prepare
    ssh_server_accepts_its_settings || {
        rm -f "$record".*
        record=
        conclude refused "nothing was changed: $complaint"
    }
}

ssh_server_apply() {
    field manager
    if [ "$value" ]; then
        package_apply
        [ "$code" = 0 ] || return 0
    fi
    service_state
    if [ "$running" = yes ] || ssh_server_accepts_its_settings; then
        service_apply
    else
        service_error=$complaint
    fi
}

ssh_server_settle() {
    ssh_server_names
    package_settle && service_settle
}

ssh_server_undo() {
    ssh_server_names
    refuse_to_cut "the SSH server" sshd sshd-session sshd-auth
    package_may_undo
    service_undo
    package_undo
}

# ssh_server_accepts_its_settings: whether the server would start; why not, in "complaint". The directory for privilege
# separation is made by the service itself, after the settings were read; so are, by some, the host keys.
ssh_server_accepts_its_settings() {
    said=$(sshd -t 2>&1) && return
    case $said in
    *'privilege separation directory'*) return 0 ;;
    *'no hostkeys available'*)
        if [ "$service_system" = systemd ]; then
            systemctl show -p ExecStartPre -p Wants -p Requires "$service" 2>/dev/null | grep -qE 'keygen|gen-keys' && return
        else
            grep -q keygen "/etc/init.d/$service" 2>/dev/null && return
        fi
        complaint="the SSH server has no host keys, and its service makes none; make them with 'ssh-keygen -A'"
        return 1
        ;;
    esac
    told=$(printf '%s\n' "$said" | awk '/line [0-9]/ && !first { first = $0 } /./ { last = $0 } END { print (first ? first : last) }')
    complaint="the SSH server does not accept its settings ($told); correct them until 'sshd -t' is silent"
    return 1
}
