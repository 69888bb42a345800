# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of whole files: what is in them to the byte, and what forbids to edit them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording, Status, parse
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import files
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.files import why_not_replaced
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.real_shell import SHELLS
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
)

CONTENT, LOOK = next(fact.reads for fact in files.SUBJECT.facts if fact.path == "files.hosts")
TEXT = "127.0.0.1\tlocalhost\r\n10.0.0.4 caf\udce9\n"
DIRECTORY = "directory drwxr-xr-x 103 0 0 4096 Nov 21 08:44 /etc/.\n"
LISTED = "-rw-r--r--. 1 0 0 158 Sep 10  2018 /etc/hosts\n"
FLAGS = "flags --------------e----- /etc\nflags --------------e----- /etc/hosts\n"


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def said(text: str = TEXT, *, listed: str = LISTED, more: str = FLAGS, directory: str = DIRECTORY) -> Printed:
    checksum = posix_cksum(as_bytes(text)).replace("-", " ")
    return Printed(f"{directory}{listed}{checksum} \n{more}")


def hosts(found: Recording) -> Any:
    return files.SUBJECT.parse(found)["hosts"]


def fact(content: str | Printed | Status, look: str | Printed | Status, *, user: int = 0) -> Any:
    return hosts(recording({CONTENT: content, LOOK: look}, user=user))


@pytest.mark.parametrize("text", [TEXT, TEXT[:-1], "", "\n", "\n\n", "a\n\n", "\r", " x "])
def test_content_is_known_to_the_byte(text: str) -> None:
    found = fact(text, said(text))
    assert found["text"] == text
    assert found["checksum"] == posix_cksum(as_bytes(text))
    assert (found["path"], found["present"], found["obstacle"]) == ("/etc/hosts", True, "")


def test_absent_file_in_a_directory_that_can_be_written_has_no_obstacle() -> None:
    found = fact(Status.ABSENT, Printed(DIRECTORY, 3))
    assert (found["present"], found["checksum"], found["obstacle"]) == (False, "none", "")


def test_absent_directory_is_an_obstacle() -> None:
    found = fact(Status.ABSENT, Printed("unwritable\nls: cannot access '/etc/.': No such file or directory\n", 3))
    assert found["obstacle"] == "the directory /etc does not exist"


@pytest.mark.parametrize(
    ("content", "look", "expected"),
    [
        ("password=<redacted>\n", said("password=secret\n"), "holds a secret"),
        (Printed(TEXT, truncated=True), said(), "cut at its size limit"),
        (Status.UNREADABLE, Printed(DIRECTORY, 3), "could not be read"),
        (TEXT, Status.TIMED_OUT, "gave no answer"),
        (TEXT, Printed(f"{DIRECTORY}{LISTED}sh: cksum: not found\n"), "editable /etc/hosts ended with code 0"),
    ],
)
def test_what_is_not_known_to_the_byte_is_unknown(content: Any, look: Any, expected: str) -> None:
    found = fact(content, look)
    assert isinstance(found, Unknown)
    assert expected in found.reason


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (said(listed="lrwxrwxrwx 1 0 0 11 Nov 21 08:44 /etc/hosts -> hosts.local\n"), "symbolic link"),
        (said(listed="drwxr-xr-x 2 0 0 11 Nov 21 08:44 /etc/hosts\n"), "no regular file"),
        (said(listed="prw-r--r-- 1 0 0 0 Nov 21 08:44 /etc/hosts\n"), "no regular file"),
        (said(listed="-rw-r--r-- 2 0 0 158 Nov 21 08:44 /etc/hosts\n"), "2 hard links"),
        (said(more="mounted\n"), "mount point"),
        (said(more="36 25 8:1 /x /etc/hosts rw,relatime - ext4 /dev/sda1 rw\n"), "mount point"),
        (said(more="flags ----i---------e----- /etc/hosts\n"), "/etc/hosts is immutable"),
        (said(more="flags -----a--------e----- /etc\n"), "/etc is immutable or append-only"),
        (said(directory=DIRECTORY.replace("drwxr-xr-x", "drwxrwxrwt")), "others than root"),
        (said(directory=DIRECTORY.replace(" 0 0 ", " 0 20 ").replace("drwxr-xr-x", "drwxrwxr-x")), "others than root"),
        (said(directory=DIRECTORY.replace(" 0 0 ", " 1000 0 ")), "others than root"),
        (said(directory="unwritable\n" + DIRECTORY), "mounted read-only"),
    ],
)
def test_what_forbids_to_replace_the_file_is_named(look: Printed, expected: str) -> None:
    assert expected in fact(TEXT, look)["obstacle"]


@pytest.mark.parametrize(
    "look",
    [
        said(directory=DIRECTORY.replace("drwxr-xr-x", "drwxrwxr-x")),  # its group is root's
        said(more="lsattr: Operation not supported While reading flags on /etc/hosts\n"),
        said(more="sh: 1: lsattr: not found\n"),
        said(more="flags ----I-A------e------- /etc/hosts\n"),
        said(listed="-rw-rw-r--+ 1 0 4 158 Nov 21 08:44 /etc/hosts\n"),
    ],
)
def test_what_does_not_matter_is_no_obstacle(look: Printed) -> None:
    assert fact(TEXT, look)["obstacle"] == ""


def test_obstacle_is_told_also_where_the_content_cannot_be_read() -> None:
    link = Printed(f"{DIRECTORY}lrwxrwxrwx 1 0 0 11 Nov 21 08:44 /etc/hosts -> nowhere\n")
    found = fact(Status.UNREADABLE, link)
    assert "symbolic link" in found["obstacle"]


def test_user_without_root_rights_is_not_told_of_a_read_only_file_system() -> None:
    assert fact(TEXT, said(directory="unwritable\n" + DIRECTORY), user=1000)["obstacle"] == ""


def test_lines_of_another_collector_are_understood() -> None:
    assert why_not_replaced([]) == ""
    assert "hard links" in why_not_replaced(
        ["-rw------- 3 0 0 9 Nov 21 08:44 /etc/firewalld/zones/public.xml", "sum 1 9"]
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="needs files that belong to root")
@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda path: None, ""),
        (lambda path: (path.rename(path.with_name("real")), path.symlink_to("real")), "symbolic link"),
        (lambda path: (path.unlink(), path.symlink_to("real")), "symbolic link"),
        (lambda path: os.link(path, path.with_name("twin")), "2 hard links"),
        (lambda path: (path.unlink(), path.mkdir()), "no regular file"),
        (lambda path: path.parent.chmod(0o777), "others than root"),
        (lambda path: shutil.rmtree(path.parent), "does not exist"),
        (lambda path: subprocess.run(["chattr", "+i", path], check=True), "immutable"),
        (lambda path: path.unlink(), ""),
    ],
    ids=["plain", "symlink", "dangling", "hard-link", "directory", "rights", "nothing", "immutable", "absent"],
)
def test_real_files_are_seen_as_the_change_will_see_them(
    tmp_path: Path, shell: list[str], spoil: Callable[[Path], object], expected: str
) -> None:
    path = tmp_path / "etc" / "hosts"
    path.parent.mkdir()
    path.write_bytes(as_bytes(TEXT[:-1]))
    try:
        spoil(path)
    except subprocess.CalledProcessError:
        pytest.skip("this file system knows no such flags")
    script = compose([CONTENT, LOOK]).replace("/etc", str(path.parent))
    done = subprocess.run([*shell, "-s"], input=script.encode(), capture_output=True, check=True, timeout=60)
    if path.is_file():
        subprocess.run(["chattr", "-i", path], check=False, capture_output=True)
    output = done.stdout.replace(str(path.parent).encode(), b"/etc")
    count = output.rfind(b"@@ complete ")
    output = output[:count] + f"@@ complete {output[:count].count(10)} lines {count} bytes\n".encode()
    found = hosts(parse(output))
    assert expected in found["obstacle"]
    assert bool(expected) == bool(found["obstacle"])
    if path.is_file() and not expected:
        assert found["text"] == TEXT[:-1]
