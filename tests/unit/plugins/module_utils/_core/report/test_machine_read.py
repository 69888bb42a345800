# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever lies in the output directory: what is a document is read, what is none is named, nothing fails."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.files import json_lines
from ansible_collections.preflight.azure.plugins.module_utils._core.report.machine import write_machine
from ansible_collections.preflight.azure.plugins.module_utils._core.report.machine_read import read_machines
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    machine,
    sample_machines,
)
from hypothesis import given, settings
from hypothesis import strategies as st

DOCUMENT = b"".join(json_lines(machine("web1", ("ready", "ready"))))


def test_documents_come_back_without_their_facts(tmp_path: Path) -> None:
    written = sample_machines()
    for document in written:
        write_machine(tmp_path, document)
    machines, problems = read_machines(tmp_path)
    assert problems == []
    expected = [{key: value for key, value in one.items() if key != "facts"} for one in written]
    assert sorted(machines, key=lambda one: one["name"]) == sorted(expected, key=lambda one: one["name"])


def test_facts_come_back_when_asked_for(tmp_path: Path) -> None:
    document = machine("web1", ("ready", "ready"))
    write_machine(tmp_path, document)
    assert read_machines(tmp_path, with_facts=True) == ([document], [])


def test_equal_findings_are_one_object(tmp_path: Path) -> None:
    for name in ("web1", "web2"):
        write_machine(tmp_path, machine(name, ("ready", "ready")))
    (one, two), _problems = read_machines(tmp_path)
    assert one["findings"][0] is two["findings"][0]
    assert one["verdicts"]["current"] is two["verdicts"]["current"]


def _changed(**values: Any) -> bytes:
    return json.dumps({**json.loads(DOCUMENT), **values}).encode()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("cut.json", DOCUMENT[:2000], "Not JSON: "),
        ("empty.json", b"", "Not JSON: "),
        ("binary.json", b"\xff\xfe\xff\x00{", "Not JSON: "),
        ("deep.json", b"[" * 200_000, "nested too deeply"),
        ("nan.json", DOCUMENT.replace(b'"pass": 8', b'"pass": NaN'), "NaN is not a number in JSON"),
        ("inf.json", DOCUMENT.replace(b'"major": 8', b'"major": 1e999'), "1e999 is too large for a number"),
        ("list.json", b"[]", "Not a machine document of the format"),
        ("foreign.json", b'{"format": "other/1"}', "Not a machine document of the format"),
        ("newer.json", _changed(format="preflight.azure/machine/2"), "Not a machine document of the format"),
        ("name.json", _changed(name=["web1"]), "name: expected string"),
        ("verdict.json", _changed(verdicts={}), "verdicts: expected the key 'current'"),
        ("findings.json", _changed(findings=None), "findings: expected array"),
        ("finding.json", _changed(findings=[{"id": "x"}]), "expected the key 'title'"),
        ("finding2.json", _changed(findings=["x"]), "expected object"),
        (".abc.tmp", b"", "interrupted"),
        ("notes.txt", b"", "does not end in .json"),
    ],
)
def test_broken_file_is_named_and_the_others_are_read(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    write_machine(tmp_path, machine("good", ("ready", "ready")))
    (tmp_path / "machines" / name).write_bytes(content)
    machines, problems = read_machines(tmp_path)
    assert [one["name"] for one in machines] == ["good"]
    assert [one["file"] for one in problems] == [f"machines/{name}"]
    assert reason in problems[0]["reason"]


def _make_directory(path: Path) -> None:
    path.mkdir()


def _make_pipe(path: Path) -> None:
    os.mkfifo(path)


def _make_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def _make_huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 65 * 1024 * 1024)


@pytest.mark.parametrize("make", [_make_directory, _make_pipe, _make_dangling_link, _make_huge])
def test_what_is_no_file_is_named(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "machines").mkdir()
    make(tmp_path / "machines" / "x.json")
    machines, problems = read_machines(tmp_path)
    assert machines == []
    assert [one["file"] for one in problems] == ["machines/x.json"]


def test_missing_directory_is_a_problem_not_an_error(tmp_path: Path) -> None:
    machines, problems = read_machines(tmp_path / "nowhere")
    assert machines == []
    assert "No such file or directory" in problems[0]["reason"]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(DOCUMENT) - 1), st.binary(max_size=3))
def test_damaged_document_is_read_or_named(tmp_path_factory: Any, position: int, garbage: bytes) -> None:
    directory = tmp_path_factory.mktemp("out")
    (directory / "machines").mkdir()
    damaged = DOCUMENT[:position] + garbage + DOCUMENT[position + 1 :]
    (directory / "machines" / "a.json").write_bytes(damaged)
    machines, problems = read_machines(directory)
    assert len(machines) + len(problems) == 1
