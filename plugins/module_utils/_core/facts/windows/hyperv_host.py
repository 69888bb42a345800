# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Hyper-V host: its role, its updates, and how it works with others. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import file_version, objects
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values, service_rows, wmi_objects
from .collecting_process import ENVIRONMENT, misled
from .hyperv_services import SERVICES, STATE
from .operating_system import SYSTEM, VERSION, version
from .updates import PACKAGES

HOST = objects(
    "Hyper-V",
    "Get-VMHost",
    *("VirtualMachineMigrationEnabled", "VirtualHardDiskPath", "VirtualMachinePath"),
)
REPLICA = objects("Hyper-V", "Get-VMReplicationServer", "ReplicationEnabled", "AllowedAuthenticationType")
KERNEL = file_version(r"%SystemRoot%\System32\ntoskrnl.exe")
#: Monthly rollups from after March 2017 are higher, and bring what was fixed before; of older ones it is not sure.
_ROLLUP_WITH_UPDATE = 18600


def _service(recording: Recording, name: str) -> Value:
    found = service_rows.one(recording, SERVICES, name)
    return found if isinstance(found, Unknown) else found.plain()


def _update(recording: Recording) -> bool | Unknown:
    """Whether KB2961977 is there, under its own name or in a rollup; an older rollup leaves it open."""
    number = version(recording)
    if isinstance(number, Unknown):
        return number
    if number.startswith("10."):
        return True  # from 2016 on Windows brings them
    found = registry_values.present(recording, PACKAGES)
    if isinstance(found, Unknown):
        return found
    names = [words[0].lower() for words in found]
    if any(name.startswith("package_for_kb2961977") for name in names):
        return True
    rollups = [name for name in names if name.startswith("package_for_rollupfix")]
    revisions = [re.search(r"~~9600\.(\d+)\.", name) for name in rollups]
    if any(revision is not None and int(revision[1]) >= _ROLLUP_WITH_UPDATE for revision in revisions):
        return True
    return Unknown("an older rollup is installed, which may hold KB2961977 or not") if rollups else False


def _kernel_date(recording: Recording) -> str | Unknown:
    doubt = misled(recording, KERNEL)
    if doubt is not None:
        return doubt
    answer = recording.answer(KERNEL)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    found = next((line.partition("\t")[2] for line in answer.lines if line.startswith("modified\t")), "")
    return found[:10] if re.match(r"\d{4}-\d{2}-\d{2}T", found) else Unknown(f"{KERNEL.key} does not tell its date")


def _parse(recording: Recording) -> Mapping[str, Value]:
    host = wmi_objects.one(recording, HOST)
    replica = wmi_objects.one(recording, REPLICA)
    return {
        "management": _service(recording, "vmms"),
        "vmm_agent": _service(recording, "SCVMMAgent"),
        "kb2961977": _update(recording),
        "kernel_date": _kernel_date(recording),
        "live_migration": wmi_objects.flag(host, "VirtualMachineMigrationEnabled"),
        "disk_folder": wmi_objects.text(host, "VirtualHardDiskPath"),
        "machine_folder": wmi_objects.text(host, "VirtualMachinePath"),
        "replica_server": wmi_objects.flag(replica, "ReplicationEnabled"),
    }


_MANAGER = "the service control manager and the services in the registry"

SUBJECT = Subject(
    "hyperv_host",
    (
        Fact(
            "hyperv_host.management",
            "dict",
            "The service of the Hyper-V role (vmms).",
            _MANAGER,
            (SERVICES,),
            elements=STATE,
        ),
        Fact(
            "hyperv_host.vmm_agent",
            "dict",
            "The agent of Virtual Machine Manager (SCVMMAgent), which is there once VMM manages the host.",
            _MANAGER,
            (SERVICES,),
            elements=STATE,
        ),
        Fact(
            "hyperv_host.kb2961977",
            "bool",
            "Whether the fixes of KB2961977 for 2012 R2 are there, by themselves, in a rollup or with a newer Windows;"
            " not known with only a rollup from before April 2017.",
            "the packages of Component Based Servicing in the registry",
            (PACKAGES, SYSTEM, VERSION, ENVIRONMENT),
        ),
        Fact(
            "hyperv_host.kernel_date",
            "str",
            "When the kernel was changed last: every rollup of Windows brings a new one.",
            "ntoskrnl.exe",
            (KERNEL, ENVIRONMENT),
        ),
        Fact(
            "hyperv_host.live_migration",
            "bool",
            "Whether virtual machines may be moved while they run.",
            "Get-VMHost",
            (HOST,),
        ),
        Fact("hyperv_host.disk_folder", "str", "Where new virtual disks are put.", "Get-VMHost", (HOST,)),
        Fact("hyperv_host.machine_folder", "str", "Where new virtual machines are put.", "Get-VMHost", (HOST,)),
        Fact(
            "hyperv_host.replica_server",
            "bool",
            "Whether the host takes replicas of other hosts (Hyper-V Replica).",
            "Get-VMReplicationServer",
            (REPLICA,),
        ),
    ),
    _parse,
)
