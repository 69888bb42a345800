# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Letting a service start with the machine and run, for every fix that needs it, under systemd, upstart and SysV init.
# A fix says before each call which one: "service_units" (systemd's names, with suffix, the first that exists is the one
# to enable and start), "service_scripts" (names of upstart jobs and SysV scripts) and "service_process".
#
#   service_state     sets "autostart" and "running" to yes or no, "service" to the name found (empty: there is none)
#   service_prepare   adds to "record_lines"; keeps the links that are there now beside the record
#   service_apply     enables and starts it; sets "service_error" and fails where that cannot be
#   service_settle    adds what was done to "record_lines" and "reason"
#   service_undo      stops what was started, and brings the links back; only those with the names above
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and the fixes

service_directories='/etc/systemd/system /etc/init.d /etc/rc.d /etc/rc0.d /etc/rc1.d /etc/rc2.d /etc/rc3.d /etc/rc4.d /etc/rc5.d /etc/rc6.d /etc/rcS.d'

service_state() {
    autostart=no
    running=no
    service=
    service_obstacle=
    process_runs "$service_process" && running=yes
    if [ -d /run/systemd/system ]; then
        service_system=systemd
        for unit in $service_units; do
            look_at_unit "$unit"
        done
        return
    fi
    service_system=
    for script in $service_scripts; do
        look_at_job "$script"
        [ "$service" ] || look_at_script "$script"
    done
}

# look_at_unit UNIT: what systemd knows of it.
look_at_unit() {
    case $(systemctl show -p LoadState "$1" 2>/dev/null) in
    LoadState=loaded | LoadState=masked) ;;
    *) return ;;
    esac
    enabled=$(systemctl is-enabled "$1" 2>/dev/null)
    case $enabled in
    masked*) service_obstacle="$1 is masked, so somebody decided that it must not run; unmask it if it may" ;;
    enabled) autostart=yes ;;
    disabled | enabled-runtime | linked*) ;;
    *)
        case $(systemctl show -p WantedBy -p RequiredBy "$1") in
        *multi-user.target* | *graphical.target* | *basic.target* | *sysinit.target* | *sockets.target*) autostart=yes ;;
        esac
        ;;
    esac
    case $(systemctl is-active "$1") in
    active | reloading | activating | refreshing) running=yes ;;
    esac
    : "${service:=$1}"
}

# look_at_job NAME: what upstart's files say of it; what an override says replaces what stands in the job.
look_at_job() {
    job=/etc/init/$1.conf
    [ -e "$job" ] && command -v initctl >/dev/null 2>&1 || return 0
    service=$1
    service_system=upstart
    starts=$(cat "$job" "${job%.conf}.override" 2>/dev/null | sed -n 's/^[[:blank:]]*\(manual\|start[[:blank:]]\{1,\}on\).*/\1/p' | tail -n 1)
    case $starts in
    start*) autostart=yes ;;
    *) service_obstacle="upstart is told not to start it ('manual' or no 'start on' in $job or its override); change that by hand if it may start" ;;
    esac
}

look_at_script() {
    [ -x "/etc/init.d/$1" ] || return 0
    service=$1
    service_system=sysv
    level=$(sed -n 's/^[^#:]*:\([0-9]\):initdefault:.*/\1/p' /etc/inittab 2>/dev/null)
    for link in "/etc/rc${level:-2}.d"/S*"$1" "/etc/init.d/rc${level:-2}.d"/S*"$1" "/etc/rc.d/rc${level:-2}.d"/S*"$1"; do
        case ${link##*/} in
        S[0-9]"$1" | S[0-9][0-9]"$1") [ -e "$link" ] && autostart=yes ;;
        esac
    done
}

# process_runs NAME: whether a process of that name, of at most 15 characters, runs.
process_runs() {
    [ "$1" ] || return 1
    for stat in /proc/[0-9]*/stat; do
        { read -r stat_line <"$stat"; } 2>/dev/null || continue
        case $stat_line in
        *" ($1) Z "*) ;;
        *" ($1) "*) return 0 ;;
        esac
    done
    return 1
}

service_prepare() {
    service_state
    [ -z "$service_obstacle" ] || conclude refused "nothing was changed: $service_obstacle"
    if ! append_error=$(service_links 2>&1 >"$record.oldlinks") || ! flush "$record.oldlinks"; then
        rm -f "$record".*
        no_journal "$append_error"
    fi
    record_lines="${record_lines}service: $autostart $running$newline"
}

# service_links: the links that start the service, and systemd's directories of links, one a line: path, target.
service_links() {
    # shellcheck disable=SC2086 # words are wanted
    find $service_directories \( -type l -o -type d -name '*.wants' \) -print 2>/dev/null | sort -u | while read -r link; do
        if [ ! -L "$link" ]; then
            printf '%s -\n' "$link"
        elif owned_link "$link"; then
            printf '%s %s\n' "$link" "$(readlink "$link")"
        fi
    done
}

# owned_link PATH: whether a link of this path belongs to the service that the fix names.
owned_link() {
    case $1 in
    */../* | */./*) return 1 ;;
    /etc/systemd/system/* | /etc/rc?.d/* | /etc/init.d/rc?.d/* | /etc/rc.d/rc?.d/*) ;;
    *) return 1 ;;
    esac
    for unit in $service_units; do
        [ "${1##*/}" = "$unit" ] && return
    done
    for script in $service_scripts; do
        case ${1##*/} in
        [SK][0-9]"$script" | [SK][0-9][0-9]"$script") return 0 ;;
        esac
    done
    return 1
}

service_apply() {
    service_state
    service_error=$service_obstacle
    [ "$service" ] || service_error="no service was found under the names $service_units $service_scripts"
    [ -z "$service_error" ] || return 1
    if [ "$autostart" = no ]; then
        service_enable
        [ "$code" = 0 ] || service_failed "$service could not be enabled"
    fi
    service_state
    if [ "$running" = no ] && [ -z "$service_error" ]; then
        service_do start
        [ "$code" = 0 ] || service_failed "$service could not be started"
    fi
    [ -z "$service_error" ]
}

service_enable() {
    case $service_system in
    systemd) transaction systemctl enable "$service" ;;
    sysv)
        if command -v chkconfig >/dev/null 2>&1; then
            transaction chkconfig "$service" on
        elif command -v update-rc.d >/dev/null 2>&1; then
            # shellcheck disable=SC2016 # the inner shell expands it
            transaction sh -c 'update-rc.d "$1" defaults && update-rc.d "$1" enable' sh "$service"
        else
            code='found neither chkconfig nor update-rc.d'
        fi
        ;;
    esac
}

# service_do start|stop
service_do() {
    case $service_system in
    systemd) transaction systemctl "$1" "$service" ;;
    upstart) transaction initctl "$1" "$service" ;;
    sysv) transaction "/etc/init.d/$service" "$1" ;;
    esac
}

service_failed() {
    service_error="$1 ($(tail -n 1 "$record.log" 2>/dev/null || echo "code $code"))"
}

service_settle() {
    field service
    [ "$value" ] || return 0
    was_running=${value#* }
    service_state
    service_links >"$record.now"
    changes=$(awk -v "before=$record.oldlinks" '
        BEGIN { while ((getline line <before) > 0) was[line] = 1 }
        { is[$0] = 1 }
        !($0 in was) { print "link-added: " $0 }
        END { for (line in was) if (!(line in is)) print "link-gone: " line }' "$record.now")
    [ -z "$changes" ] || {
        record_lines="$record_lines$changes$newline"
        reason="${reason:+$reason; }$service starts with the machine"
    }
    if [ "$was_running$running" = noyes ]; then
        record_lines="${record_lines}started: $service$newline"
        reason="${reason:+$reason; }$service was started"
    fi
    reason="$reason${service_error:+${reason:+; }$service_error}"
}

service_undo() {
    service_state
    field started
    if [ "$value" ] && [ "$running" = yes ] && [ "$service" ]; then
        service_do stop
        [ "$code" = 0 ] || {
            service_failed "$service could not be stopped"
            conclude failed "$service_error"
        }
        undone=yes
        reason="${reason:+$reason; }stopped $service"
    fi
    links_changed=
    while read -r key link target; do
        case $key in
        link-added:) remove_link ;;
        link-gone:) bring_back_link ;;
        esac
    done <"$record.record"
    [ -z "$links_changed" ] || {
        undone=yes
        reason="${reason:+$reason; }$service starts with the machine as it did before"
        [ "$service_system" != systemd ] || systemctl daemon-reload
    }
}

remove_link() {
    if [ "$target" = - ]; then
        case $link in
        */../*) ;;
        /etc/systemd/system/*.wants) rmdir "$link" 2>/dev/null ;;
        esac
    elif owned_link "$link" && [ -L "$link" ] && [ "$(readlink "$link")" = "$target" ]; then
        rm -f "$link" && links_changed=yes
    fi
}

bring_back_link() {
    if owned_link "$link" && [ ! -e "$link" ] && [ ! -L "$link" ] && [ -e "${link%/*}/." ]; then
        case ${target##*/} in
        "$service" | "${link##*/[SK][0-9][0-9]}") ln -s "$target" "$link" && links_changed=yes ;;
        esac
    fi
}
