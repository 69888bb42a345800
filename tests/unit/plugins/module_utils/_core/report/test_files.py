# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files are whole, private, and never half written."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.files import json_lines, write_atomically


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_file_and_new_directories_are_private(tmp_path: Path) -> None:
    path = tmp_path / "out" / "machines" / "a.json"
    write_atomically(path, [b"a", b"b"])
    assert path.read_bytes() == b"ab"
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700
    assert _mode(path.parent.parent) == 0o700


def test_existing_directory_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write_atomically(tmp_path / "a", [b""])
    assert _mode(tmp_path) == 0o755


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        write_atomically(path, chunks())
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_symbolic_link_in_the_place_of_the_file_is_replaced_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    link = tmp_path / "link"
    link.symlink_to(target)
    write_atomically(link, [b"new"])
    assert target.read_text() == "precious"
    assert not link.is_symlink()


def test_file_where_a_directory_is_wanted_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(NotADirectoryError, match="something else is there"):
        write_atomically(tmp_path / "out" / "a", [b""])


@pytest.mark.parametrize(
    "document",
    [{"a": 1, "b": [], "c": {}}, {"a": [1, {"b": 2}], "c": {"d": [], "é\ud800": None}, "e": "\u2028"}],
)
def test_json_lines_read_back(document: dict[str, Any]) -> None:
    assert json.loads(b"".join(json_lines(document))) == document


def test_json_lines_have_one_entry_on_each_line() -> None:
    text = b"".join(json_lines({"findings": [{"id": "a"}, {"id": "b"}], "error": None})).decode()
    assert text == '{\n "findings": [\n  {"id": "a"},\n  {"id": "b"}\n ],\n "error": null\n}\n'


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        b"".join(json_lines({"a": float("nan")}))
