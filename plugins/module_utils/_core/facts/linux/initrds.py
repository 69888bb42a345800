# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts ``initrd.*``: the initial RAM disks of the kernels that may start next, and what makes them.

Only fixes plan with them; no audit collects them. Private to this collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ...collector.read import command
from ...collector.recording import Recording
from ..fact import Element, Fact, Subject, Unknown, Value
from .glob_answers import lines_of
from .hyperv_drivers import DRIVERS, NAMES_IN_IMAGE

#: Of all kernels with modules: the running one, the newest with an image, and those that GRUB's environment names.
#: ``kernel RELEASE``, ``image PATH``, the names found, ``builtin`` and ``module`` lines, ``end`` for each.
KERNELS = command(
    "initial RAM disks",
    ": ; image_of() { image=; for path in /boot/initramfs-$1.img /boot/initrd.img-$1 /boot/initrd-$1 "
    '/boot/initrd-$1.img; do if [ -e "$path" ]; then image=$path; break; fi; done; }; '
    "read -r running </proc/sys/kernel/osrelease; "
    "saved=$(cat /boot/grub2/grubenv /boot/grub/grubenv 2>/dev/null | grep -a '^saved_entry='); "
    'releases=; for lib in /lib/modules/*/modules.dep; do [ -r "$lib" ] || continue; lib=${lib%/*}; '
    'image_of "${lib##*/}"; [ -z "$image" ] || releases="$releases ${lib##*/}"; done; '
    "newest=$(printf '%s\\n' $releases | sort -V 2>/dev/null | tail -n 1); "
    'for release in "$running" $releases; do chosen=; '
    'case $release in "$running"|"$newest") chosen=yes;; esac; '
    'case $saved in *"$release"*) chosen=yes;; esac; '
    'case " $seen " in *" $release "*) chosen=;; esac; [ "$chosen" ] || continue; seen="$seen $release"; '
    'echo "kernel $release"; image_of "$release"; echo "image $image"; '
    f"{NAMES_IN_IMAGE}; lib=/lib/modules/$release; "
    "grep -Eso '/hv_(vmbus|storvsc|netvsc)\\.ko' \"$lib/modules.builtin\" | sed 's/^/builtin /'; "
    "grep -Eso '/hv_(vmbus|storvsc|netvsc)\\.ko' \"$lib/modules.dep\" | sed 's/^/module /'; "
    'echo "end"; done',
    timeout_seconds=60,
)
BUILDER = command(
    "initial RAM disk builder",
    ": ; if [ -d /etc/initramfs-tools ] && command -v mkinitramfs >/dev/null; then echo initramfs-tools; "
    "elif command -v dracut >/dev/null; then echo dracut; "
    "elif [ -f /etc/sysconfig/kernel ] && command -v mkinitrd >/dev/null; then echo mkinitrd; else echo none; fi",
)

FACTS = (
    Fact(
        "initrd.kernels",
        "list",
        "The running kernel, the newest, and the one that GRUB's environment names. Only for planning a fix: slow, "
        "for it unpacks their images.",
        "/boot, /lib/modules, grubenv",
        (KERNELS,),
        elements=(
            Element("release", "str", "as uname -r says"),
            Element("image", "str", "its initial RAM disk; empty where it has none"),
            Element("built_in", "list", "of hv_vmbus, hv_storvsc, hv_netvsc those in the kernel itself"),
            Element("modules", "list", "of the same those that are modules"),
            Element("included", "list", "of the same those in the image"),
        ),
    ),
    Fact(
        "initrd.builder",
        "str",
        "dracut, initramfs-tools, mkinitrd or none. Only for planning a fix.",
        "the programs that are installed",
        (BUILDER,),
    ),
)


def _parse(recording: Recording) -> Mapping[str, Value]:
    builder = recording.answer(BUILDER)
    return {
        "kernels": _kernels(recording),
        "builder": builder.text.strip() if builder.answered and builder.code == 0 else Unknown(builder.reason),
    }


def _kernels(recording: Recording) -> Value:
    answer = recording.answer(KERNELS)
    if not answer.answered or lines_of(answer)[-1:] != ["end"]:
        return Unknown(answer.reason or "the list of kernels ended early")
    found: list[Value] = []
    for part in re.split(r"^kernel ", answer.text, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        image = lines[1].removeprefix("image ")
        strange = next((line for line in lines if line.startswith("format ")), None)
        if strange:
            return Unknown(f"{image} could not be unpacked: no program here takes its format ({strange[7:]})")
        if image and "done" not in lines:
            return Unknown(f"{image} could not be read")
        found.append(
            {
                "release": lines[0],
                "image": image,
                "built_in": _drivers(line for line in lines if line.startswith("builtin ")),
                "modules": _drivers(line for line in lines if line.startswith("module ")),
                "included": _drivers(line for line in lines if line.startswith("07070")),
            }
        )
    return found


def _drivers(lines: Iterable[str]) -> list[Value]:
    text = "\n".join(lines)
    return [driver for driver in DRIVERS if f"/{driver}.ko" in text]


SUBJECT = Subject("initrd", FACTS, _parse)
