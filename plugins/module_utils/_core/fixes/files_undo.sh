# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Bringing files back that files.sh changed.
#
#   file_may_undo PATH...  refuses, before anything was undone, where one of the files was changed since
#   file_undo PATH...      brings them back; only those that the fix's own code names, whatever the record says
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh, files.sh and the fixes

file_may_undo() {
    while read -r key nth from to path; do
        [ "$key" = file: ] || continue
        owned_file "$path" "$@" || continue
        checksum "$path"
        [ "$sum" != "$from" ] || continue
        if [ "$sum" != "$to" ] && [ "$force" != yes ]; then
            conclude refused "$path was changed since, so nothing was undone: undo it by hand (it was $(before_in_words)), or restore with force: true"
        fi
        file_obstacle "$path" || conclude refused "$path cannot be replaced, nothing was undone: $obstacle"
        [ "$from" = none ] || kept_is_whole ||
            conclude refused "$kept is not what was kept of $path, so nothing was undone; restore it from a backup"
    done <"$record.record"
}

before_in_words() {
    if [ "$from" = none ]; then
        echo "not there before"
    else
        echo "as in $record.old$nth before"
    fi
}

# kept_is_whole: whether the copy that the record names is the one that was made, as far as that can be told.
kept_is_whole() {
    kept=$record.old$nth
    case $nth in
    '' | *[!0-9]*) return 1 ;;
    esac
    checksum "$kept"
    [ ! -L "$kept" ] && [ "$sum" = "$from" ]
}

# owned_file PATH NAMED...: whether the path is one of those that the fix's code names.
owned_file() {
    looked_for=$1
    shift
    for named in "$@"; do
        [ "$looked_for" != "$named" ] || return 0
    done
    return 1
}

file_undo() {
    # By this the next run knows that it has to look for what is left where this one is killed.
    (: >"$record.undo") 2>/dev/null
    while read -r key nth from to path; do
        [ "$key" = file: ] || continue
        if ! owned_file "$path" "$@"; then
            reason="${reason:+$reason; }left $path alone, which this fix does not own"
            continue
        fi
        checksum "$path"
        if [ "$sum" = "$from" ]; then
            reason="${reason:+$reason; }$path is as before"
            continue
        fi
        [ "$sum" = "$to" ] || [ "$force" = yes ] || conclude failed "somebody else is changing $path; restore again"
        bring_back || conclude failed "$file_error"
        undone=yes
    done <"$record.record"
    file_sweep
}

bring_back() {
    if [ "$from" = none ]; then
        file_error=$(rm -f "$path" 2>&1) || return 1
        reason="${reason:+$reason; }removed $path"
    else
        kept_is_whole || {
            file_error="$kept is not what was kept of $path; restore it from a backup"
            return 1
        }
        checksum "$path"
        replace_file "$path" "$kept" "$kept" "$sum" "$from" || return 1
        reason="${reason:+$reason; }brought back $path"
    fi
}
