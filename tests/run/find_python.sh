#!/bin/sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Prints the Pythons of this machine that can build an environment, newest first: "3.13 /path/to/python3.13" a line.
# With an argument, prints the path of the newest one that is at least that version ("3.11"), or says what to install.
set -u

candidates() {
    set -f
    IFS=:
    for folder in $PATH; do
        # A shim answers for whichever version is chosen elsewhere; the real programs are listed below.
        case $folder in */shims | '') ;; *) echo "$folder" ;; esac
    done
    unset IFS
    set +f
    for folder in "${PYENV_ROOT:-${HOME:-/root}/.pyenv}"/versions/*/bin /usr/local/bin /usr/bin \
        /opt/homebrew/bin "${HOME:-/root}"/.local/bin; do
        echo "$folder"
    done
}

programs() {
    candidates | while IFS= read -r folder; do
        for program in "$folder"/python3 "$folder"/python3.[0-9] "$folder"/python3.[0-9][0-9]; do
            [ -x "$program" ] && echo "$program"
        done
    done
}

# One line for each Python, not for each of its names; none without venv and ensurepip, for a development
# version, or for a virtual environment.
usable='
import sys, os
import ensurepip, venv
v = sys.version_info
if v.releaselevel == "final" and sys.prefix == sys.base_prefix and v >= (3, 10):
    print("%d.%d %d %s" % (v[0], v[1], v[0] * 1000 + v[1], os.path.realpath(sys.executable)))
'

list_pythons() {
    programs | while IFS= read -r program; do
        "$program" -I -c "$usable" </dev/null 2>/dev/null
    done | sort -k2,2nr -k3,3 | awk '!seen[$1]++ { version = $1; $1 = $2 = ""; sub(/^ +/, ""); print version " " $0 }'
}

if [ $# -eq 0 ]; then
    list_pythons
    exit 0
fi

# Above 3.14 the gates have not been tried: such a Python is taken only where there is no other.
found=$(list_pythons | awk -v least="$1" '
    function number(version, part) { split(version, part, "."); return part[1] * 1000 + part[2] }
    number($1) < number(least) { next }
    number($1) > 3014 { untried = $0; next }
    { chosen = $0; exit }
    END { print chosen ? chosen : untried }' | sed 's/^[^ ]* //')
if [ -z "$found" ]; then
    echo "No Python $1 or newer with venv and pip was found on this machine." >&2
    echo "Install one, for example with: apt-get install python3 python3-venv, and run this again." >&2
    exit 1
fi
echo "$found"
