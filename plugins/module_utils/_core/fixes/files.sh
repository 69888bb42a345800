# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Changing files, for every fix that needs it. The planner sends what becomes of a file, its checksum before and after;
# a file is replaced in one step or not at all, keeps owner, rights, times and SELinux context as far as they did not
# have to change, and its old self is kept beside the record until it is restored.
#
#   file_state PATH      sets "file_word", by which the fix's NAME_state names what stands in the file
#   file_prepare ...     the arguments as file_change.py makes them, once per file; adds to "record_lines"
#   file_apply           replaces all files of the record; sets "file_error" and fails where one could not be
#   file_settle          takes away what a killed run left; adds to "reason"
#   file_may_undo PATH...  refuses, before anything was undone, where one of the files was changed since
#   file_undo PATH...    brings them back; only those that the fix's own code names
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and the fixes

# checksum PATH: CRC and size as one word in "sum", "none" where there is no file.
checksum() {
    sum=none
    if [ -e "$1" ] || [ -L "$1" ]; then
        sum=$(cksum <"$1" 2>/dev/null) || sum='unreadable -'
        # shellcheck disable=SC2086 # words are wanted
        set -- $sum
        sum=$1-$2
    fi
}

file_state() {
    checksum "$1"
    file_word="$1 $sum"
}

# file_obstacle PATH: why the file must not or cannot be replaced, in "obstacle".
file_obstacle() {
    obstacle=
    directory=${1%/*}
    if [ ! -d "$directory" ]; then
        obstacle="the directory $directory does not exist"
    elif [ -L "$1" ]; then
        obstacle="it is a symbolic link; change what it points to by hand"
    elif [ -e "$1" ] && [ ! -f "$1" ]; then
        obstacle="it is no regular file"
    elif grep -q "^[^ ]* [^ ]* [^ ]* [^ ]* $1 " /proc/self/mountinfo; then
        obstacle="it is a mount point of its own; change it where it comes from"
    elif [ -e "$1" ]; then
        listed=$(ls -ldn "$1")
        flags=$(lsattr -d "$1" 2>/dev/null)
        # shellcheck disable=SC2086 # words are wanted
        set -- "$1" $listed
        [ "$3" -eq 1 ] || obstacle="it has $3 hard links, and replacing it would separate them"
        case ${flags%% *} in
        *i* | *a*) obstacle="it is immutable (lsattr: ${flags%% *}); take that away with chattr if it may be changed" ;;
        esac
    fi
    [ -z "$obstacle" ]
}

# file_prepare PATH BEFORE AFTER HEAD TAIL MIDDLE: BEFORE and AFTER are checksums, "none" for no file; the new content
# is the first HEAD bytes of the old one, MIDDLE (as printf's %b reads it), and the last TAIL bytes of the old one.
file_prepare() {
    file_obstacle "$1" || conclude refused "$1 cannot be replaced, nothing was changed: $obstacle"
    checksum "$1"
    [ "$sum" = "$2" ] || conclude refused "$1 was changed since the audit, so nothing was changed; audit it again"
    file_number=$((${file_number:-0} + 1))
    kept=$record.old$file_number
    fresh=$record.new$file_number
    if [ "$2" != none ]; then
        if ! append_error=$(copy_with_attributes "$1" "$kept" 2>&1) || ! flush "$kept"; then
            drop_files
        fi
    fi
    if ! append_error=$(
        {
            [ "$4" = 0 ] || head -c "$4" "$kept"
            printf '%b' "$6"
            [ "$5" = 0 ] || tail -c "$5" "$kept"
        } 2>&1 >"$fresh"
    ) || ! flush "$fresh"; then
        drop_files
    fi
    checksum "$fresh"
    [ "$sum" = "$3" ] || {
        append_error="the new content of $1 does not have the checksum that was planned, $3, but $sum"
        drop_files
    }
    record_lines="${record_lines}file: $file_number $2 $3 $1$newline"
}

drop_files() {
    rm -f "$record".*
    record=
    no_journal "$append_error"
}

# Old versions of cp and busybox keep no context and no attributes; then the plain ones are kept.
copy_with_attributes() {
    cp -a "$1" "$2" 2>/dev/null || cp -p "$1" "$2"
}

file_apply() {
    file_error=
    while read -r key file_number from to path; do
        [ "$key" = file: ] || continue
        fresh=$record.new$file_number
        replace_file "$path" "$path" "$fresh" "$to" || return 1
    done <"$record.record"
}

# replace_file PATH ATTRIBUTES-FROM CONTENT-FROM CHECKSUM: in one step, and flushed before it.
replace_file() {
    temporary_for "$1"
    file_error=$(
        {
            rm -f "$temporary"
            if [ -e "$2" ]; then
                copy_with_attributes "$2" "$temporary"
                [ "$2" = "$3" ] || cat "$3" >"$temporary"
            else
                (umask 022 && cat "$3" >"$temporary")
            fi
            checksum "$temporary"
            [ "$sum" = "$4" ] || echo "it could not be written whole"
        } 2>&1
    )
    if [ -z "$file_error" ] && flush "$temporary"; then
        if file_error=$(mv -f "$temporary" "$1" 2>&1); then
            [ "$1" = "$2" ] || restorecon "$1" >/dev/null 2>&1
            return 0
        fi
    fi
    file_error="$1 was not changed: ${file_error:-$append_error}"
    rm -f "$temporary"
    return 1
}

# The name depends on the record alone, so that what a killed run left is found.
temporary_for() {
    temporary=${record##*/}
    temporary=${1%/*}/.preflight.azure.${temporary%%.*}
}

file_settle() {
    while read -r key file_number from to path; do
        [ "$key" = file: ] || continue
        temporary_for "$path"
        rm -f "$temporary"
        checksum "$path"
        case $sum in
        "$to") reason="${reason:+$reason; }wrote $path" ;;
        "$from") reason="${reason:+$reason; }${file_error:-$path is as before}" ;;
        *) reason="${reason:+$reason; }$path is neither as before nor as planned" ;;
        esac
    done <"$record.record"
}

file_may_undo() {
    while read -r key file_number from to path; do
        [ "$key" = file: ] || continue
        owned_file "$path" "$@" || continue
        checksum "$path"
        [ "$sum" != "$from" ] || continue
        if [ "$sum" != "$to" ] && [ "$force" != yes ]; then
            conclude refused "$path was changed since, so nothing was undone: undo it by hand (it was $(before_in_words)), or restore with force: true"
        fi
        file_obstacle "$path" || [ "$sum" = none ] ||
            conclude refused "$path cannot be replaced, nothing was undone: $obstacle"
        if [ "$from" != none ]; then
            checksum "$record.old$file_number"
            [ "$sum" = "$from" ] ||
                conclude refused "$record.old$file_number is not what was kept of $path, so nothing was undone; restore it from a backup"
        fi
    done <"$record.record"
}

before_in_words() {
    if [ "$from" = none ]; then
        echo "not there before"
    else
        echo "as in $record.old$file_number before"
    fi
}

# owned_file PATH NAMED...: whether the path is one of those that the fix's code names.
owned_file() {
    looked_for=$1
    shift
    for named in "$@"; do
        [ "$looked_for" = "$named" ] && return
    done
    return 1
}

file_undo() {
    while read -r key file_number from to path; do
        [ "$key" = file: ] || continue
        owned_file "$path" "$@" || continue
        checksum "$path"
        [ "$sum" != "$from" ] || continue
        if [ "$from" = none ]; then
            file_error=$(rm -f "$path" 2>&1)
        else
            replace_file "$path" "$record.old$file_number" "$record.old$file_number" "$from"
        fi || conclude failed "$file_error"
        undone=yes
        reason="${reason:+$reason; }brought back $path"
    done <"$record.record"
}
