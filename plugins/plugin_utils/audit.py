# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects, judges, and keeps the evidence of one machine. Private to this collection."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ClassVar, cast

from ansible_collections.preflight.azure.plugins.module_utils._core.audit import Conclusion, Question, conclude
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import Catalogue
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.select import scenarios_of
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import (
    Recording,
    RecordingError,
    as_utf8,
    parse,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.report.document import Machine, Origin
from ansible_collections.preflight.azure.plugins.module_utils._core.report.machine import (
    Audited,
    failed_machine_document,
    machine_document,
    write_machine,
    write_recording,
)
from ansible_collections.preflight.azure.plugins.plugin_utils import per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import (
    JUDGE_ARGUMENTS,
    OUTPUT_ARGUMENTS,
    VISIT_ARGUMENTS,
    Mistake,
    PreflightAction,
)
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import collect, platform_of
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError


class AuditAction(PreflightAction):
    """Judges one machine; see the module documentation of C(audit)."""

    ARGUMENTS: ClassVar[dict[str, Any]] = {
        **VISIT_ARGUMENTS,
        **JUDGE_ARGUMENTS,
        **OUTPUT_ARGUMENTS,
        "recording": {"type": "path"},
    }

    def answer(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Return the verdict and what is not as it should be."""
        known = per_run.catalogue(arguments["catalogue"])
        question = per_run.question(arguments, known, self._platform(arguments))
        document, failed = self.audit(arguments, variables, question, known)
        result = summary(document, self.written(arguments, document))
        result["warnings"] = question.waivers.notices(datetime.now(timezone.utc))
        if not question.requirements and arguments["requirements"] != []:
            result["warnings"].append(_nothing_judged(question, known))
        if failed is not None:
            result.update(unreachable=True, msg=str(failed))
        elif document["error"] is not None:
            result["warnings"].append(document["error"]["message"])
        return result

    def _platform(self, arguments: dict[str, Any]) -> str:
        """Return what the recording was made on, or what the task's connection is for."""
        if arguments.get("recording"):
            return "windows" if b"\n@@ platform windows" in _read(arguments["recording"])[:4096] else "linux"
        return platform_of(self)

    def audit(
        self, arguments: dict[str, Any], variables: dict[str, Any], question: Question, known: Catalogue
    ) -> tuple[Machine, VisitError | None]:
        """Visit the machine, or read its recording, and judge it; the error is why there was no visit."""
        audited = self._audited_now(variables, question, known)
        try:
            if arguments.get("recording"):
                recording, text = _read_recording(arguments["recording"])
            else:
                recording, text = collect(self, question.reads, timeout_seconds=arguments["timeout_seconds"])
        except VisitError as error:
            return failed_machine_document(audited, error.kind, error.message), error
        origin: Origin = {
            "kind": "recording" if arguments.get("recording") else "collected",
            "connection": "" if arguments.get("recording") else audited.origin["connection"],
            "user": recording.user,
            "recording": None,
            "complete": recording.complete,
        }
        if arguments["output_dir"]:
            origin["recording"] = write_recording(Path(arguments["output_dir"]), audited.name, text)
        audited = replace(audited, origin=origin)
        if recording.started is not None:
            audited = replace(audited, collected_at=_iso(datetime.fromtimestamp(recording.started, timezone.utc)))
        return _document(
            audited, recording, conclude(question, recording, audited.name, datetime.now(timezone.utc))
        ), None

    def _audited_now(self, variables: dict[str, Any], question: Question, known: Catalogue) -> Audited:
        """Return what is known before the visit."""
        return Audited(
            name=self.machine_name(variables),
            machine=question.machine,
            platform=question.platform,
            scenario=question.scenario,
            run=per_run.RUN,
            baseline=question.baseline,
            catalogue={
                "version": known.version,
                "digest": known.digest,
                "requirements": len(question.requirements),
            },
            collected_at=None,
            judged_at=_iso(datetime.now(timezone.utc)),
            origin={
                "kind": "collected",
                "connection": str(self._connection.transport),
                "user": None,
                "recording": None,
                "complete": False,
            },
        )

    def written(self, arguments: dict[str, Any], document: Machine) -> str | None:
        """Write the machine's document where it was asked for and return its path."""
        if not arguments["output_dir"]:
            return None
        return os.path.abspath(write_machine(Path(arguments["output_dir"]), document))


def summary(document: Machine, machine_file: str | None) -> dict[str, Any]:
    """Return what the task's result says of a machine: little, for results travel and are kept."""
    baseline = document["baseline"]
    result: dict[str, Any] = {} if machine_file is None else {"machine_file": machine_file}
    if document["error"] is not None:
        result["error"] = dict(document["error"])
    result["verdicts"] = {name: verdict["verdict"] for name, verdict in document["verdicts"].items()}
    result["verdict"] = result["verdicts"][baseline]
    if not document["findings"]:
        return result
    return {
        **result,
        "counts": document["verdicts"][baseline]["counts"],
        "findings": [
            {
                "id": finding["id"],
                "severity": finding["severity"],
                **{key: finding["baselines"][baseline][key] for key in ("status", "observed", "required", "reason")},
            }
            for finding in document["findings"]
            if finding["baselines"][baseline]["status"] not in ("pass", "not_applicable")
        ],
        "fixes": sorted(
            {
                finding["fix"]["name"]
                for finding in document["findings"]
                if finding["fix"] and not finding["waiver"] and finding["baselines"][baseline]["status"] == "fail"
            }
        ),
    }


def _nothing_judged(question: Question, known: Catalogue) -> str:
    """Say why no requirement was chosen: above all, that the part and the scenario do not go together."""
    offered = scenarios_of(known, question.machine, question.platform)
    told = f"nothing was judged: no requirement that was chosen is for a {question.machine} on {question.platform} in"
    if question.scenario in offered or not offered:
        return f"{told} the scenario {question.scenario}; choose other requirements, or another machine"
    return f"{told} the scenario {question.scenario}; expected one of the scenarios {', '.join(offered)}"


def _document(audited: Audited, recording: Recording, conclusion: Conclusion) -> Machine:
    error = None
    if not recording.complete:
        error = VisitError("cut_off", "the recording ends before its closing line")
    return machine_document(
        audited,
        verdicts={baseline: cast(Any, verdict.to_json()) for baseline, verdict in conclusion.verdicts.items()},
        findings=[cast(Any, finding.to_json()) for finding in conclusion.findings],
        facts=cast(Any, conclusion.facts.tree),
        unknown_facts=conclusion.facts.reasons,
        error={"kind": error.kind, "message": error.message} if error else None,
    )


def _read(path: str) -> bytes:
    try:
        return as_utf8(Path(path).read_bytes())
    except OSError as error:
        raise Mistake(f"recording: expected the path of a recording, found {path!r}: {error.strerror}") from error


def _read_recording(path: str) -> tuple[Recording, bytes]:
    text = _read(path)
    try:
        return parse(text), text
    except RecordingError as error:
        raise VisitError("bad_recording", f"{path}: {error}") from error


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
