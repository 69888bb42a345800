# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import storage_filesystems
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.real_shell import (
    SHELLS,
    carry_out,
)

MOUNTS = """\
/dev/sda2 / ext4 rw,relatime 0 0
/dev/mapper/vg-data /data\\040one%s xfs rw 0 0
/dev/mapper/vg-data /bind xfs rw 0 0
/dev/sdb1 /plain xfs rw 0 0
/dev/sdc1 /back\\134slash xfs ro 0 0
"""


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_xfs_info_is_asked_once_for_each_device(shell: list[str], tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    program = tmp_path / "xfs_info"
    program.write_text('#!/bin/sh\ncat\necho "asked for <$1>"\ncase $1 in /plain) exit 3;; esac\n')
    program.chmod(0o755)
    moved: dict[str, str | Path] = {"/proc/self/mounts": tmp_path / "mounts", "xfs_info": program}
    _answer, text = carry_out(storage_filesystems.XFS, shell, moved)
    assert text.splitlines() == [
        "= /data\\040one%s",
        "asked for </data one%s>",
        "= end 0",
        "= /plain",
        "asked for </plain>",
        "= end 3",
        "= /back\\134slash",
        "asked for </back\\slash>",
        "= end 0",
    ]


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_a_missing_xfs_info_is_code_127(shell: list[str], tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text("/dev/sdb1 /plain xfs rw 0 0\n")
    moved: dict[str, str | Path] = {"/proc/self/mounts": tmp_path / "mounts", "xfs_info": tmp_path / "none"}
    _answer, text = carry_out(storage_filesystems.XFS, shell, moved)
    assert text.splitlines()[-1] == "= end 127"


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_names_outside_ascii_are_found_and_not_below_the_third_level(shell: list[str], tmp_path: Path) -> None:
    for name in ("etc/a b", "etc/x/y/z/w/Über", "usr/one/two/naïve", "usr/one/two/three/naïve"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    moved: dict[str, str | Path] = {"/etc ": f"{tmp_path}/etc ", "/usr ": f"{tmp_path}/usr "}
    answer, _text = carry_out(storage_filesystems.NON_ENGLISH, shell, moved)
    assert [line.removeprefix(str(tmp_path)) for line in answer.lines] == ["/etc/x/y/z/w/Über", "/usr/one/two/naïve"]
