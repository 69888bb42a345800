# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The rules that hold now: looking whether those of firewall_port.sh are there, adding them, and taking exactly them away.
# The ways: "nft"; "legacy" and "compat", iptables before nftables and over it, with "-named" where rules may have a
# comment; "firewalld". Nothing is flushed or loaded anew, and no other rule is touched.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and firewall_port.sh

# firewall_live_word: "yes", or a word for the present rules, in "firewall_live".
firewall_live_word() {
    firewall_live=-
    [ "$firewall_way" != none ] && [ "$firewall_rules" ] || return 0
    firewall_live=yes
    for firewall_word in $firewall_rules; do
        firewall_rule "$firewall_word"
        firewall_is_there || firewall_live=no
    done
    [ "$firewall_live" = no ] || return 0
    case $firewall_way in
    nft)
        nft_chain
        # shellcheck disable=SC2086 # words are wanted
        firewall_live=$(nft -a list chain $firewall_chain 2>/dev/null |
            sed -n 's/^table.*//; s/.* # handle \([0-9]*\)$/\1/p' | tr '\n' . | sed 's/[.]*$//; s/^[.]*//')
        ;;
    legacy* | compat*)
        firewall_listed=$(firewall_saved | sed -n "s/ *\$//; /^-A $firewall_place /p" | cksum)
        firewall_live=${firewall_listed%% *}-${firewall_listed##* }
        ;;
    esac
}

# firewall_is_there: whether the rule that firewall_rule took apart holds now.
firewall_is_there() {
    case $firewall_way in
    firewalld) firewalld_says query ;;
    nft)
        nft_handles
        [ "$nft_found" ]
        ;;
    *)
        firewall_shown
        firewall_saved | sed 's/ *$//; s/"//g' | grep -Fqx -e "$firewall_line"
        ;;
    esac
}

# firewall_program legacy|compat save|restore|"": the program for that kind of iptables, in "firewall_found".
firewall_program() {
    firewall_kind=iptables-legacy
    [ "$1" = legacy ] || firewall_kind=iptables-nft
    for firewall_found in "$firewall_kind${2:+-$2}" "iptables${2:+-$2}"; do
        ! command -v "$firewall_found" >/dev/null 2>&1 || return 0
    done
}

firewall_saved() {
    firewall_program "${firewall_way%-named}" save
    "$firewall_found" -t filter 2>/dev/null
}

firewall_comment() {
    firewall_mark=preflight.azure:$firewall_opened${firewall_source:+:$firewall_source}
}

# firewall_shown: how iptables-save shows the rule, without quotes, in "firewall_line".
firewall_shown() {
    firewall_comment
    firewall_named=
    case $firewall_way in
    *-named) firewall_named=" -m comment --comment $firewall_mark" ;;
    esac
    firewall_line="-A $firewall_place ${firewall_source:+-s $firewall_source }-p tcp -m tcp --dport $firewall_opened$firewall_named -j ACCEPT"
}

# nft_chain: family, table and chain as words, in "firewall_chain".
nft_chain() {
    firewall_chain=$(echo "$firewall_place" | tr . ' ')
}

# nft_handles: the handles of the rules in that chain with our comment, in "nft_found".
nft_handles() {
    nft_chain
    firewall_comment
    # shellcheck disable=SC2086 # words are wanted
    nft_found=$(nft -a list chain $firewall_chain 2>/dev/null |
        grep -F " accept comment \"$firewall_mark\" # handle " | sed 's/.* # handle //')
}

# firewalld_says query|add|remove
firewalld_says() {
    firewall_spec=port=$firewall_opened/tcp
    [ -z "$firewall_source" ] ||
        firewall_spec="rich-rule=rule family=\"ipv4\" source address=\"$firewall_source\" port port=\"$firewall_opened\" protocol=\"tcp\" accept"
    firewall_said=$(firewall-cmd "--zone=$firewall_place" "--$1-$firewall_spec" 2>&1)
}

# firewall_live_add: adds what is not there yet, each where the plan says; "firewall_error" says why one is not.
firewall_live_add() {
    field places
    nft_batch=
    for firewall_word in $firewall_rules; do
        firewall_at=${value%% *}
        value=${value#* }
        firewall_rule "$firewall_word"
        firewall_is_there && continue
        case $firewall_way in
        firewalld) firewalld_says add ;;
        nft) nft_rule ;;
        *) iptables_insert ;;
        esac || {
            firewall_error=$firewall_said
            return 1
        }
    done
    [ "$nft_batch" ] || return 0
    # One transaction: all of them or none.
    firewall_error=$(printf '%s' "$nft_batch" | nft -f /dev/stdin 2>&1)
}

nft_rule() {
    nft_chain
    firewall_comment
    firewall_verb="add rule $firewall_chain"
    [ "$firewall_at" = end ] || firewall_verb="insert rule $firewall_chain position $firewall_at"
    nft_batch="$nft_batch$firewall_verb ${firewall_source:+ip saddr $firewall_source }tcp dport $firewall_opened accept comment \"$firewall_mark\"$newline"
}

iptables_insert() {
    case $firewall_at in
    '' | *[!0-9]*)
        firewall_said="the plan names no place for it"
        return 1
        ;;
    esac
    iptables_says -I "$firewall_place" "$firewall_at"
}

# iptables_says -I CHAIN NUMBER | -D CHAIN: waits for others that change rules now; old versions have no option for it.
iptables_says() {
    firewall_comment
    firewall_program "${firewall_way%-named}" ""
    [ -z "$firewall_source" ] || set -- "$@" -s "$firewall_source"
    set -- "$@" -p tcp -m tcp --dport "$firewall_opened"
    case $firewall_way in
    *-named) set -- "$@" -m comment --comment "$firewall_mark" ;;
    esac
    tries=0
    while :; do
        firewall_said=$("$firewall_found" "$@" -j ACCEPT 2>&1)
        firewall_code=$?
        tries=$((tries + 1))
        [ "$firewall_code" = 4 ] && [ "$tries" -lt 50 ] || return "$firewall_code"
        pause
    done
}

# firewall_live_remove: takes away the rules of the record that are there; they may be gone with a restart, or be there
# again from the file.
firewall_live_remove() {
    for firewall_word in $firewall_rules; do
        firewall_rule "$firewall_word"
        firewall_is_there || continue
        case $firewall_way in
        firewalld) firewalld_says remove ;;
        nft) nft_delete ;;
        *) iptables_says -D "$firewall_place" ;;
        esac || conclude failed "$firewall_word is still let in: $firewall_said"
        undone=yes
        reason="${reason:+$reason; }not let in any more now: $firewall_word"
    done
}

nft_delete() {
    nft_batch=
    for nft_handle in $nft_found; do
        nft_batch="${nft_batch}delete rule $firewall_chain handle $nft_handle$newline"
    done
    firewall_said=$(printf '%s' "$nft_batch" | nft -f /dev/stdin 2>&1)
}
