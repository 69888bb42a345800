# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# UUIDs in the place of device names. The planner sends pairs of words; what is between them is edited here, for these
# files can hold password hashes, which never leave the machine. Every file is edited in itself, the generated ones as
# well as what they are generated from: so a menu differs from the one before by these words alone, and nobody's own
# changes to it are lost.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and files.sh

# boot_device_paths: the files that are there, each once, one a line, in "paths"; a link to another of them is left out.
boot_device_paths() {
    paths=
    set --
    for path in $boot_device_files; do
        [ -f "$path" ] && set -- "$@" "$path"
    done
    for path in "$@"; do
        if [ -L "$path" ]; then
            for other in "$@"; do
                # shellcheck disable=SC3013 # every sh that systems come with knows it
                [ ! -L "$other" ] && [ "$path" -ef "$other" ] && continue 2
            done
        fi
        paths="$paths$path$newline"
    done
}

# with_boot_files COMMAND: runs it with all these files as its arguments.
with_boot_files() {
    boot_device_paths
    usual_ifs=$IFS
    IFS=$newline
    # shellcheck disable=SC2086 # one path a line
    set -- "$1" $paths
    IFS=$usual_ifs
    "$@"
}

boot_devices_state() {
    with_boot_files take_boot_words
}

take_boot_words() {
    state=
    [ $# -eq 0 ] || state=$(awk "$boot_words_program" "$@" | sed 's/.* //' | sort -u | tr '\n' ' ')
    state=${state% }
    : "${state:=none}"
}

# boot_devices_prepare PAIR...: "OLD NEW" each.
boot_devices_prepare() {
    boot_pairs=
    for pair in "$@"; do
        boot_pairs="$boot_pairs$pair$newline"
    done
    export boot_pairs
    file_number=0
    with_boot_files prepare_boot_files
    unset boot_pairs
}

prepare_boot_files() {
    for boot_file in "$@"; do
        prepare_boot_file "$boot_file"
    done
}

# prepare_boot_file PATH: keeps the file and makes its new content, if it has something to change.
prepare_boot_file() {
    fresh=$record.new$((file_number + 1))
    kept=$record.old$((file_number + 1))
    kind=${1##*/}
    ended=
    [ -s "$1" ] || return 0
    [ -n "$(tail -c 1 "$1")" ] || ended=yes
    append_error=$(awk -v "kind=$kind" -v "ended=$ended" "$boot_edit_program" "$1" 2>&1 >"$fresh") || {
        [ "$append_error" ] && cannot_prepare
        refuse_boot_file "$1 has no room for the longer names; shorten what stands in it, for example with grub2-editenv"
    }
    checksum "$fresh"
    to=$sum
    checksum "$1"
    from=$sum
    if [ "$to" = "$from" ]; then
        rm -f "$fresh"
        return 0
    fi
    file_obstacle "$1" || refuse_boot_file "$1 cannot be replaced: $obstacle"
    if ! append_error=$(copy_with_attributes "$1" "$kept" 2>&1) || ! flush "$kept" || ! flush "$fresh"; then
        cannot_prepare
    fi
    checksum "$kept"
    [ "$sum" = "$from" ] || refuse_boot_file "$1 changes at this moment; run again later"
    case $kind in
    *.cfg) understood_by_grub "$1" "$fresh" || refuse_boot_file "GRUB would not understand $1 any more: $obstacle" ;;
    esac
    file_number=$((file_number + 1))
    record_lines="${record_lines}file: $file_number $from $to $1$newline"
}

# understood_by_grub OLD NEW: whether GRUB's own checker takes the new file, if it takes the old one.
understood_by_grub() {
    for checker in grub2-script-check grub-script-check; do
        command -v "$checker" >/dev/null 2>&1 || continue
        "$checker" "$1" >/dev/null 2>&1 || return 0
        obstacle=$("$checker" "$2" 2>&1 | sed 's/.*\///' | head -n 1)
        "$checker" "$2" >/dev/null 2>&1
        return
    done
}

refuse_boot_file() {
    cannot_prepare "nothing was changed: $1"
}

boot_devices_apply() {
    file_apply && return
    failed=$file_error
    with_boot_files file_undo
    reason=
    file_error=$failed
}

boot_devices_settle() {
    file_settle
    case $reason in
    *"wrote /boot"* | *"wrote /etc/default"* | *"wrote /etc/kernel"*)
        reason="$reason; the running kernel keeps its arguments until the machine is started again"
        ;;
    esac
}

boot_devices_undo() {
    with_boot_files file_may_undo
    with_boot_files file_undo
}
