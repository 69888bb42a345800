# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The document of one machine: built, and written as soon as the machine is done. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .document import (
    BASELINES,
    MACHINE_FORMAT,
    Before,
    Catalogue,
    Finding,
    FixRecord,
    Json,
    Machine,
    MachineError,
    Origin,
    Verdict,
)
from .files import json_lines, write_atomically
from .names import safe_file_name

MACHINES = "machines"
RECORDINGS = "recordings"


@dataclass(frozen=True)
class Audited:
    """What is known about a machine before it is judged, and of one that could not be."""

    name: str
    machine: str
    platform: str
    scenario: str
    run: str
    baseline: str
    catalogue: Catalogue
    collected_at: str | None
    judged_at: str
    origin: Origin


def machine_document(
    audited: Audited,
    *,
    verdicts: Mapping[str, Verdict],
    findings: Sequence[Finding],
    facts: Mapping[str, Json],
    unknown_facts: Mapping[str, str],
    fixes: Sequence[FixRecord] = (),
    before: Before | None = None,
    error: MachineError | None = None,
) -> Machine:
    """Put the document of a machine together."""
    return {
        "format": MACHINE_FORMAT,
        "name": audited.name,
        "machine": audited.machine,
        "platform": audited.platform,
        "scenario": audited.scenario,
        "run": audited.run,
        "collected_at": audited.collected_at,
        "judged_at": audited.judged_at,
        "baseline": audited.baseline,
        "catalogue": audited.catalogue,
        "verdicts": dict(verdicts),
        "error": error,
        "origin": audited.origin,
        "fixes": list(fixes),
        "before": before,
        "findings": list(findings),
        "facts": dict(facts),
        "unknown_facts": dict(unknown_facts),
    }


def failed_machine_document(audited: Audited, kind: str, message: str) -> Machine:
    """Put together the document of a machine that could not be judged: unknown by every baseline."""
    counts = dict.fromkeys(("pass", "fail", "unknown", "manual", "not_applicable", "waived"), 0)
    verdict: Verdict = {"verdict": "unknown", "because": [], "permissions": [], "not_judged": [], "counts": counts}
    return machine_document(
        audited,
        verdicts=dict.fromkeys(BASELINES, verdict),
        findings=[],
        facts={},
        unknown_facts={},
        error={"kind": kind, "message": message},
    )


def machine_path(name: str) -> str:
    """Give the path of a machine's document, relative to the output directory."""
    return f"{MACHINES}/{safe_file_name(name)}.json"


def recording_path(name: str) -> str:
    """Give the path of a machine's recording, relative to the output directory."""
    return f"{RECORDINGS}/{safe_file_name(name)}.txt"


def write_machine(output_dir: Path, document: Machine) -> Path:
    """Write a machine document, replacing an older one in one step."""
    path = output_dir / machine_path(document["name"])
    write_atomically(path, json_lines(document))
    return path


def write_recording(output_dir: Path, name: str, recording: bytes) -> str:
    """Write a recording as it came and return its path relative to the output directory."""
    relative = recording_path(name)
    write_atomically(output_dir / relative, (recording,))
    return relative
