# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154,SC2034 # the variables are shared with change.sh and the libraries

# What the packages of the families need beyond what every system has.
ca_certificates_owned=' ca-certificates ca-certificates-mozilla openssl p11-kit p11-kit-trust p11-kit-tools libp11-kit0 libtasn1 libtasn1-6 libffi libffi4 libffi7 '

ca_certificates_state() {
    store_layout
    listed=$(list_anchors)
    trusted=yes
    listed_word=none
    if [ "$listed" ]; then
        # shellcheck disable=SC2046 # words are wanted
        set -- $(printf '%s\n' "$listed" | cksum)
        listed_word=$1-$2
        all_trusted || trusted=no
    fi
    state="store=$layout anchors=$listed_word trusted=$trusted"
}

# ca_certificates_prepare MANAGER LAYOUT [NAME CHECKSUM TEXT]...: the text is the certificate as printf's %b reads it.
ca_certificates_prepare() {
    asked_manager=$1
    expected=$2
    shift 2
    record_lines="${record_lines}layout: $expected$newline"
    adding_package=
    if [ "$layout" = none ]; then
        adding_package=yes
        owned=$ca_certificates_owned
        wanted_package=ca-certificates
        [ "$asked_manager" != zypper ] || wanted_package=ca-certificates-mozilla
        package_prepare "$wanted_package" "$asked_manager"
        note_certificates "$@"
        return
    fi
    [ "$layout" = "$expected" ] || drop "the trust store is kept otherwise than the audit saw; audit the machine again"
    note_certificates "$@"
    if [ "$bundle" ]; then
        checksum "$bundle"
        record_lines="${record_lines}bundle: $sum$newline"
    fi
    look_at_distrusted
    [ -z "$rebuild" ] || store_in_step /dev/null || drop "nothing was changed: $drift"
    anchors_prepare
}

# note_certificates [NAME CHECKSUM TEXT]...: one a line beside the record.
note_certificates() {
    append_error=$(printf '' 2>&1 >"$record.newcertificates") || drop_unkept
    while [ "$#" -gt 2 ]; do
        append_error=$(printf '%s %s %s\n' "$1" "$2" "$3" 2>&1 >>"$record.newcertificates") || drop_unkept
        shift 3
    done
}

drop_unkept() {
    rm -f "$record".*
    record=
    no_journal "$append_error"
}

# drop REASON: refuses before the change has begun.
drop() {
    rm -f "$record".*
    record=
    conclude refused "$1"
}

look_at_distrusted() {
    while read -r name sum text; do
        printf '%b' "$text" | bodies + - >"$record.newown"
        [ "$({ sed 's/^+/-/' "$record.newown"; distrusted +; } | missing)" != 0 ] ||
            drop "nothing was changed, for somebody decided on this machine not to trust the certificate $name; change that first (Debian: /etc/ca-certificates.conf; else the blocklist directory)"
        rm -f "$record.newown"
    done <"$record.newcertificates"
}

# anchors_prepare: every new anchor as a change of a file; fails with "file_error" once the change has begun.
anchors_prepare() {
    added=
    while read -r name sum text; do
        if [ "$layout" = redhat_classic ]; then
            added="$added# preflight.azure-$name\\0012$text"
        else
            file_prepare "$anchors/preflight.azure-$name.$anchor_end" none "$sum" 0 0 "$text" || return 1
        fi
    done <"$record.newcertificates"
    [ "$added" ] || return 0
    [ -z "$(tail -c 1 "$bundle")" ] || added="\\0012$added"
    checksum "$bundle"
    from=$sum
    # shellcheck disable=SC2046 # words are wanted
    set -- $({ cat "$bundle" && printf '%b' "$added"; } | cksum)
    file_prepare "$bundle" "$from" "$1-$2" "${from#*-}" 0 "$added"
}

ca_certificates_apply() {
    store_error=
    file_error=
    if [ "$adding_package" ]; then
        package_apply
        [ "$code" = 0 ] && [ -s "$record.newcertificates" ] || return 0
        store_layout
        if [ "$layout" != "$expected" ]; then
            store_error="the package brought no trust store of the layout $expected, so no certificate was added"
            return
        fi
        record_lines=
        anchors_prepare || return
        append_state planned || {
            store_error="no certificate was added, for the journal could not be written: $append_error"
            return
        }
    fi
    file_apply || return
    [ "$layout" != suse_classic ] || link_anchors
    rebuild_store
}

# link_anchors: what c_rehash does, for these files alone.
link_anchors() {
    for path in "$anchors"/preflight.azure-*.pem; do
        if [ ! -e "$path" ] || linked "${path##*/}"; then
            continue
        fi
        hash=$(openssl x509 -noout -hash -in "$path" 2>/dev/null)
        case $hash in
        '' | *[!0-9a-f]*)
            store_error="openssl could not read $path"
            continue
            ;;
        esac
        nth=0
        while [ -e "$anchors/$hash.$nth" ] || [ -L "$anchors/$hash.$nth" ]; do
            nth=$((nth + 1))
        done
        ln -s "${path##*/}" "$anchors/$hash.$nth" || store_error="$anchors/$hash.$nth could not be made"
    done
}

ca_certificates_settle() {
    field layout
    layout=$value
    store_paths
    package_settle || return 1
    file_settle
    reason="$reason${store_error:+${reason:+; }$store_error}"
    [ "$reason" ] || reason="made $bundle anew"
    [ -z "$bundle" ] || [ ! -s "$bundle" ] || all_trusted ||
        reason="$reason; $bundle does not hold all of what was added: look whether one of them is distrusted on this machine"
}
