# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drivers of Azure's virtual hardware in the initial RAM disks of the kernels that may start next. Private."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..facts.fact import Facts, Json
from ..facts.linux.hyperv_drivers import DRIVERS
from .contract import FILE_SCRIPTS, Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from .file_change import EditableFile, change_arguments, editable_file, with_text

#: The file that tells each program what to put in, by the names of the facts ``files.*``.
_CONFIGURATIONS = {"dracut": "dracut_drop_in", "initramfs-tools": "initramfs_modules", "mkinitrd": "suse_kernel"}
_DROP_IN = "# Written by preflight.azure: the drivers of Hyper-V, on which Azure's machines run.\n"


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    kernels = cast("list[dict[str, Any]]", cast(Any, facts.tree["initrd"])["kernels"])
    builder = str(cast(Any, facts.tree["initrd"])["builder"])
    lacking = {kernel["release"]: _lacking(kernel) for kernel in kernels}
    if not any(lacking.values()):
        return Unchanged(
            {"kernels": [kernel["release"] for kernel in kernels]},
            "the drivers are built in, or in the initial RAM disk, of every kernel that may start next",
        )
    for kernel in kernels:
        missing = [driver for driver in lacking[kernel["release"]] if driver not in kernel["modules"]]
        if missing:
            return Refusal(_not_there(facts, kernel["release"], missing))
        if lacking[kernel["release"]] and not kernel["image"]:
            return Refusal(
                f"no initial RAM disk of the kernel {kernel['release']} was found in /boot; make one, and run again"
            )
    if builder not in _CONFIGURATIONS:
        return Refusal("no program that makes initial RAM disks was found (dracut, mkinitramfs, mkinitrd); install it")
    file = editable_file(facts, _CONFIGURATIONS[builder])
    if isinstance(file, Refusal):
        return file
    wanted = [driver for driver in DRIVERS if any(driver not in kernel["built_in"] for kernel in kernels)]
    edited = _configuration(builder, file, wanted)
    if isinstance(edited, Refusal):
        return edited
    words = [] if edited == file else list(change_arguments(file, edited))
    for kernel in kernels:
        if lacking[kernel["release"]]:
            words += [kernel["release"], kernel["image"], _joined(_needed(kernel))]
    changing = [kernel for kernel in kernels if lacking[kernel["release"]]]
    return Plan(
        fix="hyperv_drivers",
        before=_shown(file, {kernel["image"]: kernel["included"] for kernel in changing}),
        after=_shown(edited, {kernel["image"]: _afterwards(kernel) for kernel in changing}),
        found=_state(builder, file, kernels, {kernel["release"]: kernel["included"] for kernel in kernels}),
        wanted=_state(builder, edited, kernels, {kernel["release"]: _afterwards(kernel) for kernel in kernels}),
        arguments=(builder, "same" if edited == file else "file", *words),
        timeout_seconds=timeout_seconds(options) * len(changing),
    )


def _needed(kernel: Mapping[str, Any]) -> list[str]:
    return [driver for driver in DRIVERS if driver not in kernel["built_in"]]


def _lacking(kernel: Mapping[str, Any]) -> list[str]:
    return [driver for driver in _needed(kernel) if driver not in kernel["included"]]


def _afterwards(kernel: Mapping[str, Any]) -> list[str]:
    return [driver for driver in DRIVERS if driver in kernel["included"] or driver in _needed(kernel)]


def _not_there(facts: Facts, release: str, missing: Sequence[str]) -> str:
    """Say which package brings a driver that the kernel has not."""
    system = cast(Any, facts.tree["os"])
    package = {
        "ubuntu": f"linux-modules-extra-{release} (linux-image-extra-{release} on old releases)",
        "debian": f"linux-image-{release}",
        "sles": "kernel-default in the place of kernel-default-base",
    }.get(system["id"], f"kernel-modules-{release}" if system["major"] >= 8 else "a newer kernel")
    where = "" if system["id"] in ("ubuntu", "debian", "sles") or system["major"] >= 7 else ", or Microsoft's LIS,"
    return f"the kernel {release} has no {', '.join(missing)}; install {package}{where} and run again"


def _configuration(builder: str, file: EditableFile, drivers: Sequence[str]) -> EditableFile | Refusal:
    """Return the file with the drivers in it, so that images made later have them, too."""
    text = file.text or ""
    if builder == "dracut":
        return with_text(file, f'{_DROP_IN}add_drivers+=" {" ".join(drivers)} "\n')
    if builder == "initramfs-tools":
        named = {line.split()[0] for line in text.splitlines() if line.split()}
        added = [driver for driver in drivers if driver not in named]
        if not added:
            return file
        if text and not text.endswith("\n"):
            text += file.line_end
        return with_text(file, text + "".join(driver + file.line_end for driver in added))
    found = list(re.finditer(r'^INITRD_MODULES="([^"\n$`\\]*)"', text, re.MULTILINE))
    if len(found) != 1:
        return Refusal(
            f'expected one line INITRD_MODULES="…" in {file.path}, found {len(found)}; name {", ".join(drivers)} '
            "there by hand, and run mkinitrd"
        )
    named_there = found[0][1].split()
    added = [driver for driver in drivers if driver not in named_there]
    if not added:
        return file
    value = " ".join([*([found[0][1].rstrip()] if named_there else []), *added])
    return with_text(file, text[: found[0].start(1)] + value + text[found[0].end(1) :])


def _state(
    builder: str, file: EditableFile, kernels: Sequence[Mapping[str, Any]], drivers: Mapping[str, list[str]]
) -> str:
    words = [f"{kernel['release']}={_joined(drivers[kernel['release']])}" for kernel in kernels]
    return " ".join([builder, file.state, *words])


def _joined(drivers: Sequence[str]) -> str:
    return ",".join(drivers) or "none"


def _shown(file: EditableFile, images: Mapping[str, list[str]]) -> dict[str, Json]:
    lines = [line.strip() for line in file.lines if "hv_" in line and not line.startswith("#")]
    return {file.path: list(lines), **{image: list(drivers) for image, drivers in images.items()}}


FIX = Fix(
    name="hyperv_drivers",
    safety="opt_in",
    why="makes the initial RAM disk of the kernels that may start next anew",
    needs=("os.id", "os.major", "initrd.kernels", "initrd.builder"),
    wishes=tuple(f"files.{name}" for name in _CONFIGURATIONS.values()),
    scripts=(*FILE_SCRIPTS, "hyperv_drivers_images.sh", "hyperv_drivers.sh", "hyperv_drivers_undo.sh"),
    planner=_plan,
)
