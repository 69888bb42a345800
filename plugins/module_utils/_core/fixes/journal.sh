# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The journal of the changes on the machine: one record a change, lines "key: value" that people and sh can read, with
# a line "state: planned|done|failed|restored TIME" for everything that became of it. Beside a record NUMBER.FIX.RUN.record
# may lie what the change still needs, and the log of what the machine's own tools said.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, the other libraries and the fixes

journal_root=/var/lib/preflight.azure
journal=$journal_root/journal

open_journal() {
    for path in / /var /var/lib "$journal_root" "$journal"; do
        if [ ! -e "$path" ] && [ ! -L "$path" ]; then
            # Another run may make it at the same time.
            made=$(mkdir -m 700 "$path" 2>&1) || [ -d "$path" ] ||
                no_journal "$made"
        fi
        trusted "$path" || conclude refused "$distrust"
        [ -d "$path" ] || no_journal "$path is no directory"
    done
    read -r own_pid _ </proc/self/stat
    trial=$journal_root/.writable.$own_pid
    probe=$(dd if=/dev/null of="$trial" 2>&1 && rm "$trial" 2>&1) ||
        no_journal "$probe"
}

# trusted PATH: whether nobody but root can change it; "distrust" says why not.
trusted() {
    listed=$(ls -ldn "$1")
    # shellcheck disable=SC2086 # words are wanted
    set -- "$1" $listed
    case $2 in
    l*) distrust="is a symbolic link" ;;
    ?????w* | ????????w*) distrust="can be written by others than its owner ($2)" ;;
    *)
        [ "$4" = 0 ] && return 0
        distrust="belongs to user $4"
        ;;
    esac
    distrust="the journal is not trusted, so nothing was changed: expected that only root can write $1, but it $distrust; look who made it, and remove or correct it"
    return 1
}

# field KEY: the last value of a key of the record, in "value". A line that was cut off is not read.
field() {
    value=
    while read -r key text; do
        [ "$key" = "$1:" ] && value=$text
    done <"$record.record"
    :
}

name_record() {
    number=0
    for path in "$journal"/[0-9]*.record; do
        [ -e "$path" ] || continue
        number=${path##*/}
        number=${number%%.*}
    done
    while :; do
        case $number in
        0?*) number=${number#0} ;;
        *) break ;;
        esac
    done
    number=$(printf '%06d' $((number + 1)))
    record=$journal/$number.$fix.$change_run
    rm -f "$journal/$number".*
}

time_now() {
    date -u +%Y-%m-%dT%H:%M:%SZ
}

# A record begins as "planned", in one write that must not fail; without that line the change was never begun.
write_record() {
    append_error=$(
        set -C
        printf '%s\n' "record: $number" "fix: $fix" "run: $change_run" "catalogue: $change_catalogue" \
            "time: $(time_now)" "before: $before" "after: $after" 2>&1 >"$record.record"
    ) && append_state planned && return
    rm -f "$record".*
    record=
    no_journal "$append_error"
}

# append_state STATE: adds "record_lines" and the state to the record and flushes it to the disk.
append_state() {
    ended=
    [ -z "$(tail -c 1 "$record.record" 2>&1)" ] || ended=$newline
    append_error=$(printf '%s%sstate: %s\n' "$ended" "$record_lines" "$1 $(time_now)" 2>&1 >>"$record.record") || return 1
    flush "$record.record"
}

# Never "sync": it waits for every file system, a dead NFS mount included.
flush() {
    append_error=$(dd if=/dev/null of="$1" conv=notrunc,fsync 2>&1)
}
