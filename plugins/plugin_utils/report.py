# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collates the machines of a run and shows what came out. Private to this collection."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ClassVar

from ansible.utils.display import Display
from ansible_collections.preflight.azure.plugins.module_utils._core.report.collate import ReportInfo, collate
from ansible_collections.preflight.azure.plugins.module_utils._core.report.document import Report
from ansible_collections.preflight.azure.plugins.module_utils._core.report.machine_read import read_machines
from ansible_collections.preflight.azure.plugins.module_utils._core.report.terminal import render_terminal
from ansible_collections.preflight.azure.plugins.module_utils._core.report.write import write_report
from ansible_collections.preflight.azure.plugins.plugin_utils import per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import PreflightAction


class ReportAction(PreflightAction):
    """Writes the report; see the module documentation of C(report)."""

    ARGUMENTS: ClassVar[dict[str, Any]] = {
        "output_dir": {"type": "path", "default": "preflight-report"},
        "machines": {"type": "list", "elements": "str"},
        "baseline": {"type": "str", "choices": ["current", "2017"], "default": "current"},
        "fail_on": {
            "type": "list",
            "elements": "str",
            "choices": ["blocked", "unknown", "ready_after_fix"],
            "default": [],
        },
        "summary": {"type": "bool", "default": True},
    }

    def answer(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Write report.json and report.html, show the summary, and fail where the operator wants it."""
        output_dir = Path(arguments["output_dir"])
        report = _collate(output_dir, arguments)
        written = {name: os.path.abspath(path) for name, path in write_report(output_dir, report).items()}
        if arguments["summary"]:
            Display().display(f"\n{render_terminal(report)}\nreport: {written['html']}\n")
        result: dict[str, Any] = {
            "report_json": written["json"],
            "report_html": written["html"],
            "verdicts": report["summary"]["verdicts"],
            "missing": report["missing"],
        }
        result.update(_failure(report, arguments["fail_on"]))
        return result


def _collate(output_dir: Path, arguments: dict[str, Any]) -> Report:
    machines, problems = read_machines(output_dir)
    expected = arguments["machines"]
    scenarios = {entry["scenario"] for entry in machines if expected is None or entry["run"] == per_run.RUN}
    info = ReportInfo(
        created_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        run=per_run.RUN,
        scenario=", ".join(sorted(scenarios)),
        baseline=arguments["baseline"],
        any_run=expected is None,
    )
    return collate(machines, expected or (), info, problems)


def _failure(report: Report, fail_on: list[str]) -> dict[str, Any]:
    counts = report["summary"]["verdicts"][report["baseline"]]
    found = {verdict: counts[verdict] for verdict in fail_on if counts[verdict]}
    if "unknown" in fail_on and report["missing"]:
        found["missing"] = len(report["missing"])
    if not found:
        return {}
    told = ", ".join(f"{count} {verdict}" for verdict, count in found.items())
    return {"failed": True, "msg": f"expected no machine to be {' or '.join(fail_on)}, found {told}; see the report"}
