# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import hyperv_drivers
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.real_shell import (
    SHELLS,
    carry_out,
)

MODULE = "usr/lib/modules/6.1/kernel/drivers/hv/hv_vmbus.ko.xz"
LISTED = "usr/lib/modules/6.1/modules.order"


def cpio(**files: bytes) -> bytes:
    """Return an archive in the form of initial RAM disks, padded to 512 bytes as the programs do."""
    found = b""
    for name, content in {**files, "TRAILER!!!": b""}.items():
        numbers = [1, 0o100644, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
        header = b"070701" + b"".join(b"%08X" % number for number in numbers) + name.encode() + b"\0"
        found += header + b"\0" * (-len(header) % 4) + content + b"\0" * (-len(content) % 4)
    return found + b"\0" * (-len(found) % 512)


def zstd(content: bytes) -> bytes:
    return subprocess.run(["zstd", "-qc"], input=content, capture_output=True, check=True).stdout


EARLY = cpio(**{"kernel/x86/microcode/GenuineIntel.bin": b"\x01" * 3000})
MAIN = cpio(**{LISTED: b"kernel/drivers/hv/hv_netvsc.ko\n", MODULE: b"ELF"})
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
    **({"zstd": zstd} if shutil.which("zstd") else {}),
}


def moved(place: Path) -> dict[str, str | Path]:
    for folder in ("boot", "lib"):
        (place / folder).mkdir(exist_ok=True)
    (place / "release").write_text("6.1\n")
    return {
        "/boot/": f"{place}/boot/",
        "/lib/modules/": f"{place}/lib/",
        "/proc/sys/kernel/osrelease": place / "release",
    }


#: busybox brings its own grep, which has no -b.
WITH_GREP = [shell for shell in SHELLS if shell[0] != "busybox"]


@pytest.mark.parametrize("shell", WITH_GREP, ids=" ".join)
@pytest.mark.parametrize("early", [b"", EARLY, EARLY + EARLY], ids=["alone", "behind one", "behind two"])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_names_are_taken_out_of_any_initial_ram_disk(
    shell: list[str], early: bytes, compression: str, tmp_path: Path
) -> None:
    places = moved(tmp_path)
    (tmp_path / "boot/initramfs-6.1.img").write_bytes(early + COMPRESSIONS[compression](MAIN))
    _answer, text = carry_out(hyperv_drivers.INITRD, shell, places)
    lines = text.splitlines()
    assert lines[0] == "image /boot/initramfs-6.1.img"
    assert [line.rpartition("/")[2] for line in lines[1:-1]] == ["hv_vmbus.ko"]
    assert lines[-1] == "done"


def test_a_grep_that_cannot_read_binary_files_is_told(tmp_path: Path) -> None:
    if ["busybox", "sh"] not in SHELLS:
        pytest.skip("needs busybox")
    places = moved(tmp_path)
    (tmp_path / "boot/initrd-6.1").write_bytes(gzip.compress(MAIN))
    _answer, text = carry_out(hyperv_drivers.INITRD, ["busybox", "sh"], places)
    assert text.splitlines() == ["image /boot/initrd-6.1", "format grep -ab"]


@pytest.mark.parametrize("shell", WITH_GREP, ids=" ".join)
@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, ["image "]), (EARLY + b"\x99" * 600, ["image /boot/initrd-6.1", "format 999999999999", "done"])],
)
def test_what_is_missing_or_strange_is_told(
    shell: list[str], content: bytes | None, expected: list[str], tmp_path: Path
) -> None:
    places = moved(tmp_path)
    if content is not None:
        (tmp_path / "boot/initrd-6.1").write_bytes(content)
    _answer, text = carry_out(hyperv_drivers.INITRD, shell, places)
    assert text.splitlines() == expected


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("builtin", [None, "kernel/drivers/hv/hv_storvsc.ko\n", "kernel/fs/ext4/ext4.ko\n"])
def test_modules_of_the_running_kernel(shell: list[str], builtin: str | None, tmp_path: Path) -> None:
    places = moved(tmp_path)
    (tmp_path / "lib/6.1").mkdir()
    (tmp_path / "lib/6.1/modules.dep").write_text("kernel/drivers/hv/hv_vmbus.ko.xz:\nkernel/a/xhv_netvsc.ko:\n")
    if builtin is not None:
        (tmp_path / "lib/6.1/modules.builtin").write_text(builtin)
    answer, text = carry_out(hyperv_drivers.MODULES, shell, places)
    assert answer.code == 0
    expected = ["/lib/modules/6.1/modules.dep:/hv_vmbus.ko"]
    if builtin is not None and "hv_" in builtin:
        expected.insert(0, "/lib/modules/6.1/modules.builtin:/hv_storvsc.ko")
    assert text.splitlines() == expected


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_missing_lists_of_modules_are_told(shell: list[str], tmp_path: Path) -> None:
    _answer, text = carry_out(hyperv_drivers.MODULES, shell, moved(tmp_path))
    assert text == "missing /lib/modules/6.1/modules.dep\n"
