# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Which words of which files name devices, and how one word takes the place of another, in awk.
# shellcheck disable=SC2034 # boot_devices.sh uses the variables
# shellcheck disable=SC2016 # awk's programs, not the shell's variables

boot_device_files='/boot/grub2/grub.cfg /boot/grub/grub.cfg /boot/efi/EFI/*/grub.cfg
/boot/grub2/custom.cfg /boot/grub/custom.cfg
/boot/grub/menu.lst /boot/grub/grub.conf /boot/efi/EFI/*/grub.conf
/boot/loader/entries/*.conf /boot/grub2/grubenv /boot/grub/grubenv /boot/efi/EFI/*/grubenv
/etc/default/grub /etc/default/grub.d/*.cfg /etc/grub.d/*_custom /etc/kernel/cmdline /etc/sysconfig/bootloader
/etc/fstab'

# Prints FILE WORD; "no-initrd" stands for an entry that starts a kernel without an initial RAM disk.
boot_words_program='
function entry_ends() { if (named && !initrd) print file, "no-initrd"; named = 0; initrd = 0 }
FNR == 1 { entry_ends(); file = FILENAME }
/^[ \t]*#/ { next }
FILENAME ~ /fstab$/ { if ($1 ~ /^\/dev\//) print FILENAME, "fstab=" $1; next }
/^[ \t]*(menuentry|submenu|title)[ \t]/ { entry_ends() }
/^[ \t]*(initrd|module)/ { initrd = 1 }
/^[ \t]*(export[ \t]+)?GRUB_DISABLE_(LINUX_)?UUID=["\047]?true/ {
w = $0; sub(/^[ \t]*(export[ \t]+)?/, "", w); sub(/=.*/, "", w); print FILENAME, w "=true" }
{ n = split($0, words, /[ \t\r"\047]+/); for (i = 1; i <= n; i++) { w = words[i];
if (w ~ /^[A-Za-z_]+=(root|resume)=/) sub(/^[A-Za-z_]+=/, "", w);
if (w ~ /^(root|resume)=(\/dev\/|[0-9a-fA-Fx:]+$)/) { print FILENAME, w;
if (w ~ /^root=/ && $1 ~ /^(linux|linux16|linuxefi|kernel|options)$/) named = 1 } } }
END { entry_ends() }'

# Puts the new words in the place of the old ones, with the blanks of fstab taken back as far as a column has them, and
# grubenv kept at its length. Fails where that cannot be done.
boot_edit_program='
BEGIN {
    count = split(ENVIRON["boot_pairs"], pairs, "\n")
    for (i = 1; i <= count; i++) if (split(pairs[i], pair, " ") == 2) new[pair[1]] = pair[2]
    ORS = ""
}
function swapped(word,   before, flag) {
    before = ""
    if (word ~ /^[A-Za-z_]+=(root|resume)=/) {
        match(word, /^[A-Za-z_]+=/)
        before = substr(word, 1, RLENGTH)
        word = substr(word, RLENGTH + 1)
    }
    return before ((word in new) ? new[word] : word)
}
function edited(line,   out, start, size) {
    out = ""
    while (match(line, /[^ \t\r"\047]+/)) {
        start = RSTART
        size = RLENGTH
        out = out substr(line, 1, start - 1) swapped(substr(line, start, size))
        line = substr(line, start + size)
    }
    return out line
}
function edited_fstab(line,   head, name, gap, growth) {
    match(line, /^[ \t]*/)
    head = substr(line, 1, RLENGTH)
    line = substr(line, RLENGTH + 1)
    match(line, /^[^ \t]+/)
    name = substr(line, 1, RLENGTH)
    line = substr(line, RLENGTH + 1)
    if (!("fstab=" name in new)) return head name line
    match(line, /^ */)
    gap = RLENGTH
    growth = length(new["fstab=" name]) - length(name)
    if (gap > 1 && growth > 0) line = substr(line, 1 + (growth < gap ? growth : gap - 1))
    return head new["fstab=" name] line
}
NR > 1 { print "\n" }
kind == "grubenv" && /^#+$/ {
    if (length($0) < grown) exit bad = 1
    line = $0
    for (i = grown; i < 0; i++) line = line "#"
    if (grown > 0) line = substr(line, 1 + grown)
    print line
    next
}
/^[ \t]*#/ { print $0; next }
kind == "fstab" && /[^ \t]/ { print edited_fstab($0); next }
("GRUB_DISABLE_LINUX_UUID=true" in new) && /^[ \t]*(export[ \t]+)?GRUB_DISABLE_LINUX_UUID=["\047]?true/ {
    sub(/true/, "false")
    print $0
    next
}
{
    line = edited($0)
    grown += length(line) - length($0)
    print line
}
END { if (!bad && ended) print "\n"; exit bad }'
