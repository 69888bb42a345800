# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What must not be interrupted once it has begun: it outlives this script and the connection, and is never ended.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, the other libraries and the fixes

# The transaction claims its file ".process" before it starts; who finds none there may claim it instead, and then it
# never starts.
# shellcheck disable=SC2016
transaction_program='
trap "" HUP INT
work=$1
run=$2
shift 2
read -r boot </proc/sys/kernel/random/boot_id
read -r stat </proc/self/stat
take_start_time() {
    shift 19
    born=$1
}
take_start_time ${stat##*\) }
set -C
echo "${stat%% *} $born $boot $run" >"$work.process" || exit 1
"$@" >"$work.log" 2>&1 </dev/null
echo "$?" >"$work.code"
'

# transaction COMMAND...: runs it so that it outlives this script and its connection, and waits for it; never ends it.
# Leaves its exit code in "code", empty where it was ended from outside.
transaction() {
    rm -f "$record.process" "$record.log" "$record.code"
    new_session=
    command -v setsid >/dev/null 2>&1 && new_session=setsid
    (
        # shellcheck disable=SC2086 # may be empty
        $new_session /bin/sh -c "$transaction_program" sh "$record" "$change_run" "$@" >/dev/null 2>&1 </dev/null &
    )
    tries=0
    while [ ! -s "$record.process" ] && [ "$tries" -lt 100 ]; do
        tries=$((tries + 1))
        pause
    done
    close_transaction
}

# close_transaction: waits for the transaction of the record, if there is one; afterwards none can start any more.
close_transaction() {
    (
        set -C
        echo 'never started' >"$record.process"
    ) 2>/dev/null || [ -s "$record.process" ] || sleep 1
    while [ ! -s "$record.code" ] && { alive "$record.process" || left_behind; }; do
        if time_is_over; then
            field run
            conclude running "a program of the run $value still works and is not interrupted; run again when process $owner_pid has ended"
        fi
        pause
    done
    code=
    { read -r code <"$record.code"; } 2>/dev/null
    :
}

# left_behind: whether the transaction's shell is gone, but not what it started: that still carries its session number,
# which Linux gives to no new process as long as it does.
left_behind() {
    [ "$owner_boot" = "$boot" ] || return 1
    for stat in /proc/[0-9]*/stat; do
        { read -r stat_line <"$stat"; } 2>/dev/null || continue
        # shellcheck disable=SC2086 # words are wanted
        set -- ${stat_line##*\) }
        [ "$4" = "$owner_pid" ] && [ "$1" != Z ] && [ "${20}" -ge "$owner_born" ] && return 0
    done
    return 1
}
