# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import boot_devices as looks
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import boot_devices
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.machines import machine
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import recording
from hypothesis import given
from hypothesis import strategies as st

FIX = boot_devices.FIX
GRUB, DEFAULTS, FSTAB = "/boot/grub2/grub.cfg", "/etc/default/grub", "/etc/fstab"
UUIDS = {"/dev/sda1": "1111-AAAA", "/dev/sda2": "2222-aaaa", "/dev/sda3": "3333-aaaa"}


def facts(*words: tuple[str, str], **changes: Any) -> Facts:
    found: dict[str, Any] = {
        "words": [{"path": path, "word": word} for path, word in words],
        "links": [
            *({"name": f"/dev/disk/by-uuid/{uuid}", "device": device} for device, uuid in UUIDS.items()),
            {"name": "/dev/disk/by-id/ata-Disk-part2", "device": "/dev/sda2"},
        ],
        "shared_uuids": [],
        "mounted": [{"mount": "/", "device": "/dev/sda2"}],
        "fstab": [],
    }
    system = {"family": changes.pop("family", "rhel"), "major": changes.pop("major", 7)}
    return Facts({"os": system, "boot_devices": {**found, **changes}})


def plan(*words: tuple[str, str], **changes: Any) -> Plan:
    found = FIX.plan(facts(*words, **changes), {}, {})
    assert isinstance(found, Plan), found
    return found


def reason(*words: tuple[str, str], **changes: Any) -> str:
    found = FIX.plan(facts(*words, **changes), {}, {})
    assert isinstance(found, Refusal), found
    return found.reason


def test_names_are_replaced_wherever_they_stand() -> None:
    found = plan(
        (GRUB, "root=/dev/sda2"),
        (GRUB, "resume=/dev/sda3"),
        (GRUB, "root=/dev/mapper/other"),
        (DEFAULTS, "resume=/dev/sda3"),
        (FSTAB, "fstab=/dev/sda1"),
        (FSTAB, "fstab=/dev/mapper/vg-lv"),
    )
    assert found.arguments == (
        "fstab=/dev/sda1 UUID=1111-AAAA",
        "resume=/dev/sda3 resume=UUID=3333-aaaa",
        "root=/dev/sda2 root=UUID=2222-aaaa",
    )
    assert found.before == {
        GRUB: ["root=/dev/sda2", "resume=/dev/sda3"],
        DEFAULTS: ["resume=/dev/sda3"],
        FSTAB: ["/dev/sda1"],
    }
    assert isinstance(found.after, dict)
    assert found.after[FSTAB] == ["UUID=1111-AAAA"]
    assert found.found.split() == [
        *("fstab=/dev/mapper/vg-lv", "fstab=/dev/sda1", "resume=/dev/sda3", "root=/dev/mapper/other", "root=/dev/sda2"),
    ]
    assert found.wanted == "fstab=/dev/mapper/vg-lv root=/dev/mapper/other"


def test_nothing_is_left_to_name() -> None:
    assert plan((GRUB, "root=/dev/sda2")).wanted == "none"


def test_names_of_the_hardware_are_followed_to_their_device() -> None:
    assert plan((GRUB, "root=/dev/disk/by-id/ata-Disk-part2")).arguments[0].endswith("root=UUID=2222-aaaa")


def test_old_mkinitrd_gets_the_path_that_it_knows() -> None:
    found = plan(("/boot/grub/menu.lst", "root=/dev/sda2"), (FSTAB, "fstab=/dev/sda2"), family="suse", major=11)
    assert found.arguments == (
        "fstab=/dev/sda2 UUID=2222-aaaa",
        "root=/dev/sda2 root=/dev/disk/by-uuid/2222-aaaa",
    )
    assert found.wanted == "root=/dev/disk/by-uuid/2222-aaaa"


@pytest.mark.parametrize(("word", "goes"), [("root=/dev/sda2", True), ("resume=/dev/sda3", False)])
def test_the_ban_of_uuids_goes_where_it_is_the_cause(word: str, goes: bool) -> None:
    found = plan((GRUB, word), (DEFAULTS, "GRUB_DISABLE_LINUX_UUID=true"))
    assert ("GRUB_DISABLE_LINUX_UUID=true GRUB_DISABLE_LINUX_UUID=false" in found.arguments) is goes
    assert ("GRUB_DISABLE_LINUX_UUID=true" in found.wanted) is not goes


@pytest.mark.parametrize(
    "words", [(), ((GRUB, "root=/dev/mapper/vg-root"),), ((FSTAB, "fstab=/dev/md0"),), ((DEFAULTS, "no-initrd"),)]
)
def test_names_that_last_change_nothing(words: tuple[tuple[str, str], ...]) -> None:
    assert isinstance(FIX.plan(facts(*words), {}, {}), Unchanged)


@pytest.mark.parametrize(
    ("words", "changes", "expected"),
    [
        ([(GRUB, "root=/dev/sdz9")], {}, "has no link to /dev/sdz9"),
        ([(GRUB, "root=/dev/sda2")], {"shared_uuids": ["2222-aaaa"]}, "also that of another device"),
        ([(GRUB, "root=0802")], {}, "by its number"),
        ([(GRUB, "root=/dev/sda3")], {}, "/ is mounted from /dev/sda2"),
        ([(GRUB, "root=/dev/sda2"), (GRUB, "no-initrd")], {}, "without an initial RAM disk"),
        ([(GRUB, "root=/dev/sda2"), (DEFAULTS, "GRUB_DISABLE_UUID=true")], {}, "would come back"),
        ([(FSTAB, "fstab=/dev/sdz9")], {}, "has no link to /dev/sdz9"),
        (
            [(FSTAB, "fstab=/dev/sda3")],
            {
                "fstab": [{"device": "/dev/sda3", "mount": "/data"}],
                "mounted": [{"mount": "/data", "device": "/dev/sda1"}],
            },
            "but /dev/sda1 is mounted there",
        ),
    ],
)
def test_what_is_not_sure_is_refused(words: list[tuple[str, str]], changes: dict[str, Any], expected: str) -> None:
    assert expected in reason(*words, **changes)


def test_two_links_with_different_uuids_are_refused() -> None:
    links = [{"name": f"/dev/disk/by-uuid/{uuid}", "device": "/dev/sda2"} for uuid in ("a", "b")]
    assert "has 2 links" in reason((GRUB, "root=/dev/sda2"), links=links)


def test_a_line_of_fstab_that_cannot_be_changed_does_not_stop_the_rest() -> None:
    found = plan((GRUB, "root=/dev/sda2"), (FSTAB, "fstab=/dev/sdz9"))
    assert found.arguments == ("root=/dev/sda2 root=UUID=2222-aaaa",)
    assert found.wanted == "fstab=/dev/sdz9"
    assert isinstance(found.after, dict)
    assert "/dev/sdz9" in str(found.after["left as they are"])


def test_unknown_words_are_refused() -> None:
    assert isinstance(FIX.plan(facts((GRUB, "root=/dev/sda2"), words=None), {}, {}), Refusal)


LS = """lrwxrwxrwx 1 root root 10 Nov 21 08:38 /dev/disk/by-uuid/2222-aaaa -> ../../sda2
lrwxrwxrwx 1 root root 15 Nov 21 08:38 /dev/disk/by-id/cciss-3600 -> ../../cciss/c0d0
/run/udev/data/b8:2:S:disk/by-uuid/2222-aaaa
/run/udev/data/b8:18:S:disk/by-uuid/2222-aaaa
/run/udev/data/b8:3:S:disk/by-uuid/3333
done
"""


def test_links_and_uuids_that_two_devices_have_are_read() -> None:
    tree: Any = assemble(recording(machine({looks.LINKS: LS})), [looks.SUBJECT]).tree["boot_devices"]
    assert tree["links"] == [
        {"name": "/dev/disk/by-uuid/2222-aaaa", "device": "/dev/sda2"},
        {"name": "/dev/disk/by-id/cciss-3600", "device": "/dev/cciss/c0d0"},
    ]
    assert tree["shared_uuids"] == ["2222-aaaa"]
    assert {"mount": "/", "device": "/dev/sda2"} in tree["mounted"]


@pytest.mark.parametrize("answer", ["unreadable /boot/grub2/grub.cfg\ndone", "/etc/fstab fstab=/dev/sda1"])
def test_words_are_unknown_where_a_file_could_not_be_read(answer: str) -> None:
    found = assemble(recording(machine({looks.PLACES: answer})), [looks.SUBJECT])
    tree: Any = found.tree["boot_devices"]
    assert tree["words"] is None


def test_paths_may_hold_blanks() -> None:
    answer = "/boot/efi/EFI/Red Hat/grub.cfg root=/dev/sda2\ndone"
    tree: Any = assemble(recording(machine({looks.PLACES: answer})), [looks.SUBJECT]).tree["boot_devices"]
    assert tree["words"] == [{"path": "/boot/efi/EFI/Red Hat/grub.cfg", "word": "root=/dev/sda2"}]


SCRIPT = Path(boot_devices.__file__).with_name("boot_devices_words.sh").read_text()


def program(name: str) -> str:
    found = re.search(rf"^{name}='([^']*)'", SCRIPT, re.MULTILINE)
    assert found is not None
    return found[1]


def test_look_and_change_see_the_same_files_and_words() -> None:
    assert program("boot_device_files").split() == looks.FILES.split()
    assert program("boot_words_program").split() == looks.WORDS.split()


AWKS = [words for words in (["mawk"], ["gawk"], ["busybox", "awk"], ["original-awk"]) if shutil.which(words[0])]


def edited(text: str, kind: str, *pairs: str, awk: list[str] = AWKS[0]) -> str:
    done = subprocess.run(
        [
            *awk,
            "-v",
            f"kind={kind}",
            "-v",
            f"ended={'yes' if text.endswith(chr(10)) else ''}",
            program("boot_edit_program"),
        ],
        input=text.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=True,
        env={"boot_pairs": "\n".join(pairs), "LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    return done.stdout.decode("utf-8", "surrogateescape")


ROOT = "root=/dev/sda2 root=UUID=2222-aaaa"


@pytest.mark.parametrize("awk", AWKS, ids=" ".join)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("linux /vmlinuz root=/dev/sda2 ro\n", "linux /vmlinuz root=UUID=2222-aaaa ro\n"),
        ("linux /vmlinuz root=/dev/sda2", "linux /vmlinuz root=UUID=2222-aaaa"),
        ("kernel root=/dev/sda2\r\n", "kernel root=UUID=2222-aaaa\r\n"),
        ("set kernelopts='root=/dev/sda2 ro'\n", "set kernelopts='root=UUID=2222-aaaa ro'\n"),
        ('GRUB_CMDLINE_LINUX="root=/dev/sda2"\n', 'GRUB_CMDLINE_LINUX="root=UUID=2222-aaaa"\n'),
        ("kernelopts=root=/dev/sda2\n", "kernelopts=root=UUID=2222-aaaa\n"),
        ("a root=/dev/sda22 xroot=/dev/sda2 b\n", "a root=/dev/sda22 xroot=/dev/sda2 b\n"),
        ("# root=/dev/sda2\n", "# root=/dev/sda2\n"),
        ("\n\n \t\n", "\n\n \t\n"),
    ],
)
def test_words_alone_are_changed(awk: list[str], text: str, expected: str) -> None:
    assert edited(text, "grub.cfg", ROOT, awk=awk) == expected


@pytest.mark.parametrize("awk", AWKS, ids=" ".join)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/dev/sda1 / ext4\n", "UUID=1111-AAAA / ext4\n"),
        ("/dev/sda1           / ext4\n", "UUID=1111-AAAA      / ext4\n"),
        ("/dev/sda1   / ext4\n", "UUID=1111-AAAA / ext4\n"),
        (" /dev/sda1\t/\text4", " UUID=1111-AAAA\t/\text4"),
        ("# /dev/sda1 / ext4\n", "# /dev/sda1 / ext4\n"),
        ("/dev/sda11 /dev/sda1 ext4\n", "/dev/sda11 /dev/sda1 ext4\n"),
    ],
)
def test_fstab_keeps_its_columns_where_there_is_room(awk: list[str], text: str, expected: str) -> None:
    assert edited(text, "fstab", "fstab=/dev/sda1 UUID=1111-AAAA", awk=awk) == expected


@pytest.mark.parametrize("awk", AWKS, ids=" ".join)
@pytest.mark.parametrize("pair", [ROOT, "root=/dev/sda2 root=U"])
def test_grubenv_keeps_its_length(awk: list[str], pair: str) -> None:
    text = "# GRUB Environment Block\nkernelopts=root=/dev/sda2 ro\n" + "#" * 900
    found = edited(text, "grubenv", pair, awk=awk)
    assert len(found) == len(text)
    assert pair.split()[1] in found


@given(st.text(alphabet=st.sampled_from("ab=/ \t\n\r\"'#{}$\\%&\udcff"), max_size=80))
def test_what_names_no_device_stays(text: str) -> None:
    if text:
        assert edited(text, "grub.cfg", ROOT) == text
        assert edited(text, "fstab", ROOT) == text


@pytest.mark.parametrize("awk", AWKS, ids=" ".join)
def test_entries_without_an_initial_ram_disk_are_found(awk: list[str], tmp_path: Path) -> None:
    entry = "menuentry 'a' {\n linux /vmlinuz root=/dev/sda2 ro\n initrd /initrd\n}\n"
    for name, text in {
        "good": entry * 2,
        "bad": entry.replace(" initrd /initrd\n", "") + entry,
        "bls": "initrd /initrd\noptions root=/dev/sda2\n",
        "env": "kernelopts=root=/dev/sda2\n",
    }.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [*awk, program("boot_words_program"), "good", "bad", "bls", "env"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line for line in done.stdout.splitlines() if "no-initrd" in line] == ["bad no-initrd"]
