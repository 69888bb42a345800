# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import boot_loader
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.real_shell import (
    SHELLS,
    carry_out,
)

GRUB_CFG = """\
# root=/dev/comment
set root='hd0,msdos1'
password_pbkdf2 root grub.pbkdf2.sha512.10000.AAAA.BBBB
if [ x$feature_platform_search_hint = xy ]; then
  search --no-floppy --fs-uuid --set=root --hint='hd0,msdos1' 0a-1b
fi
menuentry 'CentOS' {
    linux16 /vmlinuz-3.10.0 root=/dev/mapper/centos-root ro resume=/dev/sda2 rhgb
    linux16 /vmlinuz-3.10.0 root=/dev/mapper/centos-root ro resume=/dev/sda2 single
}
"""
MENU_LST = """\
# kopt=root=/dev/hda1 ro
title Old
    root (hd0,0)
    kernel /vmlinuz ro root=LABEL=/ resume=UUID=5
    password --md5 $1$abc$def
"""


@pytest.fixture
def place() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="preflight"))
    path.chmod(0o755)
    for folder in ("boot/grub2", "boot/grub", "boot/loader/entries", "boot/efi/EFI/redhat", "etc"):
        (path / folder).mkdir(parents=True)
    yield path
    for below in path.rglob("*"):
        below.chmod(0o755)
    shutil.rmtree(path)


def moved(place: Path) -> dict[str, str | Path]:
    return {"/boot/": f"{place}/boot/", "/etc/default/grub": place / "etc/grub", "/etc/kernel": place / "etc/kernel"}


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_only_words_that_name_the_root_leave_the_machine(shell: list[str], place: Path) -> None:
    (place / "boot/grub2/grub.cfg").write_text(GRUB_CFG)
    (place / "boot/grub/menu.lst").write_text(MENU_LST)
    (place / "boot/grub2/grubenv").write_text("# GRUB Environment Block\nkernelopts=root=/dev/sda3 ro quiet\n####")
    (place / "boot/loader/entries/a.conf").write_text("title A\noptions $kernelopts root=UUID=9\n")
    (place / "etc/grub").write_text('GRUB_CMDLINE_LINUX="rhgb resume=/dev/mapper/swap quiet"\nGRUB_X=root=/dev/sdb1\n')
    answer, text = carry_out(boot_loader.LOADER, shell, moved(place))
    assert answer.code == 0
    assert text.splitlines() == [
        "file /boot/grub2/grub.cfg",
        "file /boot/grub/menu.lst",
        "file /boot/loader/entries/a.conf",
        "file /boot/grub2/grubenv",
        "file /etc/default/grub",
        "/boot/grub2/grub.cfg root=/dev/mapper/centos-root",
        "/boot/grub2/grub.cfg resume=/dev/sda2",
        "/boot/grub/menu.lst root=LABEL=/",
        "/boot/grub/menu.lst resume=UUID=5",
        "/boot/loader/entries/a.conf root=UUID=9",
        "/boot/grub2/grubenv root=/dev/sda3",
        "/etc/default/grub resume=/dev/mapper/swap",
        "/etc/default/grub root=/dev/sdb1",
    ]


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_no_configuration_is_an_empty_answer(shell: list[str], place: Path) -> None:
    answer, text = carry_out(boot_loader.LOADER, shell, moved(place))
    assert (answer.code, text) == (0, "")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_what_cannot_be_read_is_named(shell: list[str], place: Path) -> None:
    (place / "boot/grub/grub.cfg").write_text(GRUB_CFG)
    (place / "boot/grub/grub.cfg").chmod(0)
    (place / "boot/grub2").chmod(0)
    _answer, text = carry_out(boot_loader.LOADER, shell, moved(place), unprivileged=True)
    assert text.splitlines() == ["unreadable /boot/grub2", "unreadable /boot/grub/grub.cfg"]
