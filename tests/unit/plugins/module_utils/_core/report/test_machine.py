# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine document and the recording are written where their names say, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.preflight.azure.plugins.module_utils._core.report.machine import (
    failed_machine_document,
    machine_path,
    write_machine,
    write_recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    HOSTILE,
    audited,
    machine,
)


def test_machine_that_could_not_be_judged_is_unknown_by_every_baseline() -> None:
    document = failed_machine_document(audited("a"), "unreachable", "no route")
    assert {name: one["verdict"] for name, one in document["verdicts"].items()} == {
        "current": "unknown",
        "2017": "unknown",
    }
    assert document["error"] == {"kind": "unreachable", "message": "no route"}
    assert document["findings"] == []
    assert document["facts"] == {}


def test_written_document_reads_back(tmp_path: Path) -> None:
    document = machine(HOSTILE, ("ready", "ready"))
    path = write_machine(tmp_path, document)
    assert path.parent == tmp_path / "machines"
    assert json.loads(path.read_bytes()) == document


def test_hostile_name_stays_in_its_directory(tmp_path: Path) -> None:
    path = write_machine(tmp_path, machine("../../outside", ("ready", "ready")))
    assert path.resolve().parent == (tmp_path / "machines").resolve()
    assert machine_path("../x") == "machines/%2E.%2Fx.json"


def test_newer_document_replaces_the_older(tmp_path: Path) -> None:
    write_machine(tmp_path, machine("a", ("ready", "ready")))
    write_machine(tmp_path, machine("a", ("blocked", "ready")))
    (path,) = (tmp_path / "machines").iterdir()
    assert json.loads(path.read_bytes())["verdicts"]["current"]["verdict"] == "blocked"


def test_recording_is_kept_byte_by_byte(tmp_path: Path) -> None:
    recording = b"# header\r\n \xff\xfe\x00\n"
    relative = write_recording(tmp_path, "a/b", recording)
    assert relative == "recordings/a%2Fb.txt"
    assert (tmp_path / relative).read_bytes() == recording
    assert (tmp_path / relative).stat().st_mode & 0o777 == 0o600
