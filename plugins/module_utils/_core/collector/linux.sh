# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The collector's library for Linux. The composer sends it to the machine in one block, followed by one line per read
# and the call of "collect"; it only reads, writes no file and prints nothing but the recording.
#
# How it works: the reads run one after the other, each as a child with a time limit; what they print, and the marks
# between them, go through one awk ("filter.awk") that puts a space before every line of an answer, so that no content
# can pass for a mark, redacts secrets, and cuts what is too long. Marks reach it behind a random word that no content
# can know. A ticker interrupts the waiting shell every second: that is the clock of the limits, for "timeout"
# is missing on old systems and would itself wait for a child that a dead NFS server holds.

LC_ALL=C
LANG=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
# Programs that are written in Python, as ntpq of NTPsec, would leave compiled files behind.
PYTHONDONTWRITEBYTECODE=1
export LC_ALL LANG PATH PYTHONDONTWRITEBYTECODE
unset CDPATH ENV BASH_ENV GREP_OPTIONS
umask 077

# Seconds for all reads and for one, bytes for one answer; the composer sets its own behind the library.
time_limit=60
read_limit=5
size_limit=1048576

now() {
    date -u +%s.%N
}

mark() {
    printf '\n%s %s\n' "$word" "$*"
}

# shellcheck disable=SC2154 # the composer assigns the text of filter.awk
collect() {
    collect_reads_in_order | awk -v "limit=$size_limit" "$filter_program"
}

collect_reads_in_order() {
    # What the shell itself says of killed children must not get into the recording where a terminal mixes both. It is
    # "exec", for a redirected call would keep a copy of the real standard error in every child, and a child that cannot
    # be killed would hold the connection open with it.
    exec 2>/dev/null
    read -r word </proc/sys/kernel/random/uuid
    printf '%s\n' "$word"
    read -r shell_pid _ </proc/self/stat
    while read -r key _ effective_user _; do
        [ "$key" = Uid: ] && break
    done </proc/self/status
    mark "@@ preflight-recording 1"
    mark "@@ platform linux"
    mark "@@ user $effective_user"
    mark "@@ started $(now)"
    ticks=0
    trap 'ticks=$((ticks + 1))' USR1
    {
        trap - USR1
        while sleep 1 && kill -USR1 "$shell_pid"; do :; done
    } >/dev/null 2>&1 &
    ticker=$!
    reads
    # mksh ignores a polite signal here.
    kill -KILL "$ticker"
    mark "@@ finished $(now)"
    # mawk waits until its buffer is full or every writer is gone, and a child that cannot be killed never goes.
    printf '%65536s\n' ''
}

# limited SECONDS COMMAND...: runs a child; leaves its exit code in "code", and in "reason" why there is none.
limited() {
    deadline=$((ticks + $1))
    shift
    reason=
    if [ "$ticks" -ge "$time_limit" ]; then
        code=-
        reason=not_run
        return
    fi
    "$@" 2>&1 &
    child=$!
    while :; do
        ticks_before=$ticks
        wait "$child"
        code=$?
        # A tick ends the wait early; then only a child that is gone has really answered.
        [ "$ticks" -eq "$ticks_before" ] && return
        if ! kill -0 "$child" 2>/dev/null; then
            wait "$child"
            code_again=$?
            [ "$code_again" -eq 127 ] || code=$code_again
            return
        fi
        if [ "$ticks" -gt "$deadline" ] || [ "$ticks" -ge "$time_limit" ]; then
            kill_with_descendants "$child"
            code=-
            reason=timed_out
            return
        fi
    done
}

# A child that a dead file system holds cannot be killed and is not waited for: the signal stays pending, and what it
# might still print has no reader.
kill_with_descendants() {
    victims=" $1 "
    found=yes
    while [ "$found" ]; do
        found=
        for stat in /proc/[0-9]*/stat; do
            { read -r stat_line <"$stat"; } 2>/dev/null || continue
            pid=${stat_line%% *}
            parent=${stat_line##*\) ? }
            parent=${parent%% *}
            case $victims in
            *" $pid "*) ;;
            *" $parent "*)
                victims="$victims$pid "
                found=yes
                ;;
            esac
        done
    done
    for pid in $victims; do
        kill -KILL "$pid" 2>/dev/null
    done
}

# The children of file reads say absent and unreadable by these exit codes.
is_absent=3
is_unreadable=4

finish() {
    case $kind:$code in
    command:* | *:0 | *:-) ;;
    *:"$is_absent")
        code=-
        reason=absent
        ;;
    *:"$is_unreadable")
        code=-
        reason=unreadable
        ;;
    esac
    mark "@ end $code${reason:+ $reason}"
}

read_file() {
    kind='file'
    mark "@ file $1"
    limited "${2:-$read_limit}" answer_file "$1"
    finish
}

answer_file() {
    exists "$1" || exit $?
    [ -r "$1" ] && [ ! -d "$1" ] || exit "$is_unreadable"
    cat -- "$1" 2>/dev/null || exit "$is_unreadable"
    exit 0
}

# exists PATH: 0, is_absent, or is_unreadable where a directory on the way may not be searched.
exists() {
    [ -e "$1" ] || [ -L "$1" ] && return 0
    directory=${1%/*}
    while [ "$directory" ] && [ ! -e "$directory" ]; do
        directory=${directory%/*}
    done
    [ -x "${directory:-/}" ] && return "$is_absent"
    return "$is_unreadable"
}

read_values() {
    kind=values
    mark "@ values $*"
    limited "$read_limit" answer_values "$@"
    finish
}

answer_values() {
    for pattern in "$@"; do
        expand "$pattern"
        for path in $expanded; do
            unset line
            { read -r line <"$path"; } 2>/dev/null
            if [ "${line+set}" ]; then
                printf '%s\t%s\n' "$path" "$line"
            else
                printf '%s\n' "$path"
            fi
        done
    done
    exit "$worst"
}

read_names() {
    kind=names
    mark "@ names $*"
    limited "$read_limit" answer_names "$@"
    finish
}

answer_names() {
    for pattern in "$@"; do
        expand "$pattern"
        for path in $expanded; do
            printf '%s\n' "$path"
        done
    done
    exit "$worst"
}

read_directories() {
    kind=directories
    mark "@ directories $*"
    limited "$read_limit" answer_directories "$@"
    finish
}

answer_directories() {
    for pattern in "$@"; do
        expand "$pattern"
        for path in $expanded; do
            if cd -P "$path" 2>/dev/null; then
                printf '%s\t%s\n' "$path" "$(pwd -P)"
            fi
        done
    done
    exit "$worst"
}

# expand PATTERN: the existing paths, one a line, in "expanded"; "worst" becomes is_unreadable where a directory that
# the pattern begins with cannot be listed, for then "no match" means nothing.
worst=0
newline='
'
expand() {
    IFS=
    expanded=
    for path in $1; do
        if [ -e "$path" ] || [ -L "$path" ]; then
            expanded="$expanded$path$newline"
        fi
    done
    IFS=$newline
    base=${1%%[*?[]*}
    base=${base%/*}
    if [ -z "$expanded" ] && [ -d "${base:-/}" ] && ! { [ -r "${base:-/}" ] && [ -x "${base:-/}" ]; }; then
        worst=$is_unreadable
    fi
}

# read_command NAME COMMAND-LINE [SECONDS]
read_command() {
    kind='command'
    mark "@ command $1"
    if command -v "${2%% *}" >/dev/null 2>&1; then
        limited "${3:-$read_limit}" eval "$2"
    else
        code=-
        reason=absent
    fi
    finish
}
