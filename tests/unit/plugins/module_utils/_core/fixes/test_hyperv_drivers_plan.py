# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import initrds
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import hyperv_drivers
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.machines import machine
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.real_shell import (
    SHELLS,
    carry_out,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.test_hyperv_drivers import (
    COMPRESSIONS,
    EARLY,
    cpio,
    moved,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import recording

FIX = hyperv_drivers.FIX
ALL = ["hv_vmbus", "hv_storvsc", "hv_netvsc"]
JOINED = ",".join(ALL)
PATHS = {
    "dracut_drop_in": "/etc/dracut.conf.d/preflight.azure.conf",
    "initramfs_modules": "/etc/initramfs-tools/modules",
    "suse_kernel": "/etc/sysconfig/kernel",
}


def kernel(release: str = "5.14", **changes: Any) -> dict[str, Any]:
    plain = {"release": release, "image": f"/boot/initramfs-{release}.img", "built_in": [], "modules": ALL}
    return {**plain, "included": [], **changes}


def facts(*kernels: dict[str, Any], builder: str = "dracut", system: str = "rhel", **texts: str) -> Facts:
    files: dict[str, Any] = {
        name: {
            "path": path,
            "present": name in texts,
            "text": texts.get(name, ""),
            "checksum": posix_cksum(texts[name].encode()) if name in texts else "none",
            "obstacle": "",
        }
        for name, path in PATHS.items()
    }
    tree: dict[str, Any] = {
        "os": {"id": system, "major": 9 if system == "rhel" else 12},
        "initrd": {"kernels": list(kernels), "builder": builder},
        "files": files,
    }
    return Facts(tree)


def plan(*kernels: dict[str, Any], **more: Any) -> Plan:
    found = FIX.plan(facts(*kernels, **more), {"timeout_seconds": 100}, {})
    assert isinstance(found, Plan), found
    return found


def test_lacking_drivers_are_put_into_each_image_that_lacks_them() -> None:
    found = plan(kernel(), kernel("5.15", included=ALL), kernel("5.16", included=["hv_vmbus"]))
    drop_in = PATHS["dracut_drop_in"]
    assert found.arguments[:5] == ("dracut", "file", drop_in, "none", found.arguments[4])
    assert found.arguments[8:] == (
        *("5.14", "/boot/initramfs-5.14.img", JOINED),
        *("5.16", "/boot/initramfs-5.16.img", JOINED),
    )
    assert found.found == f"dracut {drop_in} none 5.14=none 5.15={JOINED} 5.16=hv_vmbus"
    assert found.wanted == f"dracut {drop_in} {found.arguments[4]} 5.14={JOINED} 5.15={JOINED} 5.16={JOINED}"
    assert found.timeout_seconds == 200


def test_what_is_built_in_is_not_asked_for() -> None:
    found = plan(kernel(built_in=["hv_vmbus"], modules=ALL[1:]))
    assert found.arguments[-1] == "hv_storvsc,hv_netvsc"
    assert 'add_drivers+=" hv_storvsc hv_netvsc "' in str(found.after)


@pytest.mark.parametrize(
    "kernels", [[], [kernel(included=ALL)], [kernel(built_in=ALL)], [kernel(built_in=ALL[:1], included=ALL[1:])]]
)
def test_nothing_is_lacking(kernels: list[dict[str, Any]]) -> None:
    assert isinstance(FIX.plan(facts(*kernels), {}, {}), Unchanged) is True


def test_image_made_without_settings_that_are_there_is_made_anew() -> None:
    text = plan(kernel()).arguments[7].replace("\\0012", "\n").replace("\\0047", "'")
    again = plan(kernel(), dracut_drop_in=text)
    assert again.arguments[:3] == ("dracut", "same", "5.14")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "hv_vmbus\nhv_storvsc\nhv_netvsc\n"),
        ("# mine\next4", "# mine\next4\nhv_vmbus\nhv_storvsc\nhv_netvsc\n"),
        ("hv_vmbus\n#hv_netvsc\n", "hv_vmbus\n#hv_netvsc\nhv_storvsc\nhv_netvsc\n"),
        ("a\r\n", "a\r\nhv_vmbus\r\nhv_storvsc\r\nhv_netvsc\r\n"),
    ],
)
def test_modules_of_initramfs_tools_are_added_at_the_end(text: str, expected: str) -> None:
    found = plan(kernel(), builder="initramfs-tools", system="debian", initramfs_modules=text)
    assert found.arguments[4] == posix_cksum(expected.encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('A="b"\nINITRD_MODULES="ext3 hv_vmbus"\nB=c\n', 'A="b"\nINITRD_MODULES="ext3 hv_vmbus {}"\nB=c\n'),
        ('INITRD_MODULES=""\n', 'INITRD_MODULES="hv_vmbus {}"\n'),
    ],
)
def test_modules_of_mkinitrd_are_added_to_its_list(text: str, expected: str) -> None:
    found = plan(kernel(), builder="mkinitrd", system="sles", suse_kernel=text)
    assert found.arguments[4] == posix_cksum(expected.format("hv_storvsc hv_netvsc").encode())


@pytest.mark.parametrize("text", ["", "INITRD_MODULES='a'\n", 'INITRD_MODULES="$X"\n', 'INITRD_MODULES=""\n' * 2])
def test_a_list_that_is_not_plain_is_refused(text: str) -> None:
    refusal = FIX.plan(facts(kernel(), builder="mkinitrd", system="sles", suse_kernel=text), {}, {})
    assert isinstance(refusal, Refusal)
    assert "by hand" in refusal.reason


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("ubuntu", "install linux-modules-extra-5.14 "),
        ("debian", "install linux-image-5.14 "),
        ("rhel", "install kernel-modules-5.14 "),
        ("sles", "install kernel-default "),
    ],
)
def test_drivers_that_the_kernel_has_not_are_refused_with_their_package(system: str, expected: str) -> None:
    refusal = FIX.plan(facts(kernel(modules=["hv_vmbus"]), system=system), {}, {})
    assert isinstance(refusal, Refusal)
    assert "has no hv_storvsc, hv_netvsc" in refusal.reason
    assert expected in refusal.reason


@pytest.mark.parametrize(
    ("changes", "builder", "expected"),
    [({"image": ""}, "dracut", "make one"), ({}, "none", "no program"), ({}, "other", "no program")],
)
def test_what_cannot_be_made_is_refused(changes: dict[str, Any], builder: str, expected: str) -> None:
    refusal = FIX.plan(facts(kernel(**changes), builder=builder), {}, {})
    assert isinstance(refusal, Refusal)
    assert expected in refusal.reason


def test_unknown_kernels_are_refused() -> None:
    found = facts(kernel())
    tree: Any = found.tree
    tree["initrd"]["kernels"] = None
    assert isinstance(FIX.plan(found, {}, {}), Refusal)


WITH_GREP = [shell for shell in SHELLS if shell[0] != "busybox"]


def image(*names: str) -> bytes:
    return cpio(**dict.fromkeys(names, b"\x7fELF"))


HV = "lib/modules/9.1/kernel/drivers/hv/"
WITH_ALL = image("init", *(f"{HV}{driver}.ko.xz" for driver in ALL), f"{HV}ext4.ko")


@pytest.mark.parametrize("shell", WITH_GREP, ids=" ".join)
def test_the_kernels_that_may_start_next_are_looked_at(shell: list[str], tmp_path: Path) -> None:
    places = {**moved(tmp_path), "/boot/grub2/grubenv": tmp_path / "grubenv", "/boot/grub/grubenv": tmp_path / "no"}
    (tmp_path / "grubenv").write_text("saved_entry=abc-5.9\n")
    for release in ("5.8", "5.9", "6.1", "6.10", "6.9", "7.0"):
        (tmp_path / f"lib/{release}").mkdir()
        (tmp_path / f"lib/{release}/modules.dep").write_text("a/hv_vmbus.ko:\n")
        (tmp_path / f"lib/{release}/modules.builtin").write_text("a/hv_netvsc.ko\n")
        if release != "7.0":
            (tmp_path / f"boot/initramfs-{release}.img").write_bytes(EARLY + COMPRESSIONS["gzip"](WITH_ALL))
    answer, _text = carry_out(initrds.KERNELS, shell, dict(sorted(places.items(), key=lambda place: -len(place[0]))))
    tree: Any = assemble(recording(machine({initrds.KERNELS: answer.text})), [initrds.SUBJECT]).tree["initrd"]
    assert [found["release"] for found in tree["kernels"]] == ["6.1", "5.9", "6.10"]
    assert tree["kernels"][0]["included"] == ALL
    assert (tree["kernels"][0]["modules"], tree["kernels"][0]["built_in"]) == (["hv_vmbus"], ["hv_netvsc"])


@pytest.mark.parametrize(
    "answer",
    [
        "kernel 6.1\nimage /boot/a\nformat 00\ndone\nend",
        "kernel 6.1\nimage /boot/a\nend",
        "kernel 6.1\nimage /boot/a\n",
    ],
)
def test_images_that_could_not_be_looked_into_are_unknown(answer: str) -> None:
    tree: Any = assemble(recording(machine({initrds.KERNELS: answer})), [initrds.SUBJECT]).tree["initrd"]
    assert tree["kernels"] is None


SCRIPT = Path(hyperv_drivers.__file__).with_name("hyperv_drivers_images.sh")


def defect(new: bytes, old: bytes, place: Path, shell: list[str]) -> str:
    (place / "new").write_bytes(new)
    (place / "old").write_bytes(old)
    script = f'{SCRIPT.read_text()}\nrecord={place}/record\nimage_defect new old {JOINED}; echo "$?:$defect"'
    done = subprocess.run([*shell, "-s"], input=script, cwd=place, capture_output=True, text=True, check=True)
    assert sorted(path.name for path in place.iterdir()) == ["new", "old"]
    code, _colon, reason = done.stdout.rstrip("\n").partition(":")
    assert (code == "0") is not bool(reason)
    return reason


@pytest.mark.parametrize("shell", WITH_GREP, ids=" ".join)
@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (WITH_ALL, image("init", f"{HV}ext4.ko"), ""),
        (WITH_ALL, image("init", f"{HV}ext4.ko.zst"), ""),
        (WITH_ALL, image("init", f"{HV}xfs.ko.xz"), "it would lack kernel modules that the old one has: xfs"),
        (image("init", f"{HV}hv_vmbus.ko"), b"", f"expected the drivers {JOINED} in it, found hv_vmbus"),
        (image(*(f"{HV}{driver}.ko" for driver in ALL)), b"", "it holds no program init"),
        (b"", b"", "it holds no program init"),
    ],
    ids=["good", "other compression", "lacks a module", "lacks drivers", "no init", "empty"],
)
def test_an_image_is_only_used_when_it_has_all(
    shell: list[str], new: bytes, old: bytes, expected: str, tmp_path: Path
) -> None:
    packed = [COMPRESSIONS["gzip"](content) for content in (new, old)]
    assert defect(EARLY + packed[0], packed[1], tmp_path, shell) == expected


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_an_image_may_be_packed_in_any_way(compression: str, tmp_path: Path) -> None:
    packed = EARLY + COMPRESSIONS[compression](WITH_ALL)
    assert defect(packed, packed, tmp_path, ["sh"]) == ""
