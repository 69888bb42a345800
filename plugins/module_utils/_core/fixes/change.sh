# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The contract of every change, sent behind the collector's library (linux.sh), which gives marks, filter and limits.
# One call is one change; its answer is lines "key: value": state, reason, the journal record, the end of the log.
#
# A fix NAME brings functions, which may end everything with "conclude STATE REASON":
#   NAME_state     sets "state" to a word for what it finds now; the plan names two such words, before and after
#   NAME_prepare   gets the plan's arguments, looks once more whether it can be done, and sets "record_lines"
#   NAME_apply     does it; from the plan's record alone NAME_settle must be able to find out later how far it came
#   NAME_settle    sets "record_lines" to what was really done, and "reason"; fails where that cannot be found out now,
#                  and then the record stays open
#   NAME_undo      undoes what the record and the fix's own code both say; sets "reason"; "undone" if it did anything
# Nothing is printed before the end: a connection that is cut must not end a change half way.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, the other libraries and the fixes

# change FIX SECONDS BEFORE AFTER [ARGUMENT...]
change() {
    kind='change'
    mark "@ change $1"
    limited "$(($2 + lock_seconds + 15))" apply_change "$@"
    finish
}

# restore RECORD FIX SECONDS FORCE
restore() {
    kind='restore'
    mark "@ restore $1"
    limited "$(($3 + lock_seconds + 15))" undo_change "$@"
    finish
}

apply_change() {
    fix=$1
    before=$3
    after=$4
    begin "$2"
    shift 4
    "${fix}_state"
    case $state in
    "$after")
        made_before
        conclude unchanged "the machine is as wanted already"
        ;;
    "$before") ;;
    *) conclude refused "expected to find the machine '$before', found it '$state': it was changed since the audit; audit it again" ;;
    esac
    name_record
    record_lines=
    "${fix}_prepare" "$@"
    write_record
    "${fix}_apply"
    settle
    if [ "$outcome" = 'done' ]; then
        conclude applied "$reason"
    fi
    conclude failed "$reason"
}

# A run may ask again, as its connection broke before it heard; or it uses the fix twice, for other things.
made_before() {
    for path in "$journal"/*".$fix.$change_run.record"; do
        [ -e "$path" ] || continue
        record=${path%.record}
        field state
        case $value in
        'done '*) conclude already_done "this run has made this change before" ;;
        esac
    done
    record=
}

undo_change() {
    fix=$2
    force=$4
    reason=
    begin "$3"
    for path in "$journal/$1.$fix."*.record; do
        record=${path%.record}
    done
    if [ ! -e "$record.record" ]; then
        record=
        conclude refused "there is no record $1 of the fix $fix in $journal"
    fi
    trusted "$record.record" || conclude refused "$distrust"
    field state
    case $value in
    'restored '*) conclude unchanged "restored before" ;;
    'planned '*) conclude refused "what was done for record $1 cannot be found out now: ${reason:-it is still open}; run again later" ;;
    esac
    reason=
    undone=
    "${fix}_undo"
    record_lines=
    append_state restored || conclude failed "it was undone, but the record could not be marked: $append_error"
    rm -f "$record.process" "$record.code" "$record.before" "$record.now" "$record.new"* "$record.old"*
    if [ "$undone" ]; then
        conclude restored "$reason"
    fi
    conclude unchanged "$reason"
}

# conclude STATE REASON: prints the answer and ends the change. The lock needs no release: it ends with its process.
conclude() {
    printf 'state: %s\n' "$1"
    printf 'reason: %s\n' "$2" | tr -s '\n\t' '  '
    echo
    if [ "$record" ] && [ -e "$record.record" ]; then
        sed 's/^/record: /' "$record.record"
    fi
    case $1 in
    failed | running) [ ! -e "$record.log" ] || tail -n 20 "$record.log" | sed 's/^/log: /' ;;
    esac
    exit 0
}

# begin SECONDS: what must hold before anything is touched.
begin() {
    record=
    [ "$effective_user" = 0 ] || conclude refused "root rights are needed, found user $effective_user; set become: true"
    open_journal
    take_lock
    uptime_seconds
    deadline=$((up + $1))
    settle_all
}

no_journal() {
    left=$(df -Pk "$journal_root" 2>/dev/null | awk 'NR == 2 { print "; its file system has " $4 " KiB left" }')
    conclude refused "nothing was changed, for the journal cannot be kept: $1$left"
}

uptime_seconds() {
    read -r up _ </proc/uptime
    up=${up%%.*}
}

time_is_over() {
    uptime_seconds
    [ "$up" -ge "$deadline" ]
}

pause() {
    sleep 0.1 2>/dev/null || sleep 1
}

# settle: finds out what a planned change did, and closes its record; "outcome" is done or failed.
settle() {
    reason=
    record_lines=
    outcome=failed
    "${fix}_settle" || return 0
    "${fix}_state"
    field after
    [ "$state" = "$value" ] && outcome='done'
    if append_state "$outcome"; then
        rm -f "$record.process" "$record.code" "$record.before" "$record.now" "$record.new"*
    else
        reason="${reason:+$reason; }the journal record $record.record could not be completed ($append_error); it is completed by the next run"
    fi
}

# A run that was killed leaves a planned record: its transaction may still be at work, or have ended since.
settle_all() {
    own_fix=$fix
    for path in "$journal"/[0-9]*.record; do
        [ -e "$path" ] || continue
        trusted "$path" || conclude refused "$distrust"
        record=${path%.record}
        field state
        case $value in
        'planned '*) close_transaction ;;
        *)
            # A restore that was cut off may have left one, too.
            if [ -e "$record.process" ]; then
                close_transaction
                rm -f "$record.process" "$record.code"
            fi
            if [ -e "$record.undo" ] && command -v file_sweep >/dev/null 2>&1; then
                file_sweep
            fi
            continue
            ;;
        esac
        fix=${record##*/}
        fix=${fix#*.}
        fix=${fix%%.*}
        if command -v "${fix}_settle" >/dev/null 2>&1; then
            settle
        fi
    done
    fix=$own_fix
    record=
}
