# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Undoing what services.sh did. The record says which units and links it was; which ones may be touched say the names
# of the service, which the fix's code gives.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh, services.sh and the fixes

service_undo() {
    service_state
    links_changed=
    while read -r key path target; do
        case $key in
        started:) stop_started "$path" ;;
        failed:) [ "$service_system" = systemd ] && named_unit "$path" && systemctl reset-failed "$path" 2>/dev/null ;;
        link-added:) remove_link "$path" "$target" ;;
        link-gone:) bring_back_link "$path" "$target" ;;
        esac
    done <"$record.record"
    while read -r key path target; do
        [ "$key" = link-added: ] && [ "$target" = - ] && remove_directory "$path"
    done <"$record.record"
    # Also where a restore that was killed took the links away, and systemd still remembers them.
    if [ "$service_system" = systemd ] && grep -q '^link-' "$record.record"; then
        systemctl daemon-reload
    fi
    [ -z "$links_changed" ] || {
        undone=yes
        reason="${reason:+$reason; }what starts with the machine is as before"
    }
}

# stop_started NAME: stops what the change started, if it still runs.
stop_started() {
    if [ "$service_system" = systemd ]; then
        named_unit "$1" || return 0
        case "$unit_states " in
        *" $1=active "*) ;;
        *) return 0 ;;
        esac
    else
        case " $service_scripts " in
        *" $1 "*) [ "$running" = yes ] && [ "$service" ] || return 0 ;;
        *) return 0 ;;
        esac
    fi
    service_do stop "$1"
    stopped_code=$code
    service_state
    case "$stopped_code$unit_states " in
    0*" $1=active "* | [!0]*)
        starting=$1
        service_failed "$1 could not be stopped"
        conclude failed "$service_error"
        ;;
    esac
    undone=yes
    reason="${reason:+$reason; }stopped $1"
}

remove_link() {
    if owned_link "$1" && [ -L "$1" ] && [ "$(readlink "$1")" = "$2" ]; then
        rm -f "$1" && links_changed=yes
    fi
}

# remove_directory PATH: a directory of links that was made for these, when nothing else is in it.
remove_directory() {
    case $1 in
    */../*) ;;
    /etc/systemd/system/*.wants | /etc/systemd/system/*.requires) rmdir "$1" 2>/dev/null ;;
    esac
}

# bring_back_link LINK TARGET: a target is a unit of the same service, or the script that the link is named for.
bring_back_link() {
    owned_link "$1" && [ ! -e "$1" ] && [ ! -L "$1" ] && [ -e "${1%/*}/." ] || return 0
    if named_unit "${2##*/}"; then
        ln -s "$2" "$1" && links_changed=yes
        return
    fi
    for script in $service_scripts; do
        case $2 in
        ../init.d/"$script" | ../"$script" | /etc/init.d/"$script" | /etc/rc.d/init.d/"$script")
            ln -s "$2" "$1" && links_changed=yes
            return
            ;;
        esac
    done
}

# refuse_to_cut TITLE NAME...: ends everything when this script was started by way of a process of one of these names,
# and the change started or installed what would now be ended. Links are only for the next start of the machine.
refuse_to_cut() {
    cutting=$(sed -n -e 's/^started: \([^ ]*\).*/\1/p' -e 's/^added: \([^ ]*\).*/\1/p' "$record.record" | tr '\n' ' ')
    title=$1
    shift
    if [ "$cutting" ] && came_through "$@"; then
        conclude refused "nothing was undone, for this connection came through $title, which would be ended and could not be reached again; run restore on the machine's console with connection: local, or stop and remove by hand there: ${cutting% }"
    fi
}

# came_through NAME...: also where that cannot be told.
came_through() {
    through=" $* "
    read -r ancestor _ </proc/self/stat || return 0
    while [ "$ancestor" -gt 0 ]; do
        stat_line=
        { read -r stat_line <"/proc/$ancestor/stat"; } 2>/dev/null || return 0
        name=${stat_line#*\(}
        case $through in
        *" ${name%\)*} "*) return 0 ;;
        esac
        # shellcheck disable=SC2086 # words are wanted
        set -- ${stat_line##*\) }
        ancestor=$2
    done
    return 1
}
