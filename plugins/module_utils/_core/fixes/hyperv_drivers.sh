# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The Hyper-V drivers in initial RAM disks. A new image is made beside the old one, by the system's own program and its
# own settings, is looked into, and only then takes its place in one step; the old one is kept beside the record. The
# boot loader is not touched, and neither are the images of kernels that would not start next: they stay as a way back.
# shellcheck disable=SC2154,SC2034 # the variables are shared with linux.sh, change.sh and files.sh

hyperv_drivers_state() {
    looked_at=$before
    if [ "$record" ] && [ -e "$record.record" ]; then
        field before
        looked_at=$value
    fi
    # shellcheck disable=SC2086 # words are wanted
    set -- $looked_at
    file_state "$2"
    state="$1 $file_word"
    shift 3
    for kernel in "$@"; do
        image_of "${kernel%%=*}"
        drivers=none
        [ -z "$image" ] || drivers=$(
            names_in_image "$image" | {
                drivers_among
                echo "$drivers"
            }
        )
        state="$state ${kernel%%=*}=$drivers"
    done
}

# hyperv_drivers_prepare BUILDER file|same [FILE-ARGUMENTS...] [RELEASE IMAGE DRIVERS]...
hyperv_drivers_prepare() {
    builder=$1
    with_file=$2
    shift 2
    case $builder in
    initramfs-tools) program=mkinitramfs ;;
    *) program=$builder ;;
    esac
    command -v "$program" >/dev/null 2>&1 ||
        conclude refused "nothing was changed: the program $program is not there any more; audit the machine again"
    file_number=0
    if [ "$with_file" = file ]; then
        file_prepare "$1" "$2" "$3" "$4" "$5" "$6"
        shift 6
    fi
    enough_space "$@"
    record_lines="${record_lines}builder: $builder$newline"
    nth_image=0
    while [ $# -ge 3 ]; do
        nth_image=$((nth_image + 1))
        keep_image "$1" "$2" "$3"
        shift 3
    done
}

# enough_space [RELEASE IMAGE DRIVERS]...: for the copies in the journal, for one new image in /boot, and for the work.
enough_space() {
    all=0
    largest=0
    while [ $# -ge 3 ]; do
        kibibytes=$(($(wc -c <"$2") / 1024 + 1))
        all=$((all + kibibytes))
        [ "$kibibytes" -le "$largest" ] || largest=$kibibytes
        shift 3
    done
    space_in "$journal" $((all + largest * 6 + 51200))
    space_in /var/tmp $((all + largest * 6 + 51200))
    space_in /boot $((largest * 3 / 2 + 10240))
}

# space_in DIRECTORY KIBIBYTES
space_in() {
    free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')
    [ "${free:-0}" -ge "$2" ] || refuse_drivers "$2 KiB are needed in the file system of $1, found ${free:-none}; make room"
}

refuse_drivers() {
    rm -f "$record".*
    record=
    conclude refused "nothing was changed: $1"
}

# keep_image RELEASE IMAGE DRIVERS
keep_image() {
    image_of "$1"
    [ "$image" = "$2" ] || refuse_drivers "the initial RAM disk of the kernel $1 is not $2 any more; audit the machine again"
    file_obstacle "$2" || refuse_drivers "$2 cannot be replaced: $obstacle"
    checksum "$2"
    from=$sum
    kept=$record.oldimage$nth_image
    if ! append_error=$(copy_with_attributes "$2" "$kept" 2>&1) || ! flush "$kept"; then
        cannot_prepare
    fi
    checksum "$kept"
    [ "$sum" = "$from" ] || refuse_drivers "$2 changes at this moment; run again later"
    remembered_by_initramfs_tools "$1"
    if [ -e "$remembered" ] && ! append_error=$(copy_with_attributes "$remembered" "$record.oldmemory$nth_image" 2>&1); then
        cannot_prepare
    fi
    record_lines="${record_lines}image: $nth_image $from $1 $3 $2$newline"
}

# Old versions of initramfs-tools remember a checksum, and make an image no more that does not have it.
remembered_by_initramfs_tools() {
    remembered=/var/lib/initramfs-tools/$1
}

hyperv_drivers_apply() {
    file_apply || return
    field builder
    builder=$value
    driver_error=
    while read -r key nth from release wanted_drivers path <&3; do
        [ "$key" = image: ] || continue
        make_image || break
    done 3<"$record.record"
    [ "$driver_error" ] || return 0
    bring_images_back
    # shellcheck disable=SC2086 # words are wanted
    file_undo $hyperv_drivers_files
    reason=
    file_error="$driver_error, so everything was put back"
}

hyperv_drivers_files='/etc/dracut.conf.d/preflight.azure.conf /etc/initramfs-tools/modules /etc/sysconfig/kernel'

make_image() {
    new_image
    case $builder in
    dracut) transaction dracut -f "$new" "$release" ;;
    initramfs-tools) transaction mkinitramfs -o "$new" "$release" ;;
    mkinitrd) transaction mkinitrd -B -k "/boot/vmlinuz-$release" -i "$new" ;;
    esac
    if [ "$code" != 0 ] || [ ! -s "$new" ]; then
        driver_error="$builder could not make an image for the kernel $release (code ${code:-none}): $(tail -n 1 "$record.log" 2>/dev/null)"
    elif ! image_defect "$new" "$path" "$wanted_drivers"; then
        driver_error="the new image for the kernel $release is not used: $defect"
    else
        put_image
    fi
    rm -f "$new"
    [ -z "$driver_error" ]
}

new_image() {
    new=${record##*/}
    new=/boot/.preflight.azure.${new%%.*}.$nth
}

put_image() {
    checksum "$path"
    if [ "$sum" != "$from" ]; then
        driver_error="$path was changed while a new one was made"
        return
    fi
    # shellcheck disable=SC2046 # words are wanted
    set -- $(ls -ldn "$path")
    chown "$3:$4" "$new" 2>/dev/null
    chmod "$(stat -c %a "$path")" "$new" || chmod 600 "$new"
    checksum "$new"
    record_lines="made: $nth $sum$newline"
    if ! flush "$new" || ! append_state planned; then
        driver_error="the new image for the kernel $release is not used: $append_error"
    elif ! driver_error=$(mv -f "$new" "$path" 2>&1); then
        driver_error="$path was not changed: $driver_error"
    else
        restorecon "$path" >/dev/null 2>&1
        remembered_by_initramfs_tools "$release"
        if [ -e "$remembered" ]; then
            sha1sum "$path" >"$remembered"
        fi
    fi
    record_lines=
}

# made_sum NTH: the checksum of the image that was made, in "made".
made_sum() {
    made=$(sed -n "s/^made: $1 //p" "$record.record" | tail -n 1)
}

hyperv_drivers_settle() {
    file_settle
    while read -r key nth from release wanted_drivers path; do
        [ "$key" = image: ] || continue
        new_image
        rm -f "$new"
        checksum "$path"
        made_sum "$nth"
        case $sum in
        "$from") ;;
        "$made") reason="${reason:+$reason; }put $wanted_drivers into $path" ;;
        *) reason="${reason:+$reason; }$path is neither as before nor as it was made" ;;
        esac
    done <"$record.record"
}
