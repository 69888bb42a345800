# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import boot, services
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import storage_reads as reads
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.storage import SUBJECT
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.storage_disks import LIMITS
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    GIB,
    SERVER_2008_R2,
    SERVER_2019,
    Answers,
    objects,
    row,
    service_lines,
)

CYLINDER = 512 * 63 * 255


def facts(base: Answers, **changes: Iterable[str] | Status | int) -> Facts:
    """The storage of a sample with some answers changed, named as in storage_reads."""
    answers: dict[Read, Iterable[str] | Status | int] = {**base}
    answers.update({getattr(reads, name): said for name, said in changes.items()})
    return assemble(recording(answers), [SUBJECT])


def storage(base: Answers, **changes: Iterable[str] | Status | int) -> dict[str, Any]:
    found = facts(base, **changes).tree["storage"]
    assert isinstance(found, dict)
    return found


def old_disk(size: int, **more: object) -> list[str]:
    """Win32_DiskDrive as 2008 R2 tells of one disk: whole cylinders."""
    return objects(
        {
            "Index": 0,
            "Model": "VMware Virtual disk SCSI Disk Device",
            "PNPDeviceID": r"SCSI\DISK&VEN_VMWARE&PROD_VIRTUAL_DISK\5&1982005&0&000000",
            "Size": size // CYLINDER * CYLINDER,
            "BytesPerSector": 512,
            "SectorsPerTrack": 63,
            "TracksPerCylinder": 255,
            "InterfaceType": "SCSI",
            **more,
        }
    )


def test_old_german_machine_has_its_disks_by_numbers() -> None:
    found = storage(SERVER_2008_R2)
    assert found["os_disks"] == ["PHYSICALDRIVE0"]
    assert [disk["name"] for disk in found["data_disks"]] == ["PHYSICALDRIVE1"]
    assert found["os_disk_dynamic"] is False
    assert found["disks"][0]["transport"] == "scsi"


def test_drive_that_is_no_basic_mbr_partition_leaves_the_kind_of_an_old_disk_unknown() -> None:
    answers = {**SERVER_2008_R2, boot.MOUNTED: [row(r"\DosDevices\C:", "Binary", "444D494F3A49443A" + "CC" * 16)]}
    assert storage(answers)["os_disk_dynamic"] is None


@pytest.mark.parametrize(
    "kind",
    [
        {"MbrType": 66},
        {"GptType": "{AF9B60A0-1431-4F62-BC68-3311714A69AD}"},
        {"GptType": "{5808c8aa-7e8f-42e0-85d2-e1e90434cfb3}"},
    ],
)
def test_dynamic_disk_is_told_by_the_type_of_its_partitions(kind: dict[str, object]) -> None:
    partition = {"DiskNumber": 0, "IsBoot": True, "IsSystem": True, "AccessPaths": ["C:\\"], **kind}
    found = storage(SERVER_2019, STORAGE_PARTITIONS=objects(partition))
    assert found["os_disk_dynamic"] is True
    assert found["data_disk_dynamic"] is False


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("beside", [0, -1, 1])
def test_size_in_cylinders_near_a_limit_is_unknown(limit: int, beside: int) -> None:
    assert storage(SERVER_2008_R2, DRIVES=old_disk(limit + beside))["disks"][0]["size_bytes"] is None


def test_size_in_cylinders_far_from_any_limit_is_known() -> None:
    size = storage(SERVER_2008_R2, DRIVES=old_disk(100 * GIB))["disks"][0]["size_bytes"]
    assert 100 * GIB - CYLINDER < size <= 100 * GIB


def test_newer_windows_tells_the_size_itself() -> None:
    assert storage(SERVER_2019)["os_disk_sizes"] == [100 * GIB]


def test_system_volume_without_a_letter_on_another_disk_makes_two_os_disks() -> None:
    two = objects(
        {"DeviceID": "a", "DiskIndex": 1, "BootPartition": True},
        {"DeviceID": "Datenträgernr. 0, Partitionsnr. 1", "DiskIndex": 0, "BootPartition": False},
        {"DeviceID": "Datenträgernr. 1, Partitionsnr. 0", "DiskIndex": 1, "BootPartition": False},
    )
    assert storage(SERVER_2008_R2, PARTITIONS=two)["os_disks"] == ["PHYSICALDRIVE0", "PHYSICALDRIVE1"]


def test_active_partitions_on_two_disks_do_not_tell_where_the_firmware_starts() -> None:
    two = objects(
        {"DeviceID": "a", "DiskIndex": 1, "BootPartition": True},
        {"DeviceID": "b", "DiskIndex": 0, "BootPartition": True},
        {"DeviceID": "Datenträgernr. 0, Partitionsnr. 1", "DiskIndex": 0, "BootPartition": False},
        {"DeviceID": "Datenträgernr. 1, Partitionsnr. 0", "DiskIndex": 1, "BootPartition": False},
    )
    found = storage(SERVER_2008_R2, PARTITIONS=two)
    assert found["os_disks"] is None
    assert found["os_disk_sizes"] is None


def test_no_volume_bears_windows_so_the_partition_that_says_so_counts() -> None:
    assert storage(SERVER_2019, VOLUMES=[])["os_disks"] == ["PHYSICALDRIVE0"]
    assert storage(SERVER_2008_R2, VOLUMES=[])["os_disks"] is None


@pytest.mark.parametrize(
    ("path", "transport"),
    [
        (r"SCSI\DISK&VEN_AWS&PROD_PVDISK\4&1", "xen"),
        (r"SCSI\DISK&VEN_XENSRC&PROD_PVDISK\4&1", "xen"),
        (r"SCSI\DISK&VEN_RED_HAT&PROD_VIRTIO\4&1", "virtio"),
        (r"IDE\DISKVIRTUAL_HD\5&1", "ata"),
        (r"USBSTOR\DISK&VEN_X\1", "usb"),
    ],
)
def test_transport_is_told_by_the_device(path: str, transport: str) -> None:
    assert storage(SERVER_2008_R2, DRIVES=old_disk(100 * GIB, PNPDeviceID=path))["disks"][0]["transport"] == transport


def test_old_windows_with_a_running_iscsi_initiator_does_not_tell_the_transport() -> None:
    answers = {**SERVER_2008_R2, services.SERVICES: service_lines(services.SERVICES, ClusSvc="absent")}
    assert storage(answers)["disks"][0]["transport"] is None


@pytest.mark.parametrize(
    ("number", "transport"), [(9, "iscsi"), (6, "fc"), (17, "nvme"), (16, "storage_space"), (99, None)]
)
def test_transport_of_newer_windows_is_the_number_of_the_bus(number: int, transport: str | None) -> None:
    disks = objects(
        *(
            {"Number": each, "Size": GIB, "BusType": number, "LogicalSectorSize": 512, "IsClustered": False}
            for each in (0, 1)
        )
    )
    assert storage(SERVER_2019, STORAGE_DISKS=disks)["disks"][0]["transport"] == transport


def test_disk_of_one_class_only_is_unknown() -> None:
    one = objects({"Number": 7, "Size": GIB, "BusType": 10, "LogicalSectorSize": 512, "IsClustered": False})
    assert storage(SERVER_2019, STORAGE_DISKS=one)["disks"] is None


def test_card_reader_without_a_card_is_no_disk() -> None:
    lines = [*old_disk(100 * GIB), *objects({"Index": 5, "PNPDeviceID": r"USBSTOR\DISK&VEN_CARD"})]
    assert len(storage(SERVER_2008_R2, DRIVES=lines)["disks"]) == 1


VOLUME_OFF = objects({"DriveLetter": "C:", "DeviceID": "x", "ProtectionStatus": 0})


@pytest.mark.parametrize(
    ("volumes", "share", "encrypted"),
    [
        (Status.ABSENT, 1, []),
        (VOLUME_OFF, ["Verschlüsselt (Prozent):   0,0%"], []),
        (VOLUME_OFF, ["Yüzde Şifreli:    %0,0"], []),
        (VOLUME_OFF, ["Verschlüsselt (Prozent):   100,0%"], ["1 volumes without active protection"]),
        (VOLUME_OFF, ["Yüzde Şifreli:    %87,5"], ["1 volumes without active protection"]),
        (VOLUME_OFF, ["Percentage Encrypted: 0.4%"], ["1 volumes without active protection"]),
        (VOLUME_OFF, ["nothing"], None),
        (VOLUME_OFF, 1, None),
        (objects({"DriveLetter": "C:", "ProtectionStatus": 1}), 1, ["C:"]),
        (objects({"DriveLetter": "D:", "ProtectionStatus": 2}), 1, ["D:"]),
        (Status.UNREADABLE, 1, None),
        (1, 1, None),
    ],
)
def test_bitlocker_suspended_is_not_off(volumes: Any, share: Any, encrypted: list[str] | None) -> None:
    assert storage(SERVER_2019, ENCRYPTABLE=volumes, ENCRYPTED_SHARE=share)["encrypted"] == encrypted


def test_member_of_a_cluster_shows() -> None:
    assert storage(SERVER_2019, CLUSTER=[row("ClusterName", "String", "SQL")])["cluster_signs"] == [
        "member of the cluster SQL"
    ]
    assert storage(SERVER_2019, CLUSTER=Status.UNREADABLE)["cluster_signs"] is None


def test_volumes_are_joined_with_their_disks_by_path_and_letter() -> None:
    found = storage(SERVER_2019)["volumes"]
    assert [(each["letter"], each["disks"]) for each in found] == [
        ("", ["PHYSICALDRIVE0"]),
        ("C:", ["PHYSICALDRIVE0"]),
        ("E:", ["PHYSICALDRIVE1"]),
    ]
    assert storage(SERVER_2019)["install_free_bytes"] == 60 * GIB


@pytest.mark.parametrize(("number", "name"), [(1, "online_all"), (2, "offline_shared"), (9, None)])
def test_san_policy_is_named(number: int, name: str | None) -> None:
    assert storage(SERVER_2019, SAN_POLICY=[row("SanPolicy", "DWord", number)])["san_policy"] == name
