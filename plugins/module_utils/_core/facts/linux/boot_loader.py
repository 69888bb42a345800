# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the boot loader's configuration says about the kernel's arguments. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass

from ...collector.read import command
from ...collector.recording import Recording
from ..fact import Unknown
from .device_names import is_device_argument
from .glob_answers import lines_of

_DIRECTORIES = "/boot /boot/grub2 /boot/grub /boot/efi /boot/efi/EFI /boot/efi/EFI/*/ /boot/loader /boot/loader/entries"
_FILES = (
    "/boot/grub2/grub.cfg /boot/grub/grub.cfg /boot/efi/EFI/*/grub.cfg /boot/grub2/custom.cfg /boot/grub/custom.cfg"
    " /boot/grub/menu.lst /boot/grub/grub.conf /boot/efi/EFI/*/grub.conf"
    " /boot/loader/entries/*.conf /boot/grub2/grubenv /boot/grub/grubenv /boot/efi/EFI/*/grubenv"
    " /etc/default/grub /etc/kernel/cmdline"
)
# Only the words that name a device leave the machine: the files can hold password hashes. "kernelopts=root=…" is how
# grubenv holds what boot loader entries call $kernelopts, and /etc/default/grub need not quote its one word. awk gets
# only files it can open, for some stop at the first that they cannot.
_WORDS = (
    "/^[ \\t]*#/ { next } "
    '{ n = split($0, words, /[ \\t"\\047]+/); '
    "for (i = 1; i <= n; i++) { w = words[i]; "
    'sub(/^[A-Za-z_]+=root=/, "root=", w); sub(/^[A-Za-z_]+=resume=/, "resume=", w); '
    "if (w ~ /^(root|resume)=[^(]/ && w !~ /=hd[0-9]/ && !seen[FILENAME, w]++) print FILENAME, w } }"
)

#: One line each: ``unreadable PATH``, ``file PATH``, and ``PATH root=…`` for a word in it.
LOADER = command(
    "boot loader",
    "set --; "
    f"for path in {_DIRECTORIES}; do "
    'if [ -d "$path" ] && ! { [ -r "$path" ] && [ -x "$path" ]; }; then echo "unreadable $path"; fi; done; '
    f"for path in {_FILES}; do "
    'if [ -r "$path" ]; then echo "file $path"; set -- "$@" "$path"; '
    'elif [ -e "$path" ]; then echo "unreadable $path"; fi; done; '
    f"if [ $# -gt 0 ]; then awk '{_WORDS}' \"$@\"; fi",
)


@dataclass(frozen=True)
class Loader:
    """The boot loader's files: those read, and the root= and resume= words in them."""

    files: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Return grub2, grub (the first, "legacy" one) or none."""
        if any(path.endswith("/grub.cfg") for path in self.files):
            return "grub2"
        return "grub" if any(path.endswith(("/menu.lst", "/grub.conf")) for path in self.files) else "none"


def loader(recording: Recording) -> Loader | Unknown:
    """Return what the configuration says; unknown where a part of it could not be read."""
    answer = recording.answer(LOADER)
    if not answer.answered:
        return Unknown(answer.reason)
    files: dict[str, None] = {}
    words = []
    for line in lines_of(answer):
        first, _space, second = line.partition(" ")
        if first == "unreadable":
            rights = "" if recording.privileged else " without root rights"
            return Unknown(f"the boot loader's configuration could not be read{rights}: {second}")
        if first == "file":
            files[second] = None
        elif first in files:
            words.append(second)
    if answer.code != 0:
        return Unknown(answer.reason)
    return Loader(tuple(files), tuple(words))


def device_name_arguments(recording: Recording) -> list[str] | Unknown:
    """Return the arguments that name a device at the next start; those of the running kernel are past."""
    found = loader(recording)
    if isinstance(found, Unknown):
        return found
    if not any(word.startswith("root=") for word in found.words):
        return Unknown("no configuration of a boot loader with a root= argument was found below /boot")
    return sorted({word for word in found.words if is_device_argument(word)})
