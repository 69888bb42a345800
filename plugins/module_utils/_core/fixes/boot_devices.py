# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UUIDs in the place of device names, for the next start: in GRUB's configuration and in /etc/fstab. Private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..facts.fact import Facts, Json
from ..facts.linux.device_names import is_device_argument, names_a_device
from .contract import FILE_SCRIPTS, Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds

_NO_INITRD = "no-initrd"
_NO_UUIDS = "GRUB_DISABLE_LINUX_UUID=true"
_NO_UUIDS_AT_ALL = "GRUB_DISABLE_UUID=true"
_BY_UUID = "/dev/disk/by-uuid/"


@dataclass(frozen=True)
class _Devices:
    """What is known of the machine's block devices."""

    links: Mapping[str, str]
    uuids: Mapping[str, list[str]]
    shared: frozenset[str]
    mounted: Mapping[str, str]
    fstab: Mapping[str, list[str]]

    def device(self, name: str) -> str:
        """The device that a name stands for; itself where it is no link."""
        return self.links.get(name, name)

    def uuid(self, name: str) -> str | Refusal:
        """The one UUID of a device, or why it has none that can be used."""
        device = self.device(name)
        found = self.uuids.get(device, [])
        if len(found) != 1:
            said = f"{_BY_UUID} has {len(found)} links" if found else f"{_BY_UUID} has no link"
            return Refusal(
                f"the UUID of {name} is not known: {said} to {device}; look what it is, and change it by hand"
            )
        if found[0] in self.shared:
            return Refusal(
                f"the UUID of {name}, {found[0]}, is also that of another device, such as a copy or a path of it; "
                "give the copy another one, or change the name by hand"
            )
        return found[0]


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    devices, words = _devices(facts), _words(facts)
    named = sorted({word for _path, word in words})
    arguments = [word for word in named if is_device_argument(word)]
    lines = [word for word in named if word.startswith("fstab=") and names_a_device(word.partition("=")[2])]
    if not arguments and not lines:
        return Unchanged({}, "neither GRUB's configuration nor /etc/fstab names a device by a name that may change")
    new = _new_arguments(facts, devices, words, arguments)
    if isinstance(new, Refusal):
        return new
    left = []
    for line in lines:
        found = _new_line(devices, line)
        if isinstance(found, Refusal):
            left.append(found.reason)
        else:
            new[line] = found
    if not new:
        return Refusal("; ".join(left))
    return Plan(
        fix="boot_devices",
        before=_shown(words, {word: word for word in new}),
        after=_shown(words, new, left),
        found=" ".join(named),
        wanted=" ".join(sorted(_afterwards(named, new))) or "none",
        arguments=tuple(f"{old} {word}" for old, word in sorted(new.items())),
        timeout_seconds=timeout_seconds(options),
    )


def _new_arguments(
    facts: Facts, devices: _Devices, words: list[tuple[str, str]], arguments: list[str]
) -> dict[str, str] | Refusal:
    """Return what is to stand in the place of kernel arguments."""
    kept_names = cast(Any, facts.tree["os"])["family"] == "suse" and cast(Any, facts.tree["os"])["major"] <= 11
    new: dict[str, str] = {}
    roots = set()
    for word in arguments:
        name, _equals, value = word.partition("=")
        if not value.startswith("/dev/"):
            return Refusal(f"{word} names a device by its number, not by a path; replace it by UUID=... by hand")
        uuid = devices.uuid(value)
        if isinstance(uuid, Refusal):
            return uuid
        # The first generation of mkinitrd is sure to know the path; everything later knows UUID=, too.
        new[word] = f"{name}={_BY_UUID if kept_names else 'UUID='}{uuid}"
        roots.update([devices.device(value)] if name == "root" else [])
    root = devices.mounted.get("/", "")
    if roots and names_a_device(root) and root not in roots:
        return Refusal(
            f"the boot loader's root= names {', '.join(sorted(roots))}, but / is mounted from {root}: the names have "
            "changed since it was written; look which is right, and change it by hand"
        )
    without = sorted({path for path, word in words if word == _NO_INITRD})
    if roots and without:
        return Refusal(
            f"an entry of {', '.join(without)} starts a kernel without an initial RAM disk, and the kernel itself "
            "does not understand UUIDs; make one (or remove the entry), and run again"
        )
    if new and any(word == _NO_UUIDS_AT_ALL for _path, word in words):
        return Refusal(
            f"{_NO_UUIDS_AT_ALL} stands in GRUB's settings, so device names would come back; remove it, and run again"
        )
    if roots and any(word == _NO_UUIDS for _path, word in words):
        new[_NO_UUIDS] = "GRUB_DISABLE_LINUX_UUID=false"
    return new


def _new_line(devices: _Devices, line: str) -> str | Refusal:
    """Return what is to stand in the place of a device's name in /etc/fstab."""
    name = line.partition("=")[2]
    for mount in devices.fstab.get(name, []):
        now = devices.mounted.get(mount, "")
        if names_a_device(now) and now != devices.device(name):
            return Refusal(
                f"/etc/fstab names {name} for {mount}, but {now} is mounted there: look which is right, and change "
                "it by hand"
            )
    uuid = devices.uuid(name)
    return uuid if isinstance(uuid, Refusal) else f"UUID={uuid}"


def _afterwards(named: Iterable[str], new: Mapping[str, str]) -> set[str]:
    """Return the words that the script will find when it is done; what names no device by a path is not among them."""
    kept = {word for word in named if word not in new}
    return kept | {word for word in new.values() if word.partition("=")[2].startswith(_BY_UUID)}


def _shown(words: list[tuple[str, str]], new: Mapping[str, str], left: Iterable[str] = ()) -> dict[str, Json]:
    """Return the words that change, by file, for people."""
    shown: dict[str, Json] = {}
    for path in dict.fromkeys(path for path, word in words if word in new):
        shown[path] = [new[word].removeprefix("fstab=") for at, word in words if at == path and word in new]
    if left:
        shown["left as they are"] = list(left)
    return shown


def _words(facts: Facts) -> list[tuple[str, str]]:
    found = cast("list[dict[str, str]]", cast(Any, facts.tree["boot_devices"])["words"])
    return [(entry["path"], entry["word"]) for entry in found]


def _devices(facts: Facts) -> _Devices:
    found: Any = facts.tree["boot_devices"]
    links = {link["name"]: link["device"] for link in found["links"]}
    uuids: dict[str, list[str]] = {}
    for name, device in links.items():
        if name.startswith(_BY_UUID):
            uuids.setdefault(device, []).append(name.removeprefix(_BY_UUID))
    mounted = {mount["mount"]: mount["device"] for mount in found["mounted"]}
    fstab: dict[str, list[str]] = {}
    for line in found["fstab"]:
        fstab.setdefault(line["device"], []).append(line["mount"])
    return _Devices(links, uuids, frozenset(found["shared_uuids"]), mounted, fstab)


FIX = Fix(
    name="boot_devices",
    safety="opt_in",
    why="changes what the boot loader hands to the kernel, and /etc/fstab",
    needs=(
        "os.family",
        "os.major",
        "boot_devices.words",
        "boot_devices.links",
        "boot_devices.shared_uuids",
        "boot_devices.mounted",
        "boot_devices.fstab",
    ),
    scripts=(*FILE_SCRIPTS, "boot_devices_words.sh", "boot_devices.sh"),
    planner=_plan,
)
