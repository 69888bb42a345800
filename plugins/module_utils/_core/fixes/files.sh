# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Changing files, for every fix that needs it. The planner sends what becomes of a file, its checksum before and after;
# a file is replaced in one step or not at all, keeps owner, rights, ACL, extended attributes and SELinux context, and
# its old self is kept beside the record until it is restored. Looking at files: files_look.sh; bringing them back:
# files_undo.sh.
#
#   file_prepare ...     the arguments as file_change.py makes them, once per file; adds to "record_lines". It refuses;
#                        but where the record is written already (a second step of a compound fix) it fails instead,
#                        with "file_error": then the fix goes no further
#   file_apply           replaces all files of the record that are not yet; sets "file_error" and fails where one
#                        could not be
#   file_settle          takes away what a killed run left; adds to "reason"
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and the fixes

# file_prepare PATH BEFORE AFTER HEAD TAIL MIDDLE: BEFORE and AFTER are checksums, "none" for no file; the new content
# is the first HEAD bytes of the old one, MIDDLE (as printf's %b reads it), and the last TAIL bytes of the old one.
file_prepare() {
    file_number=$((${file_number:-0} + 1))
    kept=$record.old$file_number
    fresh=$record.new$file_number
    if ! file_obstacle "$1"; then
        cannot_prepare "$1 cannot be replaced, nothing was changed: $obstacle"
        return 1
    fi
    checksum "$1"
    if [ "$sum" = "$2" ] && [ "$sum" != none ]; then
        if ! append_error=$(copy_with_attributes "$1" "$kept" 2>&1) || ! flush "$kept"; then
            cannot_prepare
            return 1
        fi
        checksum "$kept"
    fi
    if [ "$sum" != "$2" ]; then
        cannot_prepare "$1 was changed since the audit, so nothing was changed; audit it again"
        return 1
    fi
    if ! append_error=$(new_content "$4" "$5" "$6" 2>&1 >"$fresh") || ! flush "$fresh"; then
        cannot_prepare
        return 1
    fi
    checksum "$fresh"
    if [ "$sum" != "$3" ]; then
        cannot_prepare "nothing was changed, for the new content of $1 came out as $sum and not as $3, as planned; report this as an error of the collection"
        return 1
    fi
    record_lines="${record_lines}file: $file_number $2 $3 $1$newline"
}

new_content() {
    { [ "$1" = 0 ] || head -c "$1" "$kept"; } && printf '%b' "$3" && { [ "$2" = 0 ] || tail -c "$2" "$kept"; }
}

# cannot_prepare [REASON]: without a reason it is the journal that cannot be kept.
cannot_prepare() {
    if [ -e "$record.record" ]; then
        rm -f "$kept" "$fresh"
        file_error=${1:-$append_error}
        return
    fi
    rm -f "$record".*
    record=
    [ "$1" ] || no_journal "$append_error"
    conclude refused "$1"
}

# Old versions of cp and busybox keep no context and no attributes; then the plain ones are kept.
copy_with_attributes() {
    cp -a "$1" "$2" 2>/dev/null || cp -p "$1" "$2"
}

file_apply() {
    file_error=
    while read -r key nth from to path; do
        [ "$key" = file: ] || continue
        checksum "$path"
        [ "$sum" != "$to" ] || continue
        replace_file "$path" "$path" "$record.new$nth" "$from" "$to" || return 1
        [ "$from" != none ] || restorecon "$path" >/dev/null 2>&1
    done <"$record.record"
}

# replace_file PATH ATTRIBUTES-FROM CONTENT-FROM BEFORE AFTER: in one step, flushed before it, and only as long as the
# file is what it was expected to be.
replace_file() {
    temporary_for "$1"
    file_error=$(write_temporary "$@" 2>&1)
    if [ -z "$file_error" ] && flush "$temporary"; then
        checksum "$1"
        if [ "$sum" != "$4" ]; then
            file_error="somebody else is changing it"
        elif file_error=$(mv -f "$temporary" "$1" 2>&1); then
            return 0
        fi
    fi
    file_error="$1 was not changed: ${file_error:-$append_error}"
    rm -f "$temporary"
    return 1
}

# Says nothing where all went well.
write_temporary() {
    rm -f "$temporary"
    if [ -e "$2" ]; then
        copy_with_attributes "$2" "$temporary"
        [ "$2" = "$3" ] || cat "$3" >"$temporary"
        keep_flags "$1"
    else
        (umask 022 && cat "$3" >"$temporary")
    fi
    checksum "$temporary"
    [ "$sum" = "$5" ] || echo "it could not be written whole"
}

# Those that lsattr shows and no copy takes along; a file system that cannot set one of them does without.
keep_flags() {
    flags=$(lsattr -d "$1" 2>/dev/null | sed 's/ .*//; s/[^AcCdDjmPsStTu]//g')
    [ -z "$flags" ] || chattr "+$flags" "$temporary" >/dev/null 2>&1
}

# The name depends on the record alone, so that what a killed run left is found.
temporary_for() {
    temporary=${record##*/}
    temporary=${1%/*}/.preflight.azure.${temporary%%.*}
}

file_settle() {
    file_sweep
    while read -r key nth from to path; do
        [ "$key" = file: ] || continue
        checksum "$path"
        case $sum in
        "$to")
            [ "$from" != none ] || restorecon "$path" >/dev/null 2>&1
            reason="${reason:+$reason; }wrote $path"
            ;;
        "$from") [ "$file_error" ] || reason="${reason:+$reason; }$path is as before" ;;
        *) reason="${reason:+$reason; }$path is neither as before nor as planned" ;;
        esac
    done <"$record.record"
    [ -z "$file_error" ] || reason="${reason:+$reason; }$file_error"
}

# file_sweep: takes away what a run that was killed while it wrote left beside the files of the record.
file_sweep() {
    while read -r key nth from to path; do
        [ "$key" = file: ] || continue
        temporary_for "$path"
        rm -f "$temporary"
    done <"$record.record"
    rm -f "$record.undo"
}
