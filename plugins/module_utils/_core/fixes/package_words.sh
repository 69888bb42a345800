# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the package managers of all families say, and what it means.
# shellcheck disable=SC2154,SC2034 # the variables are shared with packages.sh

# planned_changes: one word per package from what the package manager said it would do: add=NAME, or, for everything
# else, its own word for it (upgrade=NAME, Removing=NAME ...). What is not known as harmless counts as a change.
planned_changes() {
    case $manager in
    apt)
        awk '
            /^Inst / { print ($3 ~ /^\[/ ? "upgrade=" : "add=") $2 }
            /^(Remv|Purg) / { print "remove=" $2 }'
        ;;
    dnf | yum)
        awk '
            /^ *Package +Arch/ { table = 1 }
            /^Transaction Summary/ { exit }
            !table { next }
            /^[A-Z][A-Za-z ]*:/ {
                kind = ($0 ~ /^Installing/) ? "add" : tolower($1)
                sub(/:$/, "", kind)
                next
            }
            / replacing / { print "replace=" $2; next }
            /^ [^ ]/ && kind { print kind "=" $1 }'
        ;;
    zypper)
        awk '
            /^The following .*going to be .*:$/ {
                kind = $(NF)
                sub(/:$/, "", kind)
                if ($0 ~ / NEW packages? /) kind = "add"
                next
            }
            !/^  / { kind = "" }
            kind { for (i = 1; i <= NF; i++) print kind "=" $i }'
        ;;
    esac
}

# cause: what the package manager's words in the log mean and what to do, in "cause".
cause() {
    cause=
    because 'No space left on device|enough free space|more space needed|needs [0-9.]+ ?[KMG]i?B.* on the|disk full' \
        "the disk is full; make room" ||
        because 'Read-only file system' "the file system is read-only; look why, and remount it" ||
        because 'Could not get lock|Unable to (lock|acquire)|locked by another|another (copy|app) is|Waiting for process|transaction lock|management is locked|Failed to obtain .*lock' \
            "the package manager is locked by another program; wait until that has ended, and run again" ||
        because 'NOKEY|GPG check FAILED|is not signed|cannot be authenticated|Signature verification failed|NO_PUBKEY' \
            "a signature could not be verified; correct the repository or its key" ||
        because 'Could not resolve|Temporary failure|Connection (refused|timed out|failed)|Could not connect|Unable to connect|Cannot download|Failed to (fetch|download)|Cannot retrieve|Cannot find a valid baseurl|Curl error|Download \(curl\) error|Timeout exceeded|Valid metadata not found|Could not retrieve mirrorlist|is invalid|no answer in time' \
            "a repository could not be reached; correct the repositories or the network" ||
        because 'Unable to locate package|no installation candidate|No match for argument|Unable to find a match|No package .*available|No provider of|not found in package names|no enabled repositories|No repositories defined' \
            "no repository of this machine has the package; add one (with apt: run apt-get update)" ||
        because 'already (the newest version|installed)' \
            "the package is installed, but its command is missing; reinstall it by hand" ||
        because . "the package manager said otherwise; look into its own log" last ||
        cause="the package manager said nothing and ended with code ${code:-unknown}"
}

# because PATTERN MEANING [last]: whether the log holds the pattern; the first such line (or the last) is quoted.
because() {
    words=$(grep -Ei -- "$1" "$record.log" 2>/dev/null) || return 1
    if [ "${3-}" ]; then
        words=${words##*"$newline"}
    fi
    cause="$2 (${words%%"$newline"*})"
}
