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
    operating_system,
    processes,
    storage,
    storage_devices,
    storage_filesystems,
    storage_mounts,
    storage_volumes,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux import machines
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.machines import (
    GIB,
    AnswerDict,
    Block,
    blocks,
    lvm_uuid,
    machine,
    mapper,
    mounts,
    scsi,
    xfs_info,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    names,
    recording,
)


def facts_of(answers: AnswerDict, user: int = 0) -> Facts:
    return assemble(recording(answers, user=user), [storage.SUBJECT])


def tree_of(answers: AnswerDict, user: int = 0) -> dict[str, Any]:
    found: Any = facts_of(answers, user).tree["storage"]
    return dict(found)


def by_name(disks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {disk["name"]: disk for disk in disks}


@pytest.mark.parametrize(
    ("name", "os_disks", "data_disks"),
    [
        ("rhel6", ["sda"], ["sdb"]),
        ("centos7", ["sda"], ["sdb"]),
        ("sles11", ["sda"], []),
        ("sles12_btrfs", ["sda", "sdb"], ["sdc"]),
        ("rhel9_multipath", ["mpatha"], []),
        ("md_raid", ["sda", "sdb"], []),
        ("debian_nvme", ["nvme0n1"], []),
        ("azure_uefi", ["sda"], ["sdb"]),
    ],
)
def test_os_disks_and_data_disks(name: str, os_disks: list[str], data_disks: list[str]) -> None:
    found = tree_of(machines.ALL[name]())
    assert found["os_disks"] == os_disks
    assert [disk["name"] for disk in found["data_disks"]] == data_disks


def test_memory_optical_and_floppy_drives_are_no_disks() -> None:
    assert [disk["name"] for disk in tree_of(machines.rhel6())["disks"]] == ["sda", "sdb"]


def test_sizes_are_bytes() -> None:
    found = tree_of(machines.rhel6())
    assert found["os_disk_sizes"] == [40 * GIB]
    assert found["disks"][1]["size_bytes"] == 10 * GIB
    assert (found["root_free_bytes"], found["install_free_bytes"]) == (24 * GIB, 24 * GIB)


@pytest.mark.parametrize(
    ("name", "disk", "transport"),
    [
        ("rhel6", "sda", "scsi"),
        ("sles11", "sda", "ata"),
        ("debian_nvme", "nvme0n1", "nvme"),
        ("debian_nvme", "sda", "usb"),
        ("rhel9_multipath", "mpatha", "fc"),
        ("azure_uefi", "sda", "vmbus"),
    ],
)
def test_transport(name: str, disk: str, transport: str) -> None:
    assert by_name(tree_of(machines.ALL[name]())["disks"])[disk]["transport"] == transport


@pytest.mark.parametrize(
    ("block", "links", "transport"),
    [
        (Block("vda", "252:0", 10, extra={"device/vendor": "0x1af4"}), [], "virtio"),
        (Block("xvda", "202:0", 10), [], "xen"),
        (Block("sda", "202:0", 10, extra={"device/devtype": "vbd"}), [], "xen"),
        (Block("mmcblk0", "179:0", 10, extra={"device/type": "SD"}), [], "mmc"),
        (Block("hda", "3:0", 10), [], "ata"),
        (Block("cciss!c0d0", "104:0", 10), [], "scsi"),
        (scsi("sdb", "8:16", 10), ["/sys/block/sdb/device/../../iscsi_session/session1"], "iscsi"),
        (Block("sdb", "8:16", 10, extra={"device/../../../scsi_host/host3/proc_name": "lpfc"}), [], "fc"),
        (Block("sdb", "8:16", 10, extra={"device/../../scsi_host/host3/proc_name": "uas"}), [], "usb"),
        (Block("dasda", "94:0", 10), [], "other"),
    ],
)
def test_transport_of_one_disk(block: Block, links: list[str], transport: str) -> None:
    found = tree_of(machine(blocks(block, links=links)))
    assert [disk["transport"] for disk in found["disks"]] == [transport]


def test_a_slash_in_a_name_is_shown_as_one() -> None:
    found = tree_of(machine(blocks(Block("cciss!c0d0", "104:0", 10, [("cciss!c0d0p1", "104:1")]))))
    assert found["device_names"] == ["cciss/c0d0", "cciss/c0d0p1"]


def test_multipath_counts_once_and_keeps_its_paths() -> None:
    (disk,) = tree_of(machines.rhel9_multipath())["disks"]
    assert disk["multipath"] is True
    assert disk["paths"] == ["sda", "sdb"]
    assert disk["size_bytes"] == 100 * GIB


def test_a_usb_disk_is_removable_and_no_data_disk() -> None:
    found = tree_of(machines.debian_nvme())
    assert by_name(found["disks"])["sda"]["removable"] is True
    assert found["data_disks"] == []


def test_an_empty_drive_is_no_disk() -> None:
    assert "sdb" not in by_name(tree_of(machines.debian_nvme())["disks"])


def test_the_sector_size_is_the_logical_one() -> None:
    assert by_name(tree_of(machines.debian_nvme())["disks"])["nvme0n1"]["logical_sector_bytes"] == 4096


def test_sixty_five_disks_are_all_listed_in_order() -> None:
    letters = [chr(97 + n) for n in range(26)]
    every = (letters + [first + second for first in "abc" for second in letters])[:65]
    disks = [scsi(f"sd{name}", f"{8 + n // 16}:{n % 16 * 16}", 1) for n, name in enumerate(every)]
    disks[0].parts = [("sda1", "8:1"), ("sda2", "8:2")]
    found = tree_of(machine(blocks(*disks)))
    assert [disk["name"] for disk in found["data_disks"]] == [f"sd{name}" for name in every[1:]]


def test_system_directories_on_another_disk_are_told() -> None:
    found = tree_of(machines.centos7())
    assert {row["path"]: row["disks"] for row in found["system_directories"]} == {
        "/": ["sda"],
        "/boot": ["sda"],
        "/usr": ["sdb"],
        "/usr/local": ["sdb"],
        "/var": ["sda"],
        "/etc": ["sda"],
    }
    assert by_name(found["disks"])["sdb"]["system"] is True
    assert by_name(found["disks"])["sdb"]["boot"] is False


def test_a_symbolic_link_is_followed_to_its_disk() -> None:
    answers = machine(
        blocks(scsi("sda", "8:0", 9, ("sda2", "8:2"), ("sda1", "8:1")), scsi("sdb", "8:16", 9)),
        {
            storage_mounts.SYSTEM_DIRECTORIES: machines.system_directories(usr_local="/data/local"),
            storage_mounts.MOUNTS: mounts("8:2 / / ext4 /dev/sda2", "8:16 / /data ext4 /dev/sdb"),
        },
    )
    rows = {row["path"]: row for row in tree_of(answers)["system_directories"]}
    assert rows["/usr/local"] == {"path": "/usr/local", "mount": "/data", "disks": ["sdb"]}


def test_a_directory_that_does_not_exist_is_left_out() -> None:
    there = "".join(f"{path}\t{path}\n" for path in ("/boot", "/usr", "/var", "/etc"))
    rows = tree_of(machine({storage_mounts.SYSTEM_DIRECTORIES: there}))["system_directories"]
    assert "/usr/local" not in [row["path"] for row in rows]


def test_the_last_mount_at_a_place_counts() -> None:
    lines = mounts("8:16 / /var ext4 /dev/sdb", "8:1 / / ext4 /dev/sda1", "8:1 / /var ext4 /dev/sda1")
    disks = blocks(scsi("sda", "8:0", 9, ("sda1", "8:1")), scsi("sdb", "8:16", 9))
    answers = machine(disks, {storage_mounts.MOUNTS: lines})
    rows = {row["path"]: row["disks"] for row in tree_of(answers)["system_directories"]}
    assert rows["/var"] == ["sda"]


def test_subvolumes_of_a_btrfs_lie_on_all_its_devices() -> None:
    found = tree_of(machines.sles12_btrfs())
    assert all(row["disks"] == ["sda", "sdb"] for row in found["system_directories"])
    assert [mount["mount"] for mount in found["mounts"]] == ["/", "/var", "/usr/local", "/home"]


def test_a_btrfs_that_sys_does_not_show_is_unknown() -> None:
    answers = machines.sles12_btrfs()
    answers[storage_devices.LINKS] = ""
    found = facts_of(answers)
    tree: Any = found.tree["storage"]
    assert tree["os_disks"] is None
    assert "/sys/fs/btrfs" in found.reasons["storage.os_disks"]


@pytest.mark.parametrize(
    ("root", "words"),
    [
        ("0:48 / / overlay overlay", "/ is on overlay"),
        ("0:20 / / tmpfs rootfs", "/ is on tmpfs"),
        ("0:25 /ROOT / zfs rpool/ROOT", "/ is on zfs"),
        ("0:50 / / nfs nas:/root", "no disk of this machine carries it"),
        ("8:99 / / ext4 /dev/root", "which /sys/block does not show"),
        ("7:0 / / squashfs /dev/loop0", "/ is on squashfs"),
    ],
)
def test_a_root_on_no_disk_makes_the_disks_unknown(root: str, words: str) -> None:
    answers = machine({storage_mounts.MOUNTS: mounts(root)})
    found = facts_of(answers)
    tree: Any = found.tree["storage"]
    for name in ("os_disks", "os_disk_sizes", "data_disks"):
        assert tree[name] is None
        assert words in found.reasons[f"storage.{name}"]
    assert tree["disks"][0]["boot"] is None
    assert tree["disks"][0]["size_bytes"] == 40 * GIB
    assert words in found.reasons["storage.disks[0].boot"]


@pytest.mark.parametrize("root", ["0:48 / / overlay overlay", "0:20 / / tmpfs rootfs", "7:0 / / squashfs /dev/loop0"])
def test_mounts_without_the_root_are_unknown_not_none(root: str) -> None:
    found = facts_of(machine({storage_mounts.MOUNTS: mounts(root)}))
    tree: Any = found.tree["storage"]
    assert tree["mounts"] is None
    assert "no disk carries it" in found.reasons["storage.mounts"]


def test_an_overlay_elsewhere_leaves_the_boot_disk_known() -> None:
    answers = machine({storage_mounts.MOUNTS: mounts("8:2 / / ext4 /dev/sda2", "0:40 / /usr overlay overlay")})
    found = facts_of(answers)
    tree: Any = found.tree["storage"]
    assert tree["os_disks"] == ["sda"]
    assert tree["disks"][0]["system"] is True
    assert "/ is on" not in found.reasons["storage.system_directories[2].disks"]


def test_bind_mounts_loops_and_covered_mounts_are_not_listed() -> None:
    lines = mounts(
        "8:2 / / ext4 /dev/sda2",
        "8:2 /srv/data /export ext4 /dev/sda2",
        "7:1 / /snap/core squashfs /dev/loop1",
        "11:0 / /media/cdrom iso9660 /dev/sr0",
        "8:1 / /boot ext4 /dev/sda1",
        "8:1 / /old ext4 /dev/sda1",
        "0:60 / /old tmpfs tmpfs",
    )
    found = tree_of(machine({storage_mounts.MOUNTS: lines}))
    assert [mount["mount"] for mount in found["mounts"]] == ["/", "/boot"]


def test_network_mounts_lie_on_no_disk() -> None:
    rows = {row["mount"]: row for row in tree_of(machines.centos7())["mounts"]}
    assert rows["/srv/share"]["disks"] == []
    assert rows["/srv/share"]["device"] == "nas:/export"


def test_blanks_in_mount_points_and_read_only_mounts_are_understood() -> None:
    lines = mounts("8:2 / / ext4 /dev/sda2", "8:1 / /my\\040disk ext4 /dev/sda1 ro")
    row = tree_of(machine({storage_mounts.MOUNTS: lines}))["mounts"][1]
    assert (row["mount"], row["read_only"], row["disks"]) == ("/my disk", True, ["sda"])


def test_old_xfs_info_prints_neither_flag_and_means_version_4() -> None:
    assert tree_of(machines.rhel6())["xfs"] == [{"mount": "/data", "crc": False, "ftype": False}]


def test_ftype_can_stand_without_checksums() -> None:
    assert tree_of(machines.centos7())["xfs"] == [
        {"mount": "/", "crc": True, "ftype": True},
        {"mount": "/boot", "crc": False, "ftype": True},
        {"mount": "/usr", "crc": False, "ftype": True},
    ]


def test_an_old_tool_on_a_newer_kernel_is_unknown() -> None:
    answers = machines.rhel6()
    answers[operating_system.KERNEL] = machines.kernel("4.4.0-elrepo")
    found = facts_of(answers)
    assert "too old for this kernel" in found.reasons["storage.xfs[0].crc"]


def test_a_missing_xfs_info_is_unknown() -> None:
    found = facts_of(machines.sles12_btrfs())
    tree: Any = found.tree["storage"]
    assert tree["xfs"] == [{"mount": "/home", "crc": None, "ftype": None}]
    assert found.reasons["storage.xfs[0].crc"] == "/home: xfs_info is not installed"


@pytest.mark.parametrize("printed", ["", "= /data\n", xfs_info(_data="1"), "= /data\nCannot open /data\n= end 0\n"])
def test_an_xfs_without_its_format_is_unknown(printed: str) -> None:
    answers = machines.rhel6()
    answers[storage_filesystems.XFS] = printed
    assert tree_of(answers)["xfs"] == [{"mount": "/data", "crc": None, "ftype": None}]


def test_no_xfs_needs_no_answer() -> None:
    assert tree_of(machine({storage_filesystems.XFS: Status.TIMED_OUT}))["xfs"] == []


def test_xfs_is_found_by_its_device_at_another_mount_point() -> None:
    answers = machines.rhel6()
    answers[storage_mounts.MOUNTS] = mounts(
        "8:2 / / ext4 /dev/sda2",
        "253:1 /chroot /var/my\\040chroot xfs /dev/mapper/vg_data-lv_data",
        "253:1 / /data xfs /dev/mapper/vg_data-lv_data",
    )
    answers[storage_filesystems.XFS] = f"= /var/my\\040chroot\n{machines.XFS_INFO_V5}= end 0\n"
    assert tree_of(answers)["xfs"] == [{"mount": "/data", "crc": True, "ftype": True}]


def test_md_over_two_disks_is_two_disks() -> None:
    found = tree_of(machines.md_raid())
    assert found["os_disks"] == ["sda", "sdb"]
    assert found["raid"] == [
        {"name": "md0", "level": "raid1", "members": ["sda1", "sdb1"]},
        {"name": "md_root", "level": "raid1", "members": ["sda2", "sdb2"]},
    ]


def test_open_encryption_is_listed_and_verity_is_not() -> None:
    assert tree_of(machines.md_raid())["encrypted"] == ["crypt_root"]
    verity = blocks(scsi("sda", "8:0", 9, ("sda2", "8:2")), mapper("dm-0", "253:0", 1, "usr", "CRYPT-VERITY-1", "sda2"))
    assert tree_of(machine(verity))["encrypted"] == []


def test_logical_volumes_are_told_by_their_group_and_name() -> None:
    answers = machine(
        blocks(
            scsi("sda", "8:0", 9, ("sda1", "8:1"), ("sda2", "8:2")),
            scsi("sdb", "8:16", 9),
            mapper("dm-0", "253:0", 9, "vg--a-lv--b--1", lvm_uuid("1"), "sda2", "sdb"),
            mapper("dm-1", "253:1", 9, "vg-thin_tdata", lvm_uuid("2"), "sdb"),
            mapper("dm-2", "253:2", 9, "vg-thin-tpool", lvm_uuid("3") + "-tpool", "dm-1"),
            mapper("dm-3", "253:3", 9, "luks", "CRYPT-LUKS1-1", "sdb"),
        )
    )
    assert tree_of(answers)["logical_volumes"] == [{"name": "lv-b-1", "group": "vg-a", "disks": ["sda", "sdb"]}]


def test_fibre_channel_adapters_are_named() -> None:
    assert tree_of(machines.rhel9_multipath())["fibre_channel_hosts"] == ["host1", "host2"]
    assert tree_of(machine())["fibre_channel_hosts"] == []


def test_cluster_signs_name_processes_file_systems_and_configuration() -> None:
    answers = machine(
        {
            processes.PROCESSES: machines.process_lines("corosync", "sbd"),
            storage_mounts.MOUNTS: mounts("8:2 / / ext4 /dev/sda2", "8:1 / /shared gfs2 /dev/sda1"),
            storage_volumes.CLUSTER_FILES: names("/etc/corosync/corosync.conf"),
        }
    )
    assert tree_of(answers)["cluster_signs"] == [
        "/shared is gfs2",
        "/etc/corosync/corosync.conf exists",
        "corosync runs",
        "sbd runs",
    ]
    assert tree_of(machine())["cluster_signs"] == []


@pytest.mark.parametrize("read", [processes.PROCESSES, storage_volumes.CLUSTER_FILES, storage_mounts.MOUNTS])
def test_cluster_signs_are_unknown_without_an_answer(read: Any) -> None:
    found = facts_of(machine({read: Status.TIMED_OUT}))
    tree: Any = found.tree["storage"]
    assert tree["cluster_signs"] is None
    assert "time limit" in found.reasons["storage.cluster_signs"]


def test_names_of_devices() -> None:
    assert tree_of(machines.md_raid())["device_names"] == [
        *("md0", "sda", "sdb", "crypt_root", "sda1", "sda2", "sdb1", "sdb2", "md_root"),
    ]


def test_non_english_paths_are_listed() -> None:
    answers = machine({storage_filesystems.NON_ENGLISH: "/etc/ssl/certs/Főtanúsítvány.pem\n/usr/share/a\tb"})
    assert tree_of(answers)["non_english_paths"] == ["/etc/ssl/certs/Főtanúsítvány.pem", "/usr/share/a\tb"]


def test_a_folder_that_cannot_be_listed_makes_the_paths_unknown() -> None:
    answers = machine({storage_filesystems.NON_ENGLISH: "find: '/etc/sudoers.d': Permission denied"})
    found = facts_of(answers, user=1000)
    assert "without root rights" in found.reasons["storage.non_english_paths"]


def test_a_dead_install_folder_leaves_the_free_space_of_root_known() -> None:
    answers = machine({storage_filesystems.SPACE: Printed("/ 100 4096", status=Status.TIMED_OUT)})
    found = facts_of(answers)
    tree: Any = found.tree["storage"]
    assert tree["root_free_bytes"] == 409600
    assert "time limit" in found.reasons["storage.install_free_bytes"]


def test_the_install_folder_would_be_made_in_usr() -> None:
    said = "/ 100 4096\nstat: cannot read file system information for '/usr/local': No such file\n/usr 200 4096"
    found = tree_of(machine({storage_filesystems.SPACE: said}))
    assert (found["root_free_bytes"], found["install_free_bytes"]) == (409600, 819200)


def test_a_cut_answer_is_unknown() -> None:
    answers = machine()
    text = answers[storage_devices.ATTRIBUTES]
    answers[storage_devices.ATTRIBUTES] = Printed(str(text), truncated=True)
    found = facts_of(answers)
    tree: Any = found.tree["storage"]
    for name in ("disks", "os_disks", "data_disks", "raid", "encrypted", "logical_volumes", "device_names"):
        assert tree[name] is None
        assert "size limit" in found.reasons[f"storage.{name}"]


def test_a_recording_that_ends_early_is_unknown() -> None:
    found = assemble(recording({}, complete=False), [storage.SUBJECT])
    tree: Any = found.tree["storage"]
    assert set(tree.values()) == {None}
    assert "recording ends before" in found.reasons["storage.disks"]


def test_a_strange_line_of_mountinfo_is_unknown() -> None:
    answers = machine({storage_mounts.MOUNTS: mounts("8:2 / / ext4 /dev/sda2") + "\n61 60 8:1 / /boot rw"})
    assert tree_of(answers)["mounts"] is None


def test_a_size_that_cannot_be_read_is_unknown_for_that_disk_only() -> None:
    disk = scsi("sda", "8:0", 9, ("sda1", "8:1"), ("sda2", "8:2"))
    disk.extra["size"] = None
    found = facts_of(machine(blocks(disk, scsi("sdb", "8:16", 9))))
    tree: Any = found.tree["storage"]
    assert [entry["size_bytes"] for entry in tree["disks"]] == [None, 9 * GIB]
    assert tree["os_disk_sizes"] == [None]
    assert "storage.os_disk_sizes[0]" in found.reasons


def test_a_foreign_multipath_is_unknown() -> None:
    found = facts_of(machine(blocks(scsi("sda", "8:0", 9, ("sda2", "8:2")), Block("emcpowera", "120:0", 9))))
    assert "emcpowera" in found.reasons["storage.disks"]


def test_devices_that_carry_each_other_end() -> None:
    ring = blocks(mapper("dm-0", "8:2", 9, "a", "x", "dm-1"), mapper("dm-1", "8:1", 9, "b", "x", "dm-0"))
    assert tree_of(machine(ring))["os_disks"] is None


def test_boot_on_efi_partition_of_another_disk_is_an_os_disk() -> None:
    lines = mounts("8:2 / / ext4 /dev/sda2", "8:17 / /boot/efi vfat /dev/sdb1")
    disks = blocks(scsi("sda", "8:0", 9, ("sda2", "8:2")), scsi("sdb", "8:16", 9, ("sdb1", "8:17")))
    assert tree_of(machine(disks, {storage_mounts.MOUNTS: lines}))["os_disks"] == ["sda", "sdb"]
