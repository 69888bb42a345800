# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What stands in a file that a fix changes, and what forbids to change it.
#
#   file_state PATH      sets "file_word", by which the fix's NAME_state names what stands in the file
#   file_obstacle PATH   sets "obstacle" and fails where the file must not or cannot be replaced
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and the fixes

# Who alone may be able to write to a directory where a file is replaced.
directory_owner=0

# checksum PATH: CRC and size as one word in "sum", "none" where there is nothing.
checksum() {
    sum=none
    if [ -f "$1" ]; then
        sum=$(cksum 2>/dev/null <"$1") || sum='not readable'
        # shellcheck disable=SC2086 # words are wanted
        set -- $sum
        sum=$1-$2
    elif [ -e "$1" ] || [ -L "$1" ]; then
        sum=no-file
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
    else
        look_at_rights "$1"
        look_at_flags "$1"
        look_at_mounts "$1"
        [ "$obstacle" ] || [ -w "$directory" ] || obstacle="its directory $directory cannot be written"
    fi
    [ -z "$obstacle" ]
}

# The file itself may be mounted there, and the file system that it is on be read-only; not every shell's "test" tells.
look_at_mounts() {
    mounts=$(awk -v "path=$1" '
        $5 == path { own = 1 }
        $5 == "/" || index(path, $5 "/") == 1 {
            if (length($5) >= longest) readonly = $6 ~ /^ro(,|$)/ || $NF ~ /^ro(,|$)/
            if (length($5) >= longest) longest = length($5)
        }
        END { print own ? "own" : readonly ? "readonly" : "" }' /proc/self/mountinfo)
    case $mounts in
    own) obstacle="it is a mount point of its own; change it where it comes from" ;;
    readonly) obstacle="its file system is mounted read-only; find out why, and mount it writable" ;;
    esac
}

# Who else can write to the directory could put a link in the place of what is written there.
look_at_rights() {
    # shellcheck disable=SC2046 # words are wanted
    set -- "$1" $(ls -ldn "$directory/.")
    case $2/$5 in
    ????????w* | ?????w*/[!0]*) obstacle="others than root can write to $directory ($2)" ;;
    esac
    [ "$4" = "$directory_owner" ] || obstacle="its directory $directory belongs to user $4"
    [ -e "$1" ] || return 0
    # shellcheck disable=SC2046 # words are wanted
    set -- $(ls -ldn "$1")
    [ "$2" -eq 1 ] || obstacle="it has $2 hard links, and replacing it would separate them"
}

look_at_flags() {
    for path_with_flags in "$directory" "$1"; do
        flags=$(lsattr -d "$path_with_flags" 2>/dev/null)
        case ${flags%% *} in
        *[ia]*) obstacle="$path_with_flags is immutable or append-only (lsattr: ${flags%% *}); take that away with chattr if it may be changed" ;;
        esac
    done
}
