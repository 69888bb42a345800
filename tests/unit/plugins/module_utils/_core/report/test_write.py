# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From machine documents on the disk to the report's files."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.preflight.azure.plugins.module_utils._core.report.collate import ReportInfo, collate
from ansible_collections.preflight.azure.plugins.module_utils._core.report.machine import write_machine
from ansible_collections.preflight.azure.plugins.module_utils._core.report.machine_read import read_machines
from ansible_collections.preflight.azure.plugins.module_utils._core.report.write import write_report
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    RUN,
    sample_machines,
)


def test_report_of_what_was_written_names_every_machine(tmp_path: Path) -> None:
    documents = sample_machines()
    for document in documents:
        write_machine(tmp_path, document)
    (tmp_path / "machines" / "cut.json").write_text('{"format"')
    machines, problems = read_machines(tmp_path)
    info = ReportInfo(created_at="2026-03-01T10:05:00Z", run=RUN, scenario="vmware_to_azure", baseline="current")
    report = collate(machines, ["cut", *(one["name"] for one in documents)], info, problems)
    paths = write_report(tmp_path, report)
    written = json.loads(Path(paths["json"]).read_bytes())
    assert written == report
    assert {one["name"] for one in written["machines"]} == {one["name"] for one in documents}
    assert written["missing"] == ["cut"]
    assert "machines/cut.json" in Path(paths["html"]).read_text("utf-8")
    assert Path(paths["html"]).stat().st_mode & 0o777 == 0o600
