# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What stands in an initial RAM disk, without the programs that list it: they write temporary files. It is a chain of
# cpio archives, plain ones, each padded to 512 bytes, and a compressed one; a name follows its header of 110 characters.
# shellcheck disable=SC2154,SC2034 # the variables are shared with change.sh and hyperv_drivers.sh

# image_of RELEASE: the path of its initial RAM disk in "image", empty where it has none.
image_of() {
    for image in "/boot/initramfs-$1.img" "/boot/initrd.img-$1" "/boot/initrd-$1" "/boot/initrd-$1.img"; do
        [ ! -e "$image" ] || return 0
    done
    image=
}

names_in() {
    grep -aoE '07070[12][0-9A-Fa-f]{104}[!-~]+' "$@" | cut -c 111-
}

# names_in_image IMAGE: prints the names of all files in it.
names_in_image() {
    names_in "$1"
    ends=$(grep -abo 'TRAILER!!!' "$1" | cut -d: -f1)
    at=0
    while magic=$(od -An -tx1 -j "$at" -N 6 "$1" | tr -d ' \n'); do
        case $magic in
        30373037*) ;;
        *) break ;;
        esac
        next=
        for end in $ends; do
            if [ "$end" -ge "$at" ]; then
                next=$end
                break
            fi
        done
        [ "$next" ] || break
        at=$(((next + 10 + 511) / 512 * 512))
    done
    case $magic in
    1f8b*) unpack='gzip -dc' ;;
    fd377a585a00) unpack='xz -dc' ;;
    28b52ffd*) unpack='zstd -dc' ;;
    425a68*) unpack='bzip2 -dc' ;;
    5d0000*) unpack='xz -F lzma -dc' ;;
    02214c18* | 04224d18*) unpack='lz4 -dc' ;;
    894c5a4f*) unpack='lzop -dc' ;;
    *) return 0 ;;
    esac
    # shellcheck disable=SC2086 # words are wanted
    tail -c +$((at + 1)) "$1" | $unpack 2>/dev/null | names_in
}

# drivers_among: of the names on standard input the Hyper-V drivers, joined by commas, in "drivers".
drivers_among() {
    drivers=$(awk '
        match($0, /\/hv_(vmbus|storvsc|netvsc)\.ko/) { found[substr($0, RSTART + 1, RLENGTH - 4)] = 1 }
        END {
            count = split("hv_vmbus hv_storvsc hv_netvsc", all, " ")
            for (i = 1; i <= count; i++) if (all[i] in found) out = out (out ? "," : "") all[i]
            print out ? out : "none"
        }')
}

# image_defect NEW OLD DRIVERS: why a new image must not take the place of the old one, in "defect". It must hold all
# that makes a system start: what is started first, and every kernel module that the old one has.
image_defect() {
    defect=
    names_in_image "$1" >"$record.now"
    names_in_image "$2" >"$record.newnames"
    drivers_among <"$record.now"
    if ! grep -Eq '^(\./)?(init|linuxrc)$' "$record.now"; then
        defect="it holds no program init"
    elif [ "$drivers" != "$3" ]; then
        defect="expected the drivers $3 in it, found $drivers"
    else
        gone=$(awk -v "new=$record.now" '
            function module(path) {
                if (path !~ /\.ko(\.(gz|xz|zst|bz2|lzma))?$/) return ""
                sub(/.*\//, "", path)
                sub(/\.ko.*/, "", path)
                return path
            }
            BEGIN { while ((getline line <new) > 0) if ((name = module(line)) != "") is[name] = 1 }
            { name = module($0) }
            name != "" && !(name in is) && !said[name]++ { out = out " " name }
            END { print out }' "$record.newnames")
        [ -z "$gone" ] || defect="it would lack kernel modules that the old one has:$gone"
    fi
    rm -f "$record.now" "$record.newnames"
    [ -z "$defect" ]
}
