# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where the families keep their trusted roots. A root that is added ("anchor") is a file with a name of ours in the
# family's directory, from which the family's tool makes the bundle that programs read. Two layouts know no tool: in
# redhat_classic (RHEL 5, and 6 as it comes) the bundle itself is edited; in suse_classic (SLES 11) there is no bundle,
# but a link for each file.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and ca_certificates.sh

classic_bundle=/etc/pki/tls/certs/ca-bundle.crt

# store_layout: what there is, in "layout": the same look as STORE in facts/linux/certificates.py takes.
store_layout() {
    layout=none
    if command -v update-ca-certificates >/dev/null 2>&1; then
        if [ -e /etc/ca-certificates.conf ]; then
            [ ! -s /etc/ssl/certs/ca-certificates.crt ] || layout=debian
        elif [ -d /etc/pki/trust ] && [ -s /var/lib/ca-certificates/ca-bundle.pem ]; then
            layout=suse
        fi
    elif [ -s "$classic_bundle" ] && [ ! -L "$classic_bundle" ]; then
        layout=redhat_classic
    elif command -v update-ca-trust >/dev/null 2>&1; then
        [ ! -s /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem ] || layout=redhat
    elif command -v zypper >/dev/null 2>&1 && command -v openssl >/dev/null 2>&1 && [ ! -L /etc/ssl/certs ]; then
        for path in /etc/ssl/certs/*.pem; do
            [ ! -s "$path" ] || layout=suse_classic
        done
    fi
    store_paths
}

# store_paths: what belongs to a layout; nothing for one that is not known.
store_paths() {
    anchors=
    anchor_end=crt
    bundle=
    rebuild=
    case $layout in
    debian)
        anchors=/usr/local/share/ca-certificates
        bundle=/etc/ssl/certs/ca-certificates.crt
        rebuild=update-ca-certificates
        ;;
    suse)
        anchors=/etc/pki/trust/anchors
        bundle=/var/lib/ca-certificates/ca-bundle.pem
        rebuild='update-ca-certificates -f'
        ;;
    redhat)
        anchors=/etc/pki/ca-trust/source/anchors
        bundle=/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem
        rebuild='update-ca-trust extract'
        ;;
    redhat_classic) bundle=$classic_bundle ;;
    suse_classic)
        anchors=/etc/ssl/certs
        anchor_end=pem
        ;;
    esac
}

# list_anchors: name and checksum of each anchor, in order.
list_anchors() {
    if [ "$layout" = redhat_classic ]; then
        sed -n 's/^# preflight.azure-\(.*\)/\1 -/p' "$bundle" | sort
    fi
    [ "$anchors" ] || return 0
    for path in "$anchors"/preflight.azure-*."$anchor_end"; do
        [ -e "$path" ] || continue
        checksum "$path"
        path=${path##*/preflight.azure-}
        printf '%s %s\n' "${path%.*}" "$sum"
    done
}

# owned_anchor PATH: whether the name is one that this fix gives, and no other file's.
owned_anchor() {
    [ "$anchors" ] || return 1
    anchor_name=${1#"$anchors/preflight.azure-"}
    [ "$1" = "$anchors/preflight.azure-$anchor_name" ] || return 1
    case ${anchor_name%".$anchor_end"} in
    '' | *[!0-9a-f]*) return 1 ;;
    esac
}

# shellcheck disable=SC2016 # awk's variables
bodies_program='
{ sub(/\r$/, "") }
/^-----BEGIN (X509 )?CERTIFICATE-----/ { body = ""; inside = 1; next }
/^-----END / { if (inside) print sign " " body; inside = 0; next }
inside { gsub(/[ \t]/, ""); body = body $0 }'

# bodies SIGN FILE...: the certificates in the files, one a line behind the sign.
bodies() {
    sign=$1
    shift
    [ "$#" -eq 0 ] || awk -v "sign=$sign" "$bodies_program" "$@" 2>/dev/null
}

# anchor_bodies SIGN: those of all anchors that are there.
anchor_bodies() {
    for path in "$anchors"/preflight.azure-*."$anchor_end"; do
        [ ! -e "$path" ] || bodies "$1" "$path"
    done
}

# missing: of the certificates behind "-" those that stand behind no "+", counted.
missing() {
    awk '
        $1 == "+" { there[$2] = 1; next }
        { asked[$2] = 1 }
        END { for (body in asked) if (!(body in there)) count++; print count + 0 }'
}

# all_trusted: whether programs find every anchor.
all_trusted() {
    case $layout in
    redhat_classic)
        awk '
            marked && !/^-----BEGIN CERTIFICATE-----/ { bad = 1 }
            { marked = /^# preflight\.azure-/ }
            END { exit bad || marked }' "$bundle"
        ;;
    suse_classic)
        for path in "$anchors"/preflight.azure-*.pem; do
            [ ! -e "$path" ] || linked "${path##*/}" || return 1
        done
        ;;
    *) [ "$({ anchor_bodies -; bodies + "$bundle"; } | missing)" = 0 ] ;;
    esac
}

# linked NAME: whether OpenSSL finds the file by a link, in "link".
linked() {
    for link in "$anchors"/*.[0-9]; do
        [ ! -L "$link" ] || [ "$(readlink "$link")" != "$1" ] || return 0
    done
    return 1
}

# source_bodies SIGN: the certificates from which the tool would make the bundle now; fails where that cannot be told.
source_bodies() {
    if [ "$layout" = debian ]; then
        debian_sources | tr '\n' '\0' | xargs -0 awk -v "sign=$1" "$bodies_program" 2>/dev/null
        return
    fi
    extractor=trust
    command -v trust >/dev/null 2>&1 || extractor=p11-kit
    rm -f "$record.now"
    P11_KIT_NO_USER_CONFIG=1 $extractor extract --format=pem-bundle --filter=ca-anchors --purpose=server-auth \
        "$record.now" >/dev/null 2>&1 && bodies "$1" "$record.now"
    extracted=$?
    rm -f "$record.now"
    return "$extracted"
}

debian_sources() {
    sed -e '/^$/d' -e '/^#/d' -e '/^!/d' /etc/ca-certificates.conf | while read -r path; do
        [ ! -f "/usr/share/ca-certificates/$path" ] || printf '%s\n' "/usr/share/ca-certificates/$path"
    done
    find -L "$anchors" -type f -name '*.crt' 2>/dev/null
}

# distrusted SIGN: the certificates that somebody decided not to trust.
distrusted() {
    case $layout in
    debian)
        sed -n 's/^!//p' /etc/ca-certificates.conf | while read -r path; do
            bodies "$1" "/usr/share/ca-certificates/$path"
        done
        ;;
    redhat | suse)
        for path in /etc/pki/ca-trust/source/bl*list/* /usr/share/pki/ca-trust-source/bl*list/* \
            /etc/pki/trust/bl*list/* /usr/share/pki/trust/bl*list/*; do
            [ ! -f "$path" ] || bodies "$1" "$path"
        done
        ;;
    esac
}

# store_in_step FILE: whether the tool would make the same bundle again, but for the anchors and the certificates in the
# file; if not, "drift" says what it would do.
store_in_step() {
    drift=
    if ! source_bodies + >"$record.newsources" || [ ! -s "$record.newsources" ]; then
        drift="what $rebuild would make of $bundle cannot be told beforehand; look whether it works"
    else
        { anchor_bodies +; bodies + "$1"; } >"$record.newown"
        lost=$({ bodies - "$bundle"; cat "$record.newsources" "$record.newown"; } | missing)
        gained=$({ sed 's/^+/-/' "$record.newsources"; bodies + "$bundle"; cat "$record.newown"; } | missing)
        if [ "$lost" != 0 ]; then
            drift="somebody edited $bundle, and $rebuild would take $lost certificates out of it; put them into $anchors first"
        elif [ "$gained" != 0 ]; then
            drift="$rebuild would also begin to trust $gained certificates that are not in $bundle now; decide about them, and run it by hand"
        fi
    fi
    rm -f "$record.newsources" "$record.newown"
    [ -z "$drift" ]
}

# rebuild_store: lets the family's tool make the bundle; sets "store_error".
rebuild_store() {
    [ "$rebuild" ] || return 0
    # The files are for everybody to read.
    # shellcheck disable=SC2016,SC2086 # the inner shell expands it; words are wanted
    transaction sh -c 'umask 022; exec "$@"' sh $rebuild
    [ "$code" = 0 ] ||
        store_error="$rebuild ended with code ${code:-none} ($(tail -n 1 "$record.log" 2>/dev/null))"
}
