# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Hyper-V drivers the running kernel has, and which of them before it has its disks.

Private to this collection.
"""

from __future__ import annotations

import re

from ...collector.read import command
from ...collector.recording import Answer, Recording
from ..fact import Unknown

DRIVERS = ("hv_vmbus", "hv_storvsc", "hv_netvsc")
_DRIVER = "hv_(vmbus|storvsc|netvsc)"

#: ``builtin NAME.ko`` and ``module NAME.ko``; ``missing PATH`` where the list of modules is not there.
MODULES = command(
    "hyper-v modules",
    ": ; read -r release </proc/sys/kernel/osrelease; lib=/lib/modules/$release; "
    'if [ -r "$lib/modules.dep" ]; then '
    f'grep -EHso \'/{_DRIVER}\\.ko\' "$lib/modules.builtin" "$lib/modules.dep"; [ $? -lt 2 ] || '
    '[ ! -e "$lib/modules.builtin" ]; '
    'else echo "missing $lib/modules.dep"; fi',
)

# An initial RAM disk is a chain of cpio archives: some plain ones (microcode, on newer systems also modules), each
# padded to 512 bytes, then a compressed one. The programs that list them write temporary files, so the names are taken
# out of the stream: in such an archive a name follows directly on its header of 110 characters. (The name of a driver
# alone proves nothing: lists of all modules are in there as well.)
_NAMES = f"grep -aoE '07070[12][0-9A-Fa-f]{{104}}[!-~]*/{_DRIVER}\\.ko'"
#: For a shell variable "image": the names found, ``format HEX`` where the compression is not known, ``done``.
NAMES_IN_IMAGE = (
    'if [ "$image" ] && ! echo a | grep -abq a 2>/dev/null; then echo "format grep -ab"; '
    'elif [ -r "$image" ]; then '
    f'{_NAMES} "$image"; '
    "ends=$(grep -abo 'TRAILER!!!' \"$image\" | cut -d: -f1); at=0; "
    "while magic=$(od -An -tx1 -j $at -N 6 \"$image\" | tr -d ' \\n'); do "
    "case $magic in 30373037*) ;; *) break;; esac; next=; "
    'for end in $ends; do if [ "$end" -ge $at ]; then next=$end; break; fi; done; '
    '[ "$next" ] || break; at=$(((next + 10 + 511) / 512 * 512)); done; '
    "unpack=; case $magic in "
    "1f8b*) unpack='gzip -dc';; fd377a585a00) unpack='xz -dc';; 28b52ffd*) unpack='zstd -dc';; "
    "425a68*) unpack='bzip2 -dc';; 5d0000*) unpack='xz -F lzma -dc';; 02214c18*|04224d18*) unpack='lz4 -dc';; "
    "894c5a4f*) unpack='lzop -dc';; '') ;; *) echo \"format $magic\";; esac; "
    'if [ "$unpack" ]; then if command -v ${unpack%% *} >/dev/null; then '
    f'tail -c +$((at + 1)) "$image" | $unpack 2>/dev/null | {_NAMES}; '
    'else echo "format $unpack"; fi; fi; echo "done"; fi'
)
#: ``image PATH`` and then the same.
INITRD = command(
    "hyper-v drivers in initrd",
    ": ; read -r release </proc/sys/kernel/osrelease; image=; "
    "for path in /boot/initramfs-$release.img /boot/initrd.img-$release /boot/initrd-$release"
    " /boot/initrd-$release.img; do "
    f'if [ -e "$path" ]; then image=$path; break; fi; done; echo "image $image"; {NAMES_IN_IMAGE}',
    timeout_seconds=20,
)


def available(recording: Recording) -> list[str] | Unknown:
    """Return the drivers that are built in or modules of the running kernel."""
    answer = recording.answer(MODULES)
    return _unusable(answer) or _named(answer.text)


def in_initrd(recording: Recording) -> list[str] | Unknown:
    """Return the drivers that the running kernel has before its disks: built in, or in its initial RAM disk."""
    modules, answer = recording.answer(MODULES), recording.answer(INITRD)
    if not answer.answered:
        return Unknown(answer.reason)
    image = re.match(r"image (.*)\n", answer.text)
    if image is None or not image[1]:
        return Unknown("the initial RAM disk of the running kernel was not found in /boot")
    strange = re.search(r"^format (.*)$", answer.text, re.MULTILINE)
    if strange is not None:
        return Unknown(f"{image[1]} could not be unpacked: no program here takes its format ({strange[1]})")
    if not answer.text.endswith("done\n"):
        rights = "" if recording.privileged else " without root rights"
        return Unknown(f"{image[1]} could not be read{rights}")
    builtin = "\n".join(line for line in modules.text.splitlines() if "/modules.builtin:" in line)
    found = _named(answer.text + builtin)
    if len(found) < len(DRIVERS):
        return _unusable(modules) or found
    return found


def _unusable(answer: Answer) -> Unknown | None:
    if not answer.answered:
        return Unknown(answer.reason)
    missing = re.search(r"^missing (.*)$", answer.text, re.MULTILINE)
    if missing is not None:
        return Unknown(f"{missing[1]} could not be read, so what is built into the kernel is not known")
    return None if answer.code == 0 else Unknown(answer.reason)


def _named(text: str) -> list[str]:
    return [driver for driver in DRIVERS if re.search(rf"/{driver}\.ko", text)]
