# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import hardware, storage_mounts
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.machines import (
    AnswerDict,
    azure_uefi,
    machine,
    mounts,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    names,
    recording,
    values,
)

DMI = "/sys/class/dmi/id"
NO_HYPERVISOR = "flags\t\t: fpu vme de pse tsc msr"


def facts_of(answers: AnswerDict, user: int = 0) -> Facts:
    return assemble(recording(machine(answers), user=user), [hardware.SUBJECT])


def firmware(vendor: str, product: str, **more: str) -> AnswerDict:
    places = {
        "bios": f"{DMI}/bios_version",
        "hypervisor": "/sys/hypervisor/type",
        "uuid": "/sys/hypervisor/uuid",
        "capabilities": "/proc/xen/capabilities",
        "clocks": "/sys/devices/system/clocksource/clocksource0/available_clocksource",
    }
    lines = {f"{DMI}/sys_vendor": vendor, f"{DMI}/product_name": product} if vendor else {}
    return {hardware.FIRMWARE: values({**lines, **{places[name]: line for name, line in more.items()}})}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (firmware("VMware, Inc.", "VMware7,1"), "vmware"),
        (firmware("Microsoft Corporation", "Virtual Machine"), "hyperv"),
        (firmware("Amazon EC2", "m5.large"), "amazon"),
        (firmware("Xen", "HVM domU", bios="4.11.amazon", hypervisor="xen"), "amazon"),
        (firmware("", "", hypervisor="xen", uuid="ec2e1916-9099-7caf-fd21-012345abcdef"), "amazon"),
        (firmware("Xen", "HVM domU", bios="4.4", hypervisor="xen"), "xen"),
        (firmware("", "", hypervisor="xen"), "xen"),
        (firmware("Dell Inc.", "PowerEdge R640", hypervisor="xen", capabilities="control_d"), "none"),
        (firmware("innotek GmbH", "VirtualBox"), "virtualbox"),
        (firmware("Red Hat", "KVM"), "kvm"),
        (firmware("Google", "Google Compute Engine"), "kvm"),
        (firmware("QEMU", "Standard PC (Q35 + ICH9, 2009)", clocks="kvm-clock tsc hpet"), "kvm"),
        (firmware("QEMU", "Standard PC (Q35 + ICH9, 2009)", clocks="tsc hpet"), "qemu"),
        (firmware("Parallels Software International Inc.", "Parallels Virtual Platform"), "other"),
        ({**firmware("Dell Inc.", "PowerEdge R640"), hardware.PROCESSOR_FLAGS: NO_HYPERVISOR}, "none"),
        ({**firmware("Microsoft Corporation", "Surface"), hardware.PROCESSOR_FLAGS: NO_HYPERVISOR}, "none"),
        ({hardware.CONTAINER: names("/run/systemd/container")}, "container"),
    ],
)
def test_virtualization(answers: AnswerDict, expected: str) -> None:
    assert facts_of(answers).tree["hardware"]["virtualization"] == expected  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (firmware("", ""), "names no maker"),
        (firmware("Dell Inc.", "PowerEdge R640"), "a hypervisor is there"),
        ({**firmware("Dell Inc.", "R640"), hardware.PROCESSOR_FLAGS: Printed("", 1)}, "ended with code 1"),
        ({hardware.FIRMWARE: Status.TIMED_OUT}, "time limit"),
        ({hardware.CONTAINER: Status.UNREADABLE}, "could not be read"),
        ({hardware.CONTAINER: "/.dockerenv", storage_mounts.MOUNTS: Status.TIMED_OUT}, "time limit"),
    ],
)
def test_virtualization_is_unknown_where_it_is_not_certain(answers: AnswerDict, words: str) -> None:
    assert words in facts_of(answers).reasons["hardware.virtualization"]


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("0:48 / / overlay overlay", "container"),
        ("253:3 /rootfs / ext4 /dev/mapper/docker-1", "container"),
        ("8:2 / / ext4 /dev/sda2", "vmware"),
    ],
)
def test_a_file_left_by_a_container_counts_only_where_the_root_is_one(root: str, expected: str) -> None:
    found = facts_of({hardware.CONTAINER: "/.dockerenv", storage_mounts.MOUNTS: mounts(root)})
    assert found.tree["hardware"]["virtualization"] == expected  # type: ignore[index,call-overload]


def test_maker_product_and_uuid() -> None:
    tree: Any = facts_of({}).tree["hardware"]
    assert tree["vendor"] == "VMware, Inc."
    assert tree["product"] == "VMware Virtual Platform"
    assert tree["bios_uuid"] == "564d1234-5678-9abc-def0-0123456789ab"


def test_the_uuid_needs_root() -> None:
    found = assemble(recording(azure_uefi(), user=1000), [hardware.SUBJECT])
    assert found.reasons["hardware.bios_uuid"].endswith("could not be read without root rights")


@pytest.mark.parametrize("uuid", ["00000000-0000-0000-0000-000000000000", "Not Settable", "", "f" * 32])
def test_a_uuid_that_tells_nothing_is_unknown(uuid: str) -> None:
    found = facts_of({hardware.FIRMWARE: values({f"{DMI}/product_uuid": uuid})})
    assert "no usable UUID" in found.reasons["hardware.bios_uuid"]


@pytest.mark.parametrize(("online", "processors"), [("0", 1), ("0-3", 4), ("0-3,6,8-9", 7)])
def test_processors_and_memory(online: str, processors: int) -> None:
    size = values({"/proc/meminfo": "MemTotal:        3880512 kB", "/sys/devices/system/cpu/online": online})
    tree: Any = facts_of({hardware.SIZE: size}).tree["hardware"]
    assert tree["processors"] == processors
    assert tree["memory_bytes"] == 3880512 * 1024


@pytest.mark.parametrize(
    "answer", ["", Status.TIMED_OUT, Printed("/sys/devices/system/cpu/online\t0-1", truncated=True)]
)
def test_processors_and_memory_are_unknown_without_an_answer(answer: str | Status | Printed) -> None:
    reasons = facts_of({hardware.SIZE: answer}).reasons
    assert {"hardware.processors", "hardware.memory_bytes"} <= set(reasons)
