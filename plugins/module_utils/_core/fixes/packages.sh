# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installing one package and taking it away again, for every fix that needs it. The promise: after restore the same
# packages in the same versions. So the package manager is asked first what it would do, and anything but adding
# packages that the fix names as its own ("owned", in the fix's code, between spaces) is refused.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and the fixes

simulation_seconds=120

# package_prepare PACKAGE MANAGER
package_prepare() {
    package=$1
    manager=$2
    program=$manager
    [ "$manager" = apt ] && program=apt-get
    case $manager in
    apt | dnf | yum | zypper) ;;
    *) conclude refused "expected apt-get, dnf, yum or zypper, found no package manager; install $package by hand" ;;
    esac
    command -v "$program" >/dev/null 2>&1 ||
        conclude refused "the package manager $program is not there any more; audit the machine again"
    DEBIAN_FRONTEND=noninteractive
    APT_LISTCHANGES_FRONTEND=none
    NEEDRESTART_SUSPEND=1
    export DEBIAN_FRONTEND APT_LISTCHANGES_FRONTEND NEEDRESTART_SUSPEND
    within "$simulation_seconds" "$record.log" simulate_install
    adding=
    changing=
    foreign=
    for planned in $(planned_changes <"$record.log"); do
        name=${planned##*=}
        case $planned in
        add=*)
            adding="$adding $name"
            case $owned in
            *" ${name%%:*} "*) ;;
            *) foreign="$foreign $name" ;;
            esac
            ;;
        *) changing="$changing, ${planned%%=*} $name" ;;
        esac
    done
    case $adding$changing in
    *" $package"*) ;;
    *)
        cause
        rm -f "$record".*
        record=
        conclude refused "$package cannot be installed, nothing was changed: $cause"
        ;;
    esac
    rm -f "$record.log"
    [ -z "$changing" ] ||
        conclude refused "nothing was changed, for the installation of $package would also$changing; decide about these, and install $package by hand"
    [ -z "$foreign" ] ||
        conclude refused "nothing was changed, for the installation of $package would add packages that this fix does not own and could not take away again:$foreign; install $package by hand"
    if ! list_packages "$record.before" || ! flush "$record.before"; then
        rm -f "$record".*
        no_journal "$append_error"
    fi
    record_lines="${record_lines}manager: $manager${newline}adding:$adding$newline"
}

simulate_install() {
    case $manager in
    apt) apt-get -s -q --no-install-recommends install "$package" ;;
    dnf) dnf --assumeno --setopt=install_weak_deps=False --setopt=exit_on_lock=True install "$package" ;;
    # Versions of RHEL 6 do not know --assumeno.
    yum) echo n | yum --setopt=install_weak_deps=False --setopt=exit_on_lock=True install "$package" ;;
    zypper) zypper --non-interactive install --dry-run --no-recommends "$package" ;;
    esac
}

package_apply() {
    case $manager in
    apt)
        transaction apt-get -y -q -o Dpkg::Use-Pty=0 -o Acquire::Retries=0 -o Acquire::http::Timeout=30 \
            -o Acquire::https::Timeout=30 --no-install-recommends --no-remove install "$package"
        ;;
    dnf | yum) transaction "$manager" -y --setopt=install_weak_deps=False --setopt=exit_on_lock=True install "$package" ;;
    zypper) transaction zypper --non-interactive install --no-recommends "$package" ;;
    esac
}

# With their directories: busybox's shell has applets of these names, which it would take for the real ones.
rpm=/usr/bin/rpm
[ -x "$rpm" ] || rpm=/bin/rpm
dpkg=/usr/bin/dpkg

# list_packages FILE: NAME VERSION and, for apt, the state of each, in order; fails when they cannot all be told, with
# the reason in "append_error".
list_packages() {
    if [ "$manager" = apt ]; then
        # shellcheck disable=SC2016
        packages=$(/usr/bin/dpkg-query -W -f '${Package}:${Architecture} ${Version} ${Status}\n' 2>&1)
    else
        packages=$($rpm -qa --qf '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}.%{ARCH}\n' 2>&1)
    fi || {
        append_error="the packages could not be listed: $(printf '%s\n' "$packages" | tail -n 1)"
        return 1
    }
    append_error=$(printf '%s\n' "$packages" | sort 2>&1 >"$1") && [ -s "$1" ]
}

# package_settle: compares the packages with those before; needs nothing but the record and what lies beside it.
package_settle() {
    field manager
    manager=$value
    [ "$manager" ] || return 0
    field adding
    package=$value
    if [ ! -s "$record.before" ]; then
        reason="the list of packages from before is missing; look whether these were added, and remove them by hand: $package"
        return 0
    fi
    if ! list_packages "$record.now"; then
        reason=$append_error
        return 1
    fi
    record_lines=$(awk -v "before=$record.before" '
        BEGIN {
            while ((getline line <before) > 0) {
                was[line] = 1
                split(line, word, " ")
                if (line ~ / config-files$/) configured[word[1]] = " configuration-kept"
            }
        }
        { is[$0] = 1 }
        / (not-installed|config-files)$/ { next }
        !($0 in was) { print "added: " $1 " " $2 configured[$1] }
        END { for (line in was) if (!(line in is) && line !~ / (not-installed|config-files)$/) print "gone: " line }
        ' "$record.now")
    [ -z "$record_lines" ] || record_lines=$record_lines$newline
    added=$(printf %s "$record_lines" | awk '/^added: /{ out = out (out ? ", " : "") $2 " " $3 } END { print out }')
    case $record_lines in
    *gone:*) reason="packages that were there before are gone or changed, see the record; " ;;
    esac
    if [ -z "$added" ]; then
        cause
        reason="${reason}nothing was installed: $cause"
    else
        reason="${reason}installed $added"
    fi
}

# package_may_undo: finds out what of that which the record says was added the fix owns and nobody changed since, in
# "removing", and refuses, before anything was undone, what cannot be removed. No resolver is asked: rpm and dpkg refuse
# by themselves what another package needs.
package_may_undo() {
    removing=
    told=
    field manager
    manager=$value
    [ "$manager" ] || return 0
    list_packages "$record.now" || conclude refused "nothing was removed: $append_error"
    leave_configuration=
    gone=$(sed -n 's/^gone: \([^ ]*\) .*/\1/p' "$record.record" | tr '\n' ' ')
    while read -r key name version rest; do
        [ "$key" = added: ] || continue
        case $owned in
        *" ${name%%:*} "*) ;;
        *)
            told="$told; left $name alone, which this fix does not own"
            continue
            ;;
        esac
        case " $gone" in
        *" $name "*)
            told="$told; left $name alone, which was there before in another version"
            continue
            ;;
        esac
        found=$(awk -v "name=$name" -v "version=$version" '
            $1 != name || / (not-installed|config-files)$/ { next }
            { found = $2 }
            $2 == version { exit }
            END { print found }' "$record.now")
        case $found in
        '')
            told="$told; $name was removed since"
            continue
            ;;
        "$version") ;;
        *)
            [ "$force" = yes ] ||
                conclude refused "$name was changed since: expected version $version, found $found; nothing was removed: remove it by hand, or restore with force: true"
            ;;
        esac
        [ -z "$rest" ] || leave_configuration=yes
        if [ "$manager" = apt ]; then
            removing="$removing $name"
        else
            found=${found%".(none)"}
            removing="$removing $name-${found##*:}"
        fi
    done <"$record.record"
    [ "$removing" ] || return 0
    remove="$rpm -e"
    check="$remove --test"
    if [ "$manager" = apt ]; then
        remove="$dpkg --purge"
        # Configuration files of an earlier installation were there before.
        [ -z "$leave_configuration" ] || remove="$dpkg --remove"
        check="$dpkg --no-act ${remove##* }"
    fi
    # shellcheck disable=SC2086 # words are wanted
    said=$($check $removing 2>&1) || conclude refused "$(why_kept); nothing was removed: $said"
}

# package_undo: removes what package_may_undo found.
package_undo() {
    [ "$manager" ] || return 0
    if [ -z "$removing" ]; then
        reason="${reason:+$reason; }nothing was left of it$told"
        return
    fi
    # shellcheck disable=SC2086 # words are wanted
    transaction $remove $removing
    if [ "$code" != 0 ]; then
        cause
        conclude failed "removing$removing did not succeed: $cause"
    fi
    undone=yes
    reason="${reason:+$reason; }removed$removing$told"
}

why_kept() {
    case $said in
    *lock*) echo "the package manager is locked by another program; wait until that has ended" ;;
    *depend* | *needed\ by*) echo "something else needs$removing by now; remove that first" ;;
    *) echo "the package manager would not remove$removing" ;;
    esac
}

# within SECONDS FILE COMMAND...: a command that changes nothing, its output in the file, ended when it takes too long.
within() {
    uptime_seconds
    until_up=$((up + $1))
    [ "$until_up" -le "$deadline" ] || until_up=$deadline
    said_in=$2
    shift 2
    rm -f "$said_in"
    "$@" >"$said_in" 2>&1 &
    child=$!
    while process "$child"; do
        uptime_seconds
        if [ "$up" -ge "$until_up" ]; then
            kill_with_descendants "$child"
            echo "it gave no answer in time and was ended" >>"$said_in"
            break
        fi
        pause
    done
    wait "$child"
}
