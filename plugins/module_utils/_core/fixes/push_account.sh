# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154,SC2034 # the variables are shared with change.sh, files.sh and push_account_server.sh

push_main=/etc/ssh/sshd_config
push_vendor=/usr/etc/ssh/sshd_config
push_drop_in=/etc/ssh/sshd_config.d/00-preflight.azure.conf

push_account_state() {
    push_error=
    if ! push_settings root; then
        state="settings in error: $push_error"
        return 0
    fi
    push_look
    push_word
    state="$push_word loaded=$loaded"
}

# push_word: what the settings in "effective" mean, in "push_word"; "password=no" would be taken for a secret.
push_word() {
    sftp=no
    [ -z "$(push_values 'subsystem sftp')" ] || sftp=yes
    push_word="pw=$(push_values passwordauthentication) root=$(push_values permitrootlogin) sftp=$sftp"
}

# push_account_prepare [LINES PATH BEFORE AFTER HEAD TAIL MIDDLE]: without arguments only a reload is wanted. LINES are
# what is added; the others are those of file_prepare.
push_account_prepare() {
    push_error=
    push_settings root || push_refuse "the SSH server finds its own settings in error ($push_error); correct that first"
    push_may_reload || push_refuse "nothing was changed: $push_error"
    [ $# -gt 0 ] || return 0
    lines=$1
    shift
    file_prepare "$@"
    # First value, first served: in front of all others they must hold, and the server must find no error in them.
    trial=$record.trial
    base=$push_main
    [ -e "$base" ] || base=$push_vendor
    append_error=$({ printf '%b\n' "$lines" && cat "$base"; } 2>&1 >"$trial") || {
        rm -f "$record".*
        no_journal "$append_error"
    }
    push_settings root -f "$trial" || push_refuse "the SSH server would not take the new settings: $push_error; nothing was changed: change them by hand"
    push_word
    rm -f "$trial"
    [ "$push_word" = "${after% loaded=*}" ] ||
        push_refuse "nothing was changed, for root could still not log on as wanted: expected '${after% loaded=*}', and the server would give '$push_word'; a Match block decides otherwise: change it by hand, or install the Mobility service by hand"
}

push_refuse() {
    rm -f "$record".*
    record=
    conclude refused "$1"
}

push_account_apply() {
    push_error=
    push_applied=yes
    file_apply || return 0
    push_account_holds || {
        push_back
        return 0
    }
    push_reload || {
        push_back
        push_start
    }
}

# push_account_holds: whether the files, as they stand now, mean what is wanted, and the server finds no error in them.
push_account_holds() {
    push_accepts && push_settings root || return 1
    push_word
    field after
    [ "$push_word" = "${value% loaded=*}" ] || {
        push_error="expected '${value% loaded=*}', but the server gives '$push_word'"
        return 1
    }
}

# What does not hold is taken back, and the server, if it has read it, must read that, too.
push_back() {
    push_told=$push_error
    force=no
    file_undo "$push_main" "$push_drop_in"
    push_error=
    push_reload
    push_error="$push_told${push_error:+; $push_error}"
}

# A run that was killed may have left files that the server has not read; this is made up for, whichever they are.
push_account_settle() {
    file_settle
    field file
    if [ "$value" ] && [ -z "${push_applied-}" ]; then
        push_accepts && push_reload
    fi
    push_look
    if [ "$push_error" ]; then
        reason="${reason:+$reason; }$push_error"
    elif [ "$server" ]; then
        reason="${reason:+$reason; }the SSH server has read it"
    else
        reason="${reason:+$reason; }no SSH server waits now, it reads its settings when it starts"
    fi
    push_error=
    push_applied=
}

push_account_undo() {
    push_error=
    push_told=
    field file
    if [ -z "$value" ]; then
        reason="it was a reload only, which leaves nothing to undo"
        return
    fi
    file_may_undo "$push_main" "$push_drop_in"
    push_way_back
    file_undo "$push_main" "$push_drop_in"
    # Also where the files are as before: a restore that was killed may have left a server that has not read them.
    push_accepts ||
        conclude failed "$reason; the SSH server finds its settings in error and was not told to read them: $push_error; correct that, and restore again"
    push_reload || {
        push_start
        conclude failed "$reason; $push_error; look after the SSH server before you leave this connection"
    }
    reason="${reason:+$reason; }the SSH server has read it$push_told"
}

# push_way_back: refuses where the user of the present connection could not log on any more; what the next logon needs
# goes into "push_told". The settings from before are those that the record names.
push_way_back() {
    push_user
    [ "$user" ] || return 0
    field after
    logon_now=${value%% sftp=*}
    field before
    # Where it was not this change that let anybody in, undoing it keeps nobody out.
    [ "${value%% sftp=*}" != "$logon_now" ] || return 0
    case $user:$value in
    root:*' root=no '* | root:*' root=forced-commands-only '*)
        push_closes "this connection is root's, and afterwards root could not log on any more: log on as another user, with become, and restore again"
        push_told="; the next logon must be that of another user than root"
        ;;
    root:*' root=prohibit-password '* | root:*' root=without-password '* | *:pw=no' '*)
        push_has_key || push_closes "afterwards the SSH server takes no password of $user, whose connection this is, and no authorized key of that user was found: add one, and restore again"
        push_told="; the next logon of $user needs a key"
        ;;
    esac
}

push_closes() {
    [ "$force" = yes ] || conclude refused "nothing was undone, for $1, or restore with force: true"
}

# push_user: whose SSH connection this is, in "user"; empty where it is none.
push_user() {
    user=
    ancestor=$$
    while [ "$ancestor" -gt 1 ]; do
        { read -r stat_line <"/proc/$ancestor/stat"; } 2>/dev/null || return 0
        case $stat_line in
        *' (sshd) '* | *' (sshd-session) '*)
            title=$(tr '\000' ' ' <"/proc/$ancestor/cmdline")
            user=${title#*: }
            user=${user%@*}
            user=${user%% \[*}
            return 0
            ;;
        esac
        # shellcheck disable=SC2086 # words are wanted
        set -- ${stat_line##*\) }
        ancestor=$2
    done
}

# push_has_key: whether the user can log on with a key, as far as files tell; other means are taken for working.
push_has_key() {
    push_settings "$user" || return 0
    case " $(push_values authorizedkeyscommand) $(push_values trustedusercakeys)" in
    *' /'*) return 0 ;;
    esac
    home=$(getent passwd "$user" 2>/dev/null || grep "^$user:" /etc/passwd)
    home=$(printf '%s\n' "$home" | cut -d: -f6)
    [ "$home" ] || return 0
    for pattern in $(push_values authorizedkeysfile | sed "s|%h|$home|g; s|%u|$user|g"); do
        case $pattern in
        /*) ;;
        *) pattern=$home/$pattern ;;
        esac
        ! grep -q '^[[:blank:]]*[^#[:blank:]]' "$pattern" 2>/dev/null || return 0
    done
    return 1
}
