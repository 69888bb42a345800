# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts ``storage.*``: disks, what lies on them, what is mounted. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ..fact import Subject, Unknown, Value
from .storage_devices import Devices, devices
from .storage_disks import carriers_of, disks
from .storage_filesystems import free_bytes, non_english_paths, xfs
from .storage_mounts import SYSTEM, Mount, disks_of, mount_of, mounts, shown, system_directories
from .storage_schema import FACTS
from .storage_volumes import cluster_signs, device_names, encrypted, fibre_channel_hosts, logical_volumes, raid


def parse(recording: Recording) -> Mapping[str, Value]:
    """Return the facts of the subject."""
    known, every = devices(recording), mounts(recording)
    return {
        **_disk_facts(recording),
        **_mount_facts(recording, known, every),
        **_device_facts(known),
        "root_free_bytes": free_bytes(recording, "/"),
        "install_free_bytes": free_bytes(recording, "/usr/local", "/usr"),
        "xfs": every if isinstance(every, Unknown) else xfs(recording, every, shown(every)),
        "fibre_channel_hosts": fibre_channel_hosts(recording),
        "cluster_signs": cluster_signs(recording, every),
        "non_english_paths": non_english_paths(recording),
    }


def _disk_facts(recording: Recording) -> dict[str, Value]:
    found = disks(recording)
    if isinstance(found, Unknown):
        return dict.fromkeys(("disks", "os_disks", "os_disk_sizes", "data_disks"), found)
    facts: dict[str, Value] = {"disks": list(found)}
    undecided = [disk["boot"] for disk in found if isinstance(disk["boot"], Unknown)]
    boot = [disk for disk in found if disk["boot"] is True]
    facts["os_disks"] = [disk["name"] for disk in boot]
    facts["os_disk_sizes"] = [disk["size_bytes"] for disk in boot]
    # An entry that may be a removable drive or not leaves the number of data disks open, so it makes all unknown.
    others = [disk for disk in found if disk["boot"] is False and disk["removable"] is not True]
    undecided_drives = [disk["removable"] for disk in others if isinstance(disk["removable"], Unknown)]
    open_questions = (*undecided, *undecided_drives)
    facts["data_disks"] = open_questions[0] if open_questions else list(others)
    if undecided or not boot:
        unknown = next(iter(undecided), Unknown("none of the disks that /sys/block shows carries / or /boot"))
        facts["os_disks"] = facts["os_disk_sizes"] = unknown
    return facts


def _mount_facts(
    recording: Recording, known: Devices | Unknown, every: list[Mount] | Unknown
) -> dict[str, Value]:
    if isinstance(every, Unknown):
        return {"mounts": every, "system_directories": every}
    where = system_directories(recording, every)
    if isinstance(where, Unknown):
        directories: Value = where
    elif isinstance(known, Unknown):
        directories = [_directory(path, where[path], known) for path in SYSTEM if path in where]
    else:
        carriers = carriers_of(recording, known)
        directories = [
            _directory(path, where[path], carriers if isinstance(carriers, Unknown) else _names(carriers[path], known))
            for path in SYSTEM
            if path in where
        ]
    root = mount_of("/", every)
    if root is None or not (root.on_disk or root.on_network):
        # An empty list would say that there is nothing mounted.
        why = f"/ is on {root.filesystem}, no disk carries it" if root else "no file system is mounted at /"
        return {"mounts": Unknown(why), "system_directories": directories}
    return {
        "mounts": [
            {
                "mount": mount.path,
                "device": mount.device,
                "filesystem": mount.filesystem,
                "disks": known if isinstance(known, Unknown) else _names(disks_of(mount, known), known),
                "read_only": mount.read_only,
            }
            for mount in shown(every)
        ],
        "system_directories": directories,
    }


def _directory(path: str, mount: Mount, disks_below: Value) -> Value:
    return {"path": path, "mount": mount.path, "disks": disks_below}


def _names(found: frozenset[str] | Unknown, known: Devices) -> Value:
    return found if isinstance(found, Unknown) else list(known.shown_names(found))


def _device_facts(known: Devices | Unknown) -> dict[str, Value]:
    if isinstance(known, Unknown):
        return dict.fromkeys(("encrypted", "raid", "logical_volumes", "device_names"), known)
    return {
        "encrypted": encrypted(known),
        "raid": raid(known),
        "logical_volumes": logical_volumes(known),
        "device_names": device_names(known),
    }


SUBJECT = Subject("storage", FACTS, parse)
