# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import (
    boot,
    boot_loader,
    device_names,
    hyperv_drivers,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.machines import (
    AnswerDict,
    azure_uefi,
    machine,
    rhel6,
    sles11,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    names,
    recording,
)

EFI = "/sys/firmware/efi"


def facts_of(answers: AnswerDict, user: int = 0) -> Facts:
    return assemble(recording(machine(answers), user=user), [boot.SUBJECT])


def tree_of(answers: AnswerDict, user: int = 0) -> dict[str, Any]:
    found: Any = facts_of(answers, user).tree["boot"]
    return dict(found)


@pytest.mark.parametrize(
    ("paths", "firmware"),
    [(["/sys/firmware"], "bios"), (["/sys/firmware", EFI], "uefi"), ([], None)],
)
def test_firmware(paths: list[str], firmware: str | None) -> None:
    assert tree_of({boot.FIRMWARE: names(*paths)})["firmware"] == firmware


def test_secure_boot_is_off_on_bios() -> None:
    assert tree_of({})["secure_boot"] is False


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (Printed("   6   0   0   0   1"), True),
        (Printed("   6   0   0   0   0"), False),
        (Printed("od: /sys/firmware/efi/efivars/SecureBoot: No such file or directory\n   1", 1), True),
        (Printed("   6   0   0   0   1\nod: /sys/firmware/efi/vars: No such file or directory", 1), True),
        (Printed("   6   0   0   0   7"), None),
        (Printed("od: Permission denied", 1), None),
        (Status.ABSENT, None),
        (Status.TIMED_OUT, None),
    ],
)
def test_secure_boot_on_uefi(printed: Printed | Status, expected: bool | None) -> None:
    paths = names("/sys/firmware", EFI, f"{EFI}/efivars/SecureBoot-8be4df61", f"{EFI}/efivars/BootOrder-8be4df61")
    assert tree_of({boot.FIRMWARE: paths, boot.SECURE_BOOT: printed})["secure_boot"] is expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [(["/sys/firmware", EFI, f"{EFI}/efivars/BootOrder-8be4df61"], False), (["/sys/firmware", EFI], None)],
)
def test_firmware_without_the_variable_knows_no_secure_boot(paths: list[str], expected: bool | None) -> None:
    assert tree_of({boot.FIRMWARE: names(*paths)})["secure_boot"] is expected


def test_a_generation_2_machine_of_azure() -> None:
    tree: Any = assemble(recording(azure_uefi()), [boot.SUBJECT]).tree["boot"]
    assert (tree["firmware"], tree["secure_boot"]) == ("uefi", True)


@pytest.mark.parametrize(
    ("name", "unstable"),
    [
        ("/dev/sda1", True),
        ("/dev/sdaa", True),
        ("/dev/xvda1", True),
        ("/dev/vdb", True),
        ("/dev/hda3", True),
        ("/dev/nvme0n1p2", True),
        ("/dev/mmcblk0p1", True),
        ("/dev/cciss/c0d0p1", True),
        ("/dev/disk/by-path/pci-0000:03:00.0-scsi-0:0:0:0-part1", True),
        ("/dev/disk/by-id/ata-VMware_Virtual_SATA-part2", True),
        ("/dev/disk/by-id/dm-name-vg-root", False),
        ("/dev/disk/by-uuid/0a-1b", False),
        ("/dev/mapper/rhel-root", False),
        ("/dev/vg00/root", False),
        ("/dev/md0", False),
        ("/dev/sr0", False),
        ("UUID=0a-1b", False),
        ("LABEL=/", False),
        ("PARTUUID=1", False),
    ],
)
def test_names_that_another_machine_may_give_to_another_disk(name: str, unstable: bool) -> None:
    assert device_names.names_a_device(name) is unstable
    assert device_names.is_device_argument(f"root={name}") is unstable


@pytest.mark.parametrize("word", ["root=801", "root=0x0801", "resume=8:1", "resume=/dev/sda3"])
def test_numbers_name_devices_too(word: str) -> None:
    assert device_names.is_device_argument(word)


@pytest.mark.parametrize("word", ["boot=/dev/sda1", "root=", "rootflags=/dev/sda1", "/dev/sda1", "root=hd0,1"])
def test_other_words_do_not(word: str) -> None:
    assert not device_names.is_device_argument(word)


def test_arguments_are_those_of_the_next_start() -> None:
    answers: AnswerDict = {
        boot_loader.LOADER: "file /boot/grub2/grub.cfg\nfile /boot/loader/entries/a.conf\n"
        "/boot/grub2/grub.cfg root=UUID=1\n/boot/loader/entries/a.conf resume=/dev/vda3",
    }
    assert tree_of(answers)["device_name_arguments"] == ["resume=/dev/vda3"]


def test_stable_names_give_an_empty_list() -> None:
    assert tree_of({})["device_name_arguments"] == []


def test_names_by_hardware_in_sles_11() -> None:
    tree: Any = assemble(recording(sles11()), [boot.SUBJECT]).tree["boot"]
    disk = "/dev/disk/by-id/ata-VMware_Virtual_SATA_Hard_Drive_01-part2"
    assert tree["device_name_arguments"] == ["resume=/dev/sda1", f"root={disk}"]
    assert tree["fstab_device_names"] == ["/dev/sda1", disk]
    assert tree["loader"] == "grub"


def test_configuration_that_only_root_may_read_is_unknown() -> None:
    found = facts_of({boot_loader.LOADER: "unreadable /boot/grub2\nfile /etc/default/grub"}, user=1000)
    tree: Any = found.tree["boot"]
    assert tree["device_name_arguments"] is None
    assert tree["loader"] is None
    assert "without root rights: /boot/grub2" in found.reasons["boot.loader"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "file /boot/grub2/grub.cfg",
        "file /boot/grub2/grub.cfg\n/boot/grub2/grub.cfg resume=UUID=1",
        "file /etc/default/grub",
        Printed("file /boot/grub2/grub.cfg\n/boot/grub2/grub.cfg root=UUID=1", 2),
        Printed("file /boot/grub2/grub.cfg\n/boot/grub2/grub.cfg root=UUID=1", truncated=True),
        Status.TIMED_OUT,
    ],
)
def test_a_configuration_without_root_is_unknown(answer: str | Printed | Status) -> None:
    assert tree_of({boot_loader.LOADER: answer})["device_name_arguments"] is None


@pytest.mark.parametrize(
    ("files", "loader"),
    [
        ("file /boot/efi/EFI/redhat/grub.cfg", "grub2"),
        ("file /boot/grub/menu.lst", "grub"),
        ("file /boot/efi/EFI/redhat/grub.conf", "grub"),
        ("file /boot/grub/menu.lst\nfile /boot/grub/grub.cfg", "grub2"),
        ("file /boot/loader/entries/arch.conf", "none"),
        ("", "none"),
    ],
)
def test_loader(files: str, loader: str) -> None:
    assert tree_of({boot_loader.LOADER: files})["loader"] == loader


@pytest.mark.parametrize(("answer", "expected"), [(Status.ABSENT, []), (Status.UNREADABLE, None), ("", [])])
def test_fstab_that_is_missing_and_one_that_cannot_be_read(answer: Status | str, expected: list[str] | None) -> None:
    assert tree_of({boot.FSTAB: answer})["fstab_device_names"] == expected


def test_drivers_of_an_old_kernel() -> None:
    tree: Any = assemble(recording(rhel6()), [boot.SUBJECT]).tree["boot"]
    assert tree["hyperv_drivers_available"] == ["hv_vmbus", "hv_storvsc", "hv_netvsc"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("/lib/modules/6.1/modules.builtin:/hv_vmbus.ko", ["hv_vmbus"]),
        (Printed("", 0), []),
        ("missing /lib/modules/6.1/modules.dep", None),
        (Printed("grep: bad", 1), None),
        (Status.TIMED_OUT, None),
    ],
)
def test_drivers(answer: str | Printed | Status, expected: list[str] | None) -> None:
    assert tree_of({hyperv_drivers.MODULES: answer})["hyperv_drivers_available"] == expected


HEADER = "070701" + "0" * 104


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (f"image /boot/i.img\n{HEADER}lib/modules/6.1/kernel/hv/hv_vmbus.ko\ndone", ["hv_vmbus", "hv_netvsc"]),
        ("image /boot/i.img\ndone", ["hv_netvsc"]),
        ("image \n", None),
        ("image /boot/i.img\n", None),
        ("image /boot/i.img\nformat zstd -dc\ndone", None),
        ("image /boot/i.img\nformat 000000000000\ndone", None),
        (Status.TIMED_OUT, None),
    ],
)
def test_drivers_before_the_disks(answer: str | Status, expected: list[str] | None) -> None:
    answers: AnswerDict = {
        hyperv_drivers.INITRD: answer,
        hyperv_drivers.MODULES: "/lib/modules/6.1/modules.builtin:/hv_netvsc.ko\n"
        "/lib/modules/6.1/modules.dep:/hv_vmbus.ko",
    }
    assert tree_of(answers)["hyperv_drivers_in_initrd"] == expected


def test_the_initial_ram_disk_is_unknown_when_it_was_not_asked_for() -> None:
    assert "was not collected" in facts_of({}).reasons["boot.hyperv_drivers_in_initrd"]
