# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts ``boot_devices.*``: where devices are named, and by which UUID each is known.

Only fixes plan with them; no audit collects them. Private to this collection.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Mapping

from ...collector.read import command
from ...collector.recording import Recording, Status
from ..fact import Element, Fact, Subject, Unknown, Value
from .boot import FSTAB
from .glob_answers import lines_of
from .storage_mounts import MOUNTS, mounts

#: What the next start reads, and what later configurations are made from; ``boot_devices_words.sh`` has it, too.
FILES = (
    "/boot/grub2/grub.cfg /boot/grub/grub.cfg /boot/efi/EFI/*/grub.cfg"
    " /boot/grub2/custom.cfg /boot/grub/custom.cfg"
    " /boot/grub/menu.lst /boot/grub/grub.conf /boot/efi/EFI/*/grub.conf"
    " /boot/loader/entries/*.conf /boot/grub2/grubenv /boot/grub/grubenv /boot/efi/EFI/*/grubenv"
    " /etc/default/grub /etc/default/grub.d/*.cfg /etc/grub.d/*_custom /etc/kernel/cmdline /etc/sysconfig/bootloader"
    " /etc/fstab"
)
#: Prints FILE WORD; "no-initrd" stands for an entry that starts a kernel without an initial RAM disk, which alone
#: understands UUIDs. Nothing else of these files leaves the machine: they can hold password hashes.
WORDS = (
    'function entry_ends() { if (named && !initrd) print file, "no-initrd"; named = 0; initrd = 0 } '
    "FNR == 1 { entry_ends(); file = FILENAME } "
    "/^[ \\t]*#/ { next } "
    'FILENAME ~ /fstab$/ { if ($1 ~ /^\\/dev\\//) print FILENAME, "fstab=" $1; next } '
    "/^[ \\t]*(menuentry|submenu|title)[ \\t]/ { entry_ends() } "
    "/^[ \\t]*(initrd|module)/ { initrd = 1 } "
    '/^[ \\t]*(export[ \\t]+)?GRUB_DISABLE_(LINUX_)?UUID=["\\047]?true/ '
    '{ w = $0; sub(/^[ \\t]*(export[ \\t]+)?/, "", w); sub(/=.*/, "", w); print FILENAME, w "=true" } '
    '{ n = split($0, words, /[ \\t\\r"\\047]+/); for (i = 1; i <= n; i++) { w = words[i]; '
    'if (w ~ /^[A-Za-z_]+=(root|resume)=/) sub(/^[A-Za-z_]+=/, "", w); '
    "if (w ~ /^(root|resume)=(\\/dev\\/|[0-9a-fA-Fx:]+$)/) { print FILENAME, w; "
    "if (w ~ /^root=/ && $1 ~ /^(linux|linux16|linuxefi|kernel|options)$/) named = 1 } } } "
    "END { entry_ends() }"
)
PLACES = command(
    "boot device names",
    f"set --; for path in {FILES}; do "
    f'if [ -L "$path" ]; then for other in {FILES}; do '
    '[ ! -L "$other" ] && [ "$path" -ef "$other" ] && continue 2; done; fi; '
    'if [ -f "$path" ] && [ -r "$path" ]; then set -- "$@" "$path"; '
    'elif [ -e "$path" ]; then echo "unreadable $path"; fi; done; '
    f"if [ $# -gt 0 ]; then awk '{WORDS}' \"$@\" && echo 'done'; else echo 'done'; fi",
)
#: The links as ``ls`` shows them, and which devices udev's database says have which UUID.
LINKS = command(
    "device links",
    "ls -ld /dev/disk/by-uuid/* /dev/disk/by-id/* /dev/disk/by-path/* 2>/dev/null; "
    "grep -Hs '^S:disk/by-uuid/' /run/udev/data/b* /dev/.udev/db/*; echo 'done'",
)

FACTS = (
    Fact(
        "boot_devices.words",
        "list",
        "Words that name devices: root=/dev/…, resume=/dev/…, fstab=/dev/… for a line of /etc/fstab, settings that "
        "forbid UUIDs, and no-initrd where an entry has no initial RAM disk. Only for planning a fix.",
        "GRUB's configuration and what it is made from; /etc/fstab",
        (PLACES,),
        elements=(
            Element("path", "str", "the file"),
            Element("word", "str", "the word as it stands there"),
        ),
    ),
    Fact(
        "boot_devices.links",
        "list",
        "The names of block devices below /dev/disk. Only for planning a fix.",
        "/dev/disk/by-uuid, by-id, by-path",
        (LINKS,),
        elements=(
            Element("name", "str", "the link's path"),
            Element("device", "str", "the device it points to, such as /dev/sda1"),
        ),
    ),
    Fact(
        "boot_devices.shared_uuids",
        "list",
        "UUIDs that more than one device has, such as a disk and its copy. Only for planning a fix.",
        "udev's database",
        (LINKS,),
    ),
    Fact(
        "boot_devices.fstab",
        "list",
        "The lines of /etc/fstab that name a path in /dev. Only for planning a fix.",
        "/etc/fstab",
        (FSTAB,),
        elements=(Element("device", "str", "the first column"), Element("mount", "str", "the second")),
    ),
    Fact(
        "boot_devices.mounted",
        "list",
        "What is mounted from a block device. Only for planning a fix.",
        "/proc/self/mountinfo",
        (MOUNTS,),
        elements=(
            Element("mount", "str", "the directory"),
            Element("device", "str", "the device as the kernel names it"),
        ),
    ),
)


def _parse(recording: Recording) -> Mapping[str, Value]:
    links = recording.answer(LINKS)
    lines = lines_of(links)
    linked = "done" in lines[-1:]
    return {
        "words": _words(recording),
        "links": _links(lines) if linked else Unknown(links.reason or "the links below /dev/disk could not be read"),
        "shared_uuids": _shared(lines) if linked else Unknown(links.reason or "udev's database could not be read"),
        "fstab": _fstab(recording),
        "mounted": _mounted(recording),
    }


def _words(recording: Recording) -> Value:
    answer = recording.answer(PLACES)
    lines = lines_of(answer)
    unreadable = next((line.partition(" ")[2] for line in lines if line.startswith("unreadable ")), "")
    if unreadable or lines[-1:] != ["done"]:
        return Unknown(f"{unreadable} could not be read" if unreadable else answer.reason or "awk did not end")
    found: list[Value] = []
    for line in dict.fromkeys(lines[:-1]):
        path, _space, word = line.rpartition(" ")
        found.append({"path": path, "word": word})
    return found


def _links(lines: list[str]) -> list[Value]:
    found: list[Value] = []
    for line in lines:
        named = re.search(r" (/dev/disk/by-[a-z]+/\S+) -> (\S+)$", line)
        if named:
            device = posixpath.normpath(posixpath.join(posixpath.dirname(named[1]), named[2]))
            found.append({"name": named[1], "device": device})
    return found


def _shared(lines: list[str]) -> list[Value]:
    claims = Counter(line.partition(":S:disk/by-uuid/")[2] for line in lines if ":S:disk/by-uuid/" in line)
    return [uuid for uuid, count in claims.items() if count > 1]


def _fstab(recording: Recording) -> Value:
    answer = recording.answer(FSTAB)
    if not answer.answered and answer.status is not Status.ABSENT:
        return Unknown(answer.reason)
    lines = [line.split() for line in lines_of(answer)]
    return [{"device": line[0], "mount": line[1]} for line in lines if len(line) > 1 and line[0].startswith("/dev/")]


def _mounted(recording: Recording) -> Value:
    found = mounts(recording)
    if isinstance(found, Unknown):
        return found
    return [{"mount": mount.path, "device": mount.device} for mount in found if mount.device.startswith("/dev/")]


SUBJECT = Subject("boot_devices", FACTS, _parse)
