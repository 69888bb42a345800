# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import hyperv_reads as reads
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.hyperv_schema import SUBJECT
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.hyperv_services import SERVICES
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.operating_system import SYSTEM
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows import hyperv_samples
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.hyperv_samples import (
    APP,
    HOST_2012_R2,
    WEB,
    WITHOUT_MODULE,
    drive,
    file,
    item,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    GIB,
    Answers,
    objects,
)


def collected(answers: Answers, changes: Answers | None = None, user: int = 0) -> Facts:
    return assemble(recording({**answers, **(changes or {})}, user=user), [SUBJECT])


def vms(answers: Answers, changes: Answers | None = None) -> Any:
    return collected(answers, changes).tree["hyperv_vms"]


def test_the_module_tells_of_every_machine() -> None:
    web, app = vms(HOST_2012_R2)["machines"]
    assert web["id"] == WEB.upper()
    assert (web["name"], web["generation"], web["state"], web["guest"]) == ("web01", 1, "running", "windows")
    assert (web["guest_hostname"], web["disk_count"], web["secure_boot"]) == ("web01.corp.example.com", 2, False)
    assert (app["name"], app["generation"], app["secure_boot"]) == ("Prüfstand 2", 2, True)
    assert (web["memory_bytes"], web["processors"], web["dynamic_memory"]) == (4 * GIB, 2, True)


def test_a_machine_that_is_off_tells_nothing_of_its_guest() -> None:
    facts = collected(HOST_2012_R2)
    assert "off" in facts.reasons["hyperv_vms.machines[1].guest"]
    assert "off" in facts.reasons["hyperv_vms.generation_2[0].guest"]
    assert [each["vm"] for each in vms(HOST_2012_R2)["generation_2"]] == ["Prüfstand 2"]


def test_a_checkpoint_is_followed_to_its_parents() -> None:
    first = vms(HOST_2012_R2)["disks"][0]
    assert (first["type"], first["base_type"], first["format"]) == ("differencing", "dynamic", "vhd")
    assert vms(HOST_2012_R2)["checkpoints"] == [{"vm": "web01", "vm_id": WEB.upper(), "name": "vor dem Update"}]


def test_a_parent_that_cannot_be_opened_leaves_the_type_of_the_base_unknown() -> None:
    only_child = file(r"D:\a.avhdx", GIB, "Differencing", r"D:\a.vhdx")
    changes: Answers = {reads.DRIVES: objects(drive(WEB, "web01", r"D:\a.avhdx")), reads.FILES: objects(only_child)}
    facts = collected(HOST_2012_R2, changes)
    assert r"D:\a.vhdx" in facts.reasons["hyperv_vms.disks[0].base_type"]


def test_parents_that_name_each_other_are_not_followed_for_ever() -> None:
    changes: Answers = {
        reads.DRIVES: objects(drive(WEB, "web01", r"D:\a.vhdx")),
        reads.FILES: objects(file(r"D:\a.vhdx", GIB, "Differencing", r"D:\a.vhdx")),
    }
    assert "too long" in collected(HOST_2012_R2, changes).reasons["hyperv_vms.disks[0].base_type"]


def test_a_disk_on_a_share_is_unknown_but_its_format_is_in_its_name() -> None:
    facts = collected(HOST_2012_R2)
    assert "share" in facts.reasons["hyperv_vms.disks[3].size_bytes"]
    assert vms(HOST_2012_R2)["disks"][3]["format"] == "vhdx"
    assert vms(HOST_2012_R2)["disks"][3]["shared"] is False


def test_the_disk_that_a_machine_starts_from() -> None:
    disks = vms(HOST_2012_R2)["disks"]
    assert [disk["os"] for disk in disks] == [True, False, True, False]
    assert vms(HOST_2012_R2)["machines"][0]["os_disk_at_most_bytes"] == 127 * GIB
    assert vms(HOST_2012_R2)["machines"][1]["os_disk_at_least_bytes"] == 60 * GIB


@pytest.mark.parametrize("order", [objects({"VMId": APP, "BootType": "File"}), 1, []])
def test_of_an_unknown_boot_order_any_disk_may_be_started_from(order: Any) -> None:
    changes: Answers = {
        reads.BOOT_ORDER: order,
        reads.DRIVES: objects(drive(APP, "app", r"D:\a.vhdx"), drive(APP, "app", r"D:\b.vhdx", location=1)),
        reads.FILES: objects(file(r"D:\a.vhdx", GIB, "Fixed"), file(r"D:\b.vhdx", 3 * GIB, "Fixed")),
    }
    machine = vms(HOST_2012_R2, changes)["machines"][1]
    assert (machine["os_disk_at_least_bytes"], machine["os_disk_at_most_bytes"]) == (GIB, 3 * GIB)
    assert vms(HOST_2012_R2, changes)["disks"][0]["os"] is None


def test_a_disk_of_the_host_has_no_path() -> None:
    physical = {**drive(WEB, "web01", "Datenträger 2 100,00 GB Bus 0 LUN 0 Ziel 0", "IDE"), "DiskNumber": 2}
    disk = vms(HOST_2012_R2, {reads.DRIVES: objects(physical)})["disks"][0]
    assert (disk["physical"], disk["path"], disk["format"], disk["size_bytes"]) == (True, "", "physical", None)


def test_a_shared_disk_is_one_by_its_setting_its_format_or_its_use() -> None:
    setting = {**drive(WEB, "web01", r"D:\a.vhdx"), "SupportPersistentReservations": True}
    twice = [drive(WEB, "web01", r"D:\b.vhdx", location=2), drive(APP, "app", r"D:\B.VHDX", location=2)]
    of_format = drive(APP, "app", r"D:\q.vhds", location=3)
    disks = vms(HOST_2012_R2, {reads.DRIVES: objects(setting, *twice, of_format)})["disks"]
    assert [disk["shared"] for disk in disks] == [True, True, True, True]


def test_a_disk_of_a_machine_that_came_later_is_kept() -> None:
    stranger = drive("99999999-0000-4152-9eda-2ca8b33039b4", "moved-in", r"C:\c.vhdx")
    assert vms(HOST_2012_R2, {reads.DRIVES: objects(stranger)})["disks"][0]["vm"] == "moved-in"


def test_a_host_of_2012_has_one_generation_and_shares_no_disks() -> None:
    old = {**drive(WEB, "web01", r"D:\a.vhdx", "IDE")}
    del old["SupportPersistentReservations"]
    changes: Answers = {
        SYSTEM: objects({"Version": "6.2.9200"}),
        reads.VIRTUAL_MACHINES: objects({"VMId": WEB, "Name": "web01", "State": "Running"}),
        reads.DRIVES: objects(old),
        reads.FIRMWARE: 1,
        reads.BOOT_ORDER: 1,
    }
    found = vms(HOST_2012_R2, changes)
    assert (found["machines"][0]["generation"], found["machines"][0]["secure_boot"]) == (1, False)
    assert (found["disks"][0]["shared"], found["generation_2"]) == (False, [])


def test_adapters_are_told_with_their_switch() -> None:
    web, app = vms(HOST_2012_R2)["adapters"]
    assert (web["switch"], web["static_mac"], web["addresses"]) == ("Extern", False, ["192.0.2.31", "fe80::1"])
    assert (app["switch"], app["static_mac"], app["addresses"]) == ("", True, [])


@pytest.mark.parametrize("failed", [reads.DRIVES, reads.ADAPTERS, reads.FIBRE_CHANNEL, reads.CHECKPOINTS])
def test_a_cmdlet_that_failed_leaves_its_own_list_unknown(failed: Read) -> None:
    found = vms(HOST_2012_R2, {failed: 1})
    lists = {"DRIVES": "disks", "ADAPTERS": "adapters", "FIBRE_CHANNEL": "fibre_channel", "CHECKPOINTS": "checkpoints"}
    name = next(value for key, value in lists.items() if getattr(reads, key) == failed)
    assert found[name] is None
    assert found["machines"][0]["name"] == "web01"


def test_without_firmware_secure_boot_is_unknown_for_generation_2_only() -> None:
    machines = vms(HOST_2012_R2, {reads.FIRMWARE: 1})["machines"]
    assert [each["secure_boot"] for each in machines] == [False, None]


def test_wmi_answers_without_the_module() -> None:
    found = vms(WITHOUT_MODULE)
    assert [(each["name"], each["generation"], each["secure_boot"]) for each in found["machines"]] == [
        ("web01", 1, False),
        ("Prüfstand 2", 2, True),
    ]
    assert [(each["vm"], each["format"], each["shared"], each["size_bytes"]) for each in found["disks"]] == [
        ("web01", "vhd", False, None),
        ("Prüfstand 2", "vhdset", True, None),
        ("Prüfstand 2", "physical", False, None),
    ]
    assert [(each["vm"], each["mac"]) for each in found["adapters"]] == [("web01", "00155D0A0B01")]
    assert found["fibre_channel"] == []
    assert "Hyper-V-PowerShell" in collected(WITHOUT_MODULE).reasons["hyperv_vms.disks[0].size_bytes"]


def test_wmi_answers_where_the_module_fails() -> None:
    assert len(vms(HOST_2012_R2, {reads.VIRTUAL_MACHINES: 1})["machines"]) == 2


def test_without_the_role_there_is_no_virtual_machine() -> None:
    absent = [f"{name}\tabsent" for name in SERVICES.arguments]
    facts = vms(WITHOUT_MODULE, {reads.WMI_SYSTEMS: Status.ABSENT, SERVICES: absent})
    assert facts["machines"] == facts["disks"] == facts["fibre_channel"] == []


def test_with_the_role_but_no_answer_nothing_is_known() -> None:
    facts = collected(WITHOUT_MODULE, {reads.WMI_SYSTEMS: Status.TIMED_OUT})
    assert set(facts.reasons) == {fact.path for fact in SUBJECT.facts}


def test_no_machine_at_all_is_believed_only_to_an_administrator() -> None:
    assert vms(HOST_2012_R2, {reads.VIRTUAL_MACHINES: []})["machines"] == []
    facts = collected(HOST_2012_R2, {reads.VIRTUAL_MACHINES: []}, user=1)
    assert "administrator" in facts.reasons["hyperv_vms.machines"]


@pytest.mark.parametrize(
    ("items", "family"),
    [
        ([item("OSName", "Ubuntu"), item("OSVersion", "5.15.0-91-generic")], "other"),
        ([item("OSName", "Microsoft Hyper-V Server"), item("OSPlatformId", "2")], "windows"),
        ([item("OSName", "&lt;script&gt;")], "other"),
        ([item("OSVersion", "6.3")], None),
        (["<VALUE>", "junk"], None),
        ([], None),
    ],
)
def test_the_guest_by_what_it_says(items: list[str], family: str | None) -> None:
    guests = objects({"SystemName": WEB.upper(), "GuestIntrinsicExchangeItems": items})
    assert vms(HOST_2012_R2, {reads.GUESTS: guests})["machines"][0]["guest"] == family


def test_lines_for_cmdlets_are_sound_powershell() -> None:
    pytest.importorskip("tree_sitter", reason="needs the syntax trees of tree-sitter (tests/unit/requirements.txt)")
    pytest.importorskip(
        "tree_sitter_powershell", reason="needs the grammar of PowerShell (tests/unit/requirements.txt)"
    )
    from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_tree import (
        parse,
    )

    lines = [read.arguments[1] for fact in SUBJECT.facts for read in fact.reads if read.kind == "objects"]
    assert lines
    assert not [line for line in lines if parse(line).has_error]


def test_samples_answer_every_read() -> None:
    reads_of_subject = dict.fromkeys(read for fact in SUBJECT.facts for read in fact.reads)
    assert not [read.key for read in reads_of_subject if read not in hyperv_samples.HOST_2012_R2]
