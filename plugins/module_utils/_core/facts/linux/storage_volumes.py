# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is built on the disks: RAID, logical volumes, encryption; and signs of shared disks.

Private to this collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ...collector.read import names
from ...collector.recording import Recording
from ..fact import Unknown, Value
from .glob_answers import last_part, lines_of
from .processes import processes
from .storage_devices import Device, Devices
from .storage_mounts import CLUSTER, Mount

FIBRE_CHANNEL = names("/sys/class/fc_host/*")
CLUSTER_FILES = names(
    *("/etc/corosync/corosync.conf", "/etc/cluster/cluster.conf", "/etc/ocfs2/cluster.conf"),
    *("/etc/ha.d/ha.cf", "/etc/VRTSvcs/conf/config/main.cf", "/sys/fs/gfs2/*", "/sys/kernel/config/cluster/*"),
)
#: A corosync that is only installed has its configuration, too; these run only in a cluster.
CLUSTER_PROCESSES = (
    *("corosync", "pacemakerd", "aisexec", "heartbeat", "dlm_controld", "gfs_controld", "ocfs2_controld"),
    *("fenced", "qdiskd", "clvmd", "rgmanager", "sbd", "had"),
)

#: LVM's own parts of a volume: they are no volumes that anybody uses.
_INTERNAL = re.compile(r".*_([rm]image_\d+|rmeta_\d+|mlog|[tc]data|[tc]meta|vorigin|corig|wcorig|pmspare)|pvmove\d+")


def raid(devices: Devices) -> list[Value]:
    """Return the software RAIDs: md, and those of a controller's firmware that device mapper carries out."""
    found: list[Value] = []
    for device in devices.sorted():
        members: list[Value] = list(device.slaves)
        if "md/level" in device.attributes:
            level = device.attributes["md/level"]
            shown: Value = Unknown(f"{device.name}/md/level could not be read") if level is None else level
            found.append({"name": device.shown_name, "level": shown, "members": members})
        elif device.mapper_uuid.startswith("DMRAID-"):
            found.append({"name": device.shown_name, "level": "dmraid", "members": members})
    return found


def logical_volumes(devices: Devices) -> list[Value]:
    """Return the volumes of LVM that are active."""
    found: list[Value] = []
    for device in devices.sorted():
        if not re.fullmatch(r"LVM-\w{64}(-pool)?", device.mapper_uuid):
            continue
        group, _dash, volume = device.shown_name.replace("--", "\0").partition("-")
        name = volume.replace("\0", "-")
        if _INTERNAL.fullmatch(name):
            continue
        below = devices.disks_below(device)
        shown: Value = below if isinstance(below, Unknown) else list(devices.shown_names(below))
        found.append({"name": name, "group": group.replace("\0", "-"), "disks": shown})
    return found


def encrypted(devices: Devices) -> list[Value]:
    """Return the encrypted devices that are open; dm-crypt's helpers that only verify are not encryption."""
    verifying = ("CRYPT-VERITY-", "CRYPT-INTEGRITY-")

    def hides(device: Device) -> bool:
        return device.mapper_uuid.startswith("CRYPT-") and not device.mapper_uuid.startswith(verifying)

    return _names_where(devices, hides)


def device_names(devices: Devices) -> list[Value]:
    """Return the names of disks, partitions and device mapper's devices."""
    memory = re.compile(r"(loop|ram|zram)\d")
    return _names_where(devices, lambda device: not memory.match(device.name) and device.attributes.get("size") != "0")


def _names_where(devices: Devices, wanted: Callable[[Device], bool]) -> list[Value]:
    return [device.shown_name for device in devices.sorted() if wanted(device)]


def fibre_channel_hosts(recording: Recording) -> list[Value] | Unknown:
    """Return the names of the Fibre Channel adapters."""
    answer = recording.answer(FIBRE_CHANNEL)
    if not answer.answered:
        return Unknown(answer.reason)
    return [last_part(path) for path in lines_of(answer)]


def cluster_signs(recording: Recording, mounts: list[Mount] | Unknown) -> list[Value] | Unknown:
    """Return what shows that the machine is a member of a cluster, as short clauses."""
    answer = recording.answer(CLUSTER_FILES)
    if isinstance(mounts, Unknown):
        return mounts
    if not answer.answered:
        return Unknown(answer.reason)
    signs: list[Value] = [f"{mount.path} is {mount.filesystem}" for mount in mounts if mount.filesystem in CLUSTER]
    signs += [f"{path} exists" for path in lines_of(answer)]
    for name in CLUSTER_PROCESSES:
        running = processes(recording, name)
        if isinstance(running, Unknown):
            return running
        if running:
            signs.append(f"{name} runs")
    return signs
