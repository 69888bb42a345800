# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Bringing back the initial RAM disks that hyperv_drivers.sh replaced, from the copies beside the record.
# shellcheck disable=SC2154,SC2034 # the variables are shared with change.sh, files.sh and hyperv_drivers.sh

hyperv_drivers_undo() {
    images_may_be_undone
    # shellcheck disable=SC2086 # words are wanted
    file_may_undo $hyperv_drivers_files
    bring_images_back
    # shellcheck disable=SC2086 # words are wanted
    file_undo $hyperv_drivers_files
}

# owned_image: whether a line of the record names an image, and its path and release are such as this fix changes.
owned_image() {
    [ "$key" = image: ] || return 1
    case $release/$nth in
    *[!A-Za-z0-9._+~/-]* | */*/*) return 1 ;;
    esac
    case $path in
    "/boot/initramfs-$release.img" | "/boot/initrd.img-$release" | "/boot/initrd-$release" | "/boot/initrd-$release.img") ;;
    *) return 1 ;;
    esac
}

images_may_be_undone() {
    while read -r key nth from release wanted_drivers path; do
        owned_image || continue
        checksum "$path"
        made_sum "$nth"
        case $sum in
        none | "$from") continue ;;
        "$made") ;;
        *)
            [ "$force" = yes ] ||
                conclude refused "$path was changed since, so nothing was undone: keep it, or restore with force: true, which brings back the image from before"
            ;;
        esac
        file_obstacle "$path" || conclude refused "$path cannot be replaced, nothing was undone: $obstacle"
        kept=$record.oldimage$nth
        checksum "$kept"
        if [ -L "$kept" ] || [ "$sum" != "$from" ]; then
            conclude refused "$kept is not what was kept of $path, so nothing was undone; restore it from a backup"
        fi
        space_to_restore=$(($(wc -c <"$kept") / 1024 + 1024))
        free=$(df -Pk /boot | awk 'NR == 2 { print $4 }')
        [ "${free:-0}" -ge "$space_to_restore" ] ||
            conclude refused "$space_to_restore KiB are needed in /boot to bring $path back, found ${free:-none}; make room"
    done <"$record.record"
}

bring_images_back() {
    while read -r key nth from release wanted_drivers path; do
        owned_image || continue
        new_image
        rm -f "$new"
        checksum "$path"
        case $sum in
        none)
            reason="${reason:+$reason; }$path is gone, with its kernel"
            continue
            ;;
        "$from") continue ;;
        esac
        replace_file "$path" "$record.oldimage$nth" "$record.oldimage$nth" "$sum" "$from" ||
            conclude failed "$file_error"
        remembered_by_initramfs_tools "$release"
        if [ -e "$record.oldmemory$nth" ] && [ -e "$remembered" ]; then
            copy_with_attributes "$record.oldmemory$nth" "$remembered.new" && mv -f "$remembered.new" "$remembered"
        fi
        undone=yes
        reason="${reason:+$reason; }brought back $path"
    done <"$record.record"
}
