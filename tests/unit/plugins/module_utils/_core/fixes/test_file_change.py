# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Refusal
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.file_change import (
    EditableFile,
    change_arguments,
    editable_file,
    with_text,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

SHELLS = [
    words
    for words in (["dash"], ["bash"], ["ksh93"], ["mksh"], ["busybox", "sh"])
    if shutil.which(words[0]) is not None
]
#: As ``files.sh`` does it, with the old content in a file.
BUILD = '[ "$2" = 0 ] || head -c "$2" "$1"; printf %b "$4"; [ "$3" = 0 ] || tail -c "$3" "$1"'


def as_text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def arguments(old: bytes | None, new: bytes) -> Sequence[str]:
    before = EditableFile("/etc/hosts", None if old is None else as_text(old))
    return change_arguments(before, with_text(before, as_text(new)))


def apply(words: Sequence[str], old: bytes, directory: Path, shell: Sequence[str]) -> bytes:
    """Do with real programs what the arguments say."""
    kept = directory / "kept"
    kept.write_bytes(old)
    command = [*shell, "-c", BUILD, "sh", str(kept), *words[3:]]
    return subprocess.run(command, capture_output=True, check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("change")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@settings(max_examples=25)
@given(old=st.binary(max_size=60), new=st.binary(max_size=60))
@example(old=b"aXa", new=b"aXaXa")
@example(old=b"aa", new=b"a")
@example(old=b"127.0.0.1 localhost", new=b"127.0.0.1 localhost\n10.0.0.4 web01")
@example(old=b"", new=b"-n\\c%s\\0101'5\0007")
def test_arguments_turn_any_content_into_any_other(
    directory: Path, shell: Sequence[str], old: bytes, new: bytes
) -> None:
    words = arguments(old, new)
    assert apply(words, old, directory, shell) == new
    assert words[:3] == ("/etc/hosts", posix_cksum(old), posix_cksum(new))
    assert all(word.isascii() and word.isprintable() and "'" not in word for word in words)


@given(common=st.binary(max_size=40), middle=st.binary(min_size=1, max_size=9), tail=st.binary(max_size=40))
def test_only_what_differs_is_sent(common: bytes, middle: bytes, tail: bytes) -> None:
    words = arguments(common + tail, common + middle + tail)
    assert int(words[3]) + int(words[4]) == len(common + tail)
    assert len(words[5]) <= len(middle) * 5


def test_new_file_is_sent_whole() -> None:
    assert arguments(None, b"a'b\n") == ("/etc/hosts", "none", posix_cksum(b"a'b\n"), "0", "0", "a\\0047b\\0012")


def facts(value: Any, **reasons: str) -> Facts:
    return Facts({"files": {"hosts": value}}, {f"files.{name}": reason for name, reason in reasons.items()})


def fact(**changed: Any) -> dict[str, Any]:
    return {"path": "/etc/hosts", "present": True, "text": "a\r\nb", "checksum": "1-4", "obstacle": "", **changed}


def test_known_file_can_be_edited() -> None:
    file = editable_file(facts(fact()), "hosts")
    assert isinstance(file, EditableFile)
    assert (file.path, file.text, file.line_end, file.lines) == ("/etc/hosts", "a\r\nb", "\r\n", ["a\r\n", "b"])
    assert file.state == f"/etc/hosts {posix_cksum(b'a' + bytes([13, 10]) + b'b')}"


def test_absent_file_is_none_and_its_state_says_so() -> None:
    file = editable_file(facts(fact(present=False, text="")), "hosts")
    assert file == EditableFile("/etc/hosts", None)
    assert isinstance(file, EditableFile)
    assert (file.state, file.lines, file.line_end) == ("/etc/hosts none", [], "\n")


def test_only_a_line_feed_ends_a_line() -> None:
    assert EditableFile("/x", "a\x0bb\u2028c\rd\n\ne").lines == ["a\x0bb\u2028c\rd\n", "\n", "e"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (facts(None, hosts="/etc/hosts could not be read"), "/etc/hosts could not be read; change it by hand"),
        (facts(fact(obstacle="it is a symbolic link")), "/etc/hosts cannot be replaced: it is a symbolic link"),
        (Facts(), "files.hosts was not collected"),
    ],
)
def test_file_that_cannot_be_edited_is_refused_with_the_reason(found: Facts, expected: str) -> None:
    refusal = editable_file(found, "hosts")
    assert isinstance(refusal, Refusal)
    assert expected in refusal.reason
