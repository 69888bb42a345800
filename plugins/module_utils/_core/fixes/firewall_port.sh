# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ports that the firewall lets in. The words for a state, as the plan and the record have them:
#
#   WAY PLACE/PORT[/SOURCE]... live=WORD [FILE CHECKSUM]...
#
# WAY says which rules hold now (see firewall_port_live.sh); "none" and "live=-" where nothing is to be added to them. The
# word behind "live=" is "yes" where all these rules are there, else what tells the present ones apart.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh, files.sh and firewall_port_live.sh

firewall_files='/etc/sysconfig/iptables /etc/iptables/rules.v4 /etc/nftables.conf /etc/sysconfig/nftables.conf /etc/ufw/user.rules /lib/ufw/user.rules'

firewall_port_state() {
    firewall_words
    firewall_live_word
    state="$firewall_way$firewall_rules live=$firewall_live"
    for firewall_file in $firewall_state_files; do
        file_state "$firewall_file"
        state="$state $file_word"
    done
}

# firewall_words: takes the wish apart, the plan's or the record's. What is not of the form that this fix writes is left
# out: a record must not be able to name anything else.
firewall_words() {
    firewall_wish=$after
    if [ "$record" ]; then
        field after
        firewall_wish=$value
    fi
    firewall_way=${firewall_wish%% *}
    firewall_wanted=
    firewall_rules=
    firewall_state_files=
    case $firewall_way in
    none | firewalld | nft | legacy | legacy-named | compat | compat-named) ;;
    *) firewall_way=none ;;
    esac
    set -f
    for firewall_word in ${firewall_wish#* }; do
        case $firewall_word in
        live=*) firewall_wanted=${firewall_word#live=} ;;
        /*) ! firewall_owns "$firewall_word" || firewall_state_files="$firewall_state_files $firewall_word" ;;
        */*) ! firewall_rule "$firewall_word" || firewall_rules="$firewall_rules $firewall_word" ;;
        esac
    done
    set +f
}

# firewall_owns PATH: whether this fix ever changes that file.
firewall_owns() {
    case " $firewall_files " in
    *" $1 "*) return 0 ;;
    esac
    firewall_zone=${1#/etc/firewalld/zones/}
    case $firewall_zone in
    *[!A-Za-z0-9_.-]* | .* | "$1") return 1 ;;
    *.xml) return 0 ;;
    esac
    return 1
}

# firewall_rule PLACE/PORT[/SOURCE]: takes it apart into firewall_place, firewall_opened, firewall_source; fails where it
# is none of this fix.
firewall_rule() {
    firewall_place=${1%%/*}
    firewall_opened=${1#*/}
    firewall_source=
    case $firewall_opened in
    */*)
        firewall_source=${firewall_opened#*/}
        firewall_opened=${firewall_opened%%/*}
        ;;
    esac
    case $firewall_way:$firewall_place in
    legacy*:INPUT | compat*:INPUT | legacy*:ufw-user-input | compat*:ufw-user-input) ;;
    nft:*.*.*) ;;
    firewalld:?*) ;;
    *) return 1 ;;
    esac
    case $firewall_place in
    -* | *[!A-Za-z0-9_.-]*) return 1 ;;
    esac
    case $firewall_opened in
    '' | *[!0-9]*) return 1 ;;
    esac
    case $firewall_source in
    *[!0-9./]*) return 1 ;;
    esac
    return 0
}

# firewall_port_prepare TEST PLACES FILE-ARGUMENTS...: PLACES say where each rule goes; what follows is for file_prepare.
firewall_port_prepare() {
    firewall_test=$1
    firewall_places=$2
    shift 2
    while [ $# -ge 6 ]; do
        file_prepare "$1" "$2" "$3" "$4" "$5" "$6"
        firewall_test_file "$1" "$fresh"
        shift 6
    done
    record_lines="${record_lines}places: $firewall_places$newline"
}

# firewall_test_file PATH FILE: asks the program that loads the file when the machine starts whether it can.
firewall_test_file() {
    case $firewall_test in
    nft) firewall_said=$(nft -c -f "$2" 2>&1) ;;
    legacy | compat)
        firewall_program "$firewall_test" restore
        firewall_kept=
        case $1 in
        */ufw/*) firewall_kept=-n ;;
        esac
        # Only this table: the program would load the modules of others.
        # shellcheck disable=SC2086 # may be empty
        firewall_said=$(sed -n '/^\*filter/,/^COMMIT/p' "$2" | "$firewall_found" --test $firewall_kept 2>&1)
        ;;
    *) return 0 ;;
    esac || {
        rm -f "$record".*
        record=
        conclude refused "nothing was changed, for the new content of $1 was not accepted: $firewall_said"
    }
}

# The file comes first: what is let in now but not after a reboot would look as if all were well.
firewall_port_apply() {
    firewall_error=
    file_apply || return 1
    firewall_words
    [ "$firewall_wanted" = yes ] || return 0
    firewall_live_add
}

firewall_port_settle() {
    file_settle
    firewall_port_state
    if [ "$firewall_live" = yes ]; then
        reason="${reason:+$reason; }let in now:$firewall_rules"
        record_lines="${record_lines}live:$firewall_rules$newline"
    elif [ "$firewall_wanted" = yes ]; then
        reason="${reason:+$reason; }not all is let in now${firewall_error:+: $firewall_error}"
    fi
}

firewall_port_undo() {
    firewall_words
    if [ "$firewall_wanted" = yes ] && [ "$force" != yes ]; then
        firewall_way_back
    fi
    # shellcheck disable=SC2086 # words are wanted
    file_may_undo $firewall_state_files
    [ "$firewall_wanted" != yes ] || firewall_live_remove
    # shellcheck disable=SC2086 # words are wanted
    file_undo $firewall_state_files
}

# firewall_way_back: refuses what would close the port by which this connection came.
firewall_way_back() {
    firewall_came_by_ssh || return 0
    for firewall_word in $firewall_rules; do
        firewall_rule "$firewall_word"
        [ "$firewall_opened" != 20004 ] || continue
        if [ "$ssh_port" = "$firewall_opened" ] || [ -z "$ssh_port" ]; then
            conclude refused "nothing was undone, for it would close TCP port $firewall_opened, by which this connection came: restore from the machine's console, or with force: true if no new SSH connection is needed"
        fi
    done
}

# firewall_came_by_ssh: whether an SSH server is above this script, or may be; "ssh_port" is the port that it was reached by, if known.
firewall_came_by_ssh() {
    ssh_port=
    read -r ancestor _ </proc/self/stat
    while [ "${ancestor:-0}" -gt 1 ]; do
        stat_line=
        { read -r stat_line <"/proc/$ancestor/stat"; } 2>/dev/null || return 0
        case $stat_line in
        *'(sshd'*) return 0 ;;
        esac
        if [ -z "$ssh_port" ]; then
            ssh_port=$(tr '\000' '\n' <"/proc/$ancestor/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=.* //p')
        fi
        # shellcheck disable=SC2086 # words are wanted
        set -- ${stat_line##*\) }
        ancestor=$2
    done
    return 1
}
