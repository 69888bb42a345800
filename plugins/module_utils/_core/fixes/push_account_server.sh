# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The SSH server as it runs: what it would take for a logon, whether it has read its files, and how to let it read them
# without touching any connection.
#
#   push_settings USER [-f FILE]  sets "effective" to what sshd -T says for a logon of that user; fails with "push_error"
#   push_accepts                  whether the server finds no error in its files; fails with "push_error"
#   push_values NAME              prints the values of one setting, one a line
#   push_look                     sets "server" (the process that waits for connections; empty: none), "loaded" (whether
#                                 it has read its files as they are), and "pid_file" (where it keeps its number, if it does)
#   push_reload                   lets the server read its files; fails with "push_error"
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and the fixes

push_pid_files='/run/sshd.pid /var/run/sshd.pid /var/run/sshd.init.pid'
push_folder=/etc/ssh
push_error=

# sudo hides the connection from its children, but not from its own environment. Old servers know fewer words behind -C.
push_settings() {
    [ "${SSH_CONNECTION-}" ] || SSH_CONNECTION=$(tr '\000' '\n' 2>/dev/null <"/proc/$PPID/environ" | sed -n 's/^SSH_CONNECTION=//p')
    logon=user=$1,host=localhost,addr=
    shift
    # shellcheck disable=SC2086 # words are wanted
    push_settings_from "$*" $SSH_CONNECTION
}

push_settings_from() {
    options=$1
    logon=$logon${2:-127.0.0.1}
    # shellcheck disable=SC2086 # words are wanted
    effective=$(sshd -T $options -C "$logon,laddr=${4:-127.0.0.1},lport=${5:-22}" 2>/dev/null) ||
        effective=$(sshd -T $options -C "$logon" 2>/dev/null) || {
        # Of this call only what goes wrong is wanted.
        push_error=$({ sshd -T $options -C "$logon" >/dev/null; } 2>&1 | head -n 2 | tr '\n' ';')
        push_error=${push_error:-sshd -T gave no answer}
        return 1
    }
}

# push_accepts: whether the server finds no error in its files; what it only warns of is none.
push_accepts() {
    push_error=$(sshd -t 2>&1 >/dev/null) || return 1
    push_error=
}

push_values() {
    printf '%s\n' "$effective" | sed -n "s/^$1 //p"
}

push_look() {
    server=
    loaded=unknown
    for pid_file in $push_pid_files; do
        { read -r push_pid _ <"$pid_file"; } 2>/dev/null || continue
        push_waits "$push_pid" || continue
        server=$push_pid
        loaded=yes
        [ -z "$(find "$push_folder/sshd_config" "$push_folder/sshd_config.d" \( -type d -o -name '*.conf' -o -name sshd_config \) \
            -newer "$pid_file" 2>/dev/null)" ] || loaded=no
        return 0
    done
    pid_file=
    for stat in /proc/[0-9]*/stat; do
        { read -r stat_line <"$stat"; } 2>/dev/null || continue
        if push_waits "${stat_line%% *}"; then
            server=${stat_line%% *}
            return 0
        fi
    done
}

# push_waits PID: whether it is a server of this machine that waits for connections, and not one that has its own, for
# the same signal would end that. Leaves its command line in "title".
push_waits() {
    { read -r own_line <"/proc/$1/stat"; } 2>/dev/null || return 1
    case $own_line in
    *' (sshd) Z '*) return 1 ;;
    *' (sshd) '*) ;;
    *) return 1 ;;
    esac
    title=$(tr '\000' ' ' 2>/dev/null <"/proc/$1/cmdline")
    case $title in
    'sshd: '*'[listener]'*) ;;
    'sshd: '* | *' -i '* | *' -R '*) return 1 ;;
    esac
    # shellcheck disable=SC2086 # words are wanted
    set -- "$1" ${own_line##*\) }
    { read -r own_line <"/proc/$3/stat"; } 2>/dev/null
    case $own_line in
    "$3 (sshd) "*) return 1 ;;
    esac
    # One in a container has another numbering of processes.
    [ "$(readlink "/proc/$1/ns/pid")" = "$(readlink /proc/self/ns/pid)" ]
}

# push_ports PID: the TCP ports on which it waits, between spaces.
push_ports() {
    # shellcheck disable=SC2012 # the names are numbers, and wanted is what they point to
    sockets=$(ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\].*/\1/p' | tr '\n' ' ')
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v "sockets=$sockets" '
        BEGIN { count = split(sockets, each, " "); for (i = 1; i <= count; i++) own[each[i]] = 1 }
        $4 == "0A" && ($10 in own) { count = split($2, part, ":"); print part[count] }' | sort -u |
        while read -r port; do printf ' %d ' "0x$port"; done
}

# push_may_reload: whether the server, once it has read its files, still waits where it waits now, and reads those that
# this fix changes; "push_error" says why not. "effective" must be set.
push_may_reload() {
    push_look
    [ "$server" ] || return 0
    push_waits "$server"
    case $(printf '%s' "$title" | tr '[:upper:]' '[:lower:]') in
    *' -f'*) push_error="the running SSH server reads other files ($title); change these by hand" ;;
    *' -o'*permitrootlogin* | *' -o'*passwordauthentication* | *' -o'*subsystem*)
        push_error="the running SSH server was told otherwise when it was started ($title); change its service by hand"
        ;;
    *)
        named=$(push_values listenaddress | sed 's/.*://' | tr '\n' ' ')
        named=" ${named:-$(push_values port | tr '\n' ' ')}"
        for port in $(push_ports "$server"); do
            case $named in
            *" $port "*) ;;
            *) push_error="the SSH server waits on port $port, but its settings name only$named; a reload would close that way to the machine: correct the settings, or reload it by hand" ;;
            esac
        done
        ;;
    esac
    [ -z "$push_error" ]
}

push_reload() {
    push_look
    # A server that a socket starts for each connection, or that is started later, reads its files then.
    [ "$server" ] || return 0
    ports=$(push_ports "$server")
    # So that the times of the files and of what the server writes now differ in whole seconds, too.
    (: >"$record.now") 2>/dev/null
    sleep 1
    unit=
    if [ -d /run/systemd/system ]; then
        for unit in sshd.service ssh.service ''; do
            [ "$(systemctl show -p MainPID "$unit" 2>/dev/null)" != "MainPID=$server" ] || break
        done
    fi
    if [ -z "$unit" ] || ! systemctl reload "$unit" >/dev/null 2>&1; then
        push_error=$(kill -HUP "$server" 2>&1) || return 1
    fi
    tries=0
    while [ "$tries" -lt 100 ]; do
        tries=$((tries + 1))
        pause
        push_has_read && push_waits_on "$ports" && return 0
    done
    push_error="the SSH server does not wait on port$ports as before"
    return 1
}

# push_has_read: whether the server has begun anew since the reload; one that keeps no file with its number gets a second.
push_has_read() {
    push_look
    [ "$server" ] || return 1
    if [ "$pid_file" ]; then
        [ "$(find "$pid_file" -newer "$record.now" 2>/dev/null)" ]
    else
        [ "$tries" -gt 10 ]
    fi
}

# push_waits_on PORTS: whether the server waits on all of them.
push_waits_on() {
    now_on=$(push_ports "$server")
    for port in $1; do
        case $now_on in
        *" $port "*) ;;
        *) return 1 ;;
        esac
    done
}

# push_start: a server that did not survive its reload is started again.
push_start() {
    push_look
    [ -z "$server" ] || return 0
    for script in sshd ssh; do
        if [ -d /run/systemd/system ]; then
            systemctl start "$script.service" >/dev/null 2>&1
        elif [ -x "/etc/init.d/$script" ]; then
            "/etc/init.d/$script" start >/dev/null 2>&1
        fi
        push_look
        [ -z "$server" ] || return 0
    done
    push_error="$push_error; it does not run and could not be started: start it before you leave this connection"
}
