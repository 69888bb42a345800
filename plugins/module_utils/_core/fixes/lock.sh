# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One change at a time on a machine, without flock: it is missing on old systems.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, the other libraries and the fixes

lock_seconds=30

# process PID: its start time in "born"; fails where there is none, or nothing but its exit code.
process() {
    stat_line=
    { read -r stat_line <"/proc/$1/stat"; } 2>/dev/null || return 1
    # shellcheck disable=SC2086 # words are wanted
    set -- ${stat_line##*\) }
    born=${20}
    [ "$1" != Z ]
}

# alive FILE: whether the process that the file names (number, start time, boot) still runs.
alive() {
    owner_pid='' owner_born='' owner_boot='' owner_run=''
    { read -r owner_pid owner_born owner_boot owner_run <"$1"; } 2>/dev/null
    [ "$owner_boot" = "$boot" ] && process "$owner_pid" && [ "$owner_born" = "$born" ]
}

# Of the files lock.N the highest counts, and only while its process lives. Making the next one is one atomic step, and
# who finds a higher one than its own steps back: so two that see the same dead owner cannot both follow it.
take_lock() {
    read -r boot </proc/sys/kernel/random/boot_id
    read -r own_pid _ </proc/self/stat
    process "$own_pid"
    offer=$journal_root/lock.new.$own_pid
    rm -f "$offer"
    made=$(printf '%s\n' "$own_pid $born $boot $change_run" 2>&1 >"$offer") ||
        no_journal "$made"
    uptime_seconds
    lock_until=$((up + lock_seconds))
    while :; do
        highest_lock
        if [ "$highest" -eq 0 ] || ! alive "$journal_root/lock.$highest"; then
            mine=$((highest + 1))
            if made=$(ln "$offer" "$journal_root/lock.$mine" 2>&1); then
                highest_lock
                [ "$highest" -eq "$mine" ] && break
                rm -f "$journal_root/lock.$mine"
            elif [ ! -e "$journal_root/lock.$mine" ]; then
                rm -f "$offer"
                conclude refused "the lock cannot be made, so nothing was changed: $made"
            fi
            continue
        fi
        uptime_seconds
        if [ "$up" -ge "$lock_until" ]; then
            rm -f "$offer"
            conclude refused "the run $owner_run (process $owner_pid) is changing this machine; wait until it has ended, and run again"
        fi
        pause
    done
    rm -f "$offer"
    for path in "$journal_root"/lock.[0-9]* "$journal_root"/lock.new.*; do
        case $path in
        *.new.*) [ -d "/proc/${path##*.}" ] || rm -f "$path" ;;
        *) [ "${path##*.}" -ge "$mine" ] || rm -f "$path" ;;
        esac
    done 2>/dev/null
}

highest_lock() {
    highest=0
    for path in "$journal_root"/lock.[0-9]*; do
        path=${path##*.}
        case $path in
        *[!0-9]*) ;;
        *) [ "$path" -le "$highest" ] || highest=$path ;;
        esac
    done
}
