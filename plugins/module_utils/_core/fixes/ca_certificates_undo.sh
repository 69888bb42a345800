# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Taking added roots away again. The bundle is made anew by the family's tool, so first of all it must be sure that
# nothing else gets lost or trusted by that.
# shellcheck disable=SC2154,SC2034 # the variables are shared with change.sh and the libraries

ca_certificates_undo() {
    owned=$ca_certificates_owned
    field layout
    layout=$value
    store_paths
    own=
    if [ "$layout" = redhat_classic ]; then
        own=$bundle
    else
        own=$(sed -n 's/^file: [0-9]* none [0-9-]* //p' "$record.record" | while read -r path; do
            ! owned_anchor "$path" || printf '%s\n' "$path"
        done)
    fi
    # shellcheck disable=SC2086 # words are wanted
    file_may_undo $own
    keep_bodies
    rebuilding=
    if [ "$rebuild" ] && [ -s "$bundle" ] && rebuild_is_due; then
        command -v "${rebuild%% *}" >/dev/null 2>&1 ||
            conclude refused "${rebuild%% *} is not there any more, so nothing was undone; bring it back, or remove by hand: $own"
        [ "$force" = yes ] || store_in_step "$record.oldroots" || conclude refused "nothing was undone: $drift, or restore with force: true"
        rebuilding=yes
    fi
    package_may_undo
    remove_links
    # shellcheck disable=SC2086 # words are wanted
    file_undo $own
    if [ "$rebuilding" ]; then
        store_error=
        [ "$layout" != debian ] || tell_debian_hooks
        rebuild_store
        [ -z "$store_error" ] || conclude failed "$store_error"
        undone=yes
        compare_bundle
    fi
    package_undo
}

# keep_bodies: the certificates beside the record until it is restored: a restore that was killed may have removed the
# files, and not yet made the bundle anew.
keep_bodies() {
    [ "$rebuild" ] && [ ! -e "$record.oldroots" ] || return 0
    for path in $own; do
        [ ! -e "$path" ] || cat "$path"
    done >"$record.newroots"
    mv -f "$record.newroots" "$record.oldroots"
}

# rebuild_is_due: whether a file of ours is there, or the bundle still has what was in one.
rebuild_is_due() {
    for path in $own; do
        [ ! -e "$path" ] || return 0
    done
    count=$(bodies - "$record.oldroots" | sort -u | wc -l)
    [ "$({ bodies - "$record.oldroots"; bodies + "$bundle"; } | missing)" -lt "$count" ]
}

# remove_links: the links that lead to the files of ours; Debian's tool makes them and does not take them away.
remove_links() {
    case $layout in
    debian) directory=/etc/ssl/certs ;;
    suse_classic) directory=$anchors ;;
    *) return ;;
    esac
    for path in $own; do
        name=${path##*/}
        for link in "$directory/${name%.*}.pem" "$directory"/*.[0-9]; do
            [ -L "$link" ] || continue
            case $(readlink "$link") in
            "$path" | "${name%.*}.pem") rm -f "$link" ;;
            esac
        done
    done
    [ "$layout" = debian ] && [ "$rebuilding" ] || return 0
    # Of two roots with the same hash the second must move up.
    openssl rehash "$directory" >/dev/null 2>&1 || c_rehash "$directory" >/dev/null 2>&1
}

# tell_debian_hooks: the tool tells them (a Java key store, for example) only of what was added.
tell_debian_hooks() {
    [ -d /etc/ca-certificates/update.d ] || return 0
    run-parts --test -- /etc/ca-certificates/update.d 2>/dev/null | while read -r hook; do
        for path in $own; do
            name=${path##*/}
            printf -- '-/etc/ssl/certs/%s.pem\n' "${name%.*}"
        done | "$hook" >/dev/null 2>&1
    done
}

compare_bundle() {
    field bundle
    [ "$value" ] || return 0
    checksum "$bundle"
    if [ "$sum" = "$value" ]; then
        reason="$reason; $bundle is byte for byte as before"
    else
        reason="$reason; made $bundle anew, which differs from before by what others changed since"
    fi
}
