# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machine documents read back from an output directory. Private to this collection.

A machine whose file is missing, cut or forged is never ready: what cannot be read is named as a problem, and collating
names the machine as missing.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from .conforms import Check, compile_schema
from .document import MACHINE_FORMAT, MachineEntry, Problem
from .machine import MACHINES
from .share import Sharing

_SCHEMA = Path(__file__).with_name("machine.schema.json")
#: A real document has some hundred kilobytes; what is far beyond that is not one and would only fill the memory.
_LARGEST_BYTES = 64 * 1024 * 1024


def read_machines(output_dir: Path, *, with_facts: bool = False) -> tuple[list[MachineEntry], list[Problem]]:
    """Read all machine documents under an output directory, and name every file there that is none.

    The facts are left out unless asked for: those of a large fleet do not fit into the memory. Equal findings are one
    object; do not change them.
    """
    directory = output_dir / MACHINES
    machines: list[MachineEntry] = []
    problems: list[Problem] = []
    entry_check, finding_check = _read_checks()
    sharing = Sharing(check=lambda finding: _mismatch(finding_check, finding))
    try:
        names = sorted(os.listdir(directory))
    except OSError as error:
        reason = f"Could not be listed ({error.strerror}). Name the output directory of an audit."
        return [], [{"file": str(directory), "reason": reason}]
    for name in names:
        try:
            machines.append(_read_machine(directory / name, with_facts, entry_check, sharing))
        except (OSError, ValueError, RecursionError) as error:
            problems.append({"file": f"{MACHINES}/{name}", "reason": _reason(error)})
    return machines, problems


def _read_machine(path: Path, with_facts: bool, check: Check, sharing: Sharing) -> MachineEntry:
    if path.suffix == ".tmp":
        raise ValueError("Left over from a write that was interrupted. It can be deleted.")
    if path.suffix != ".json":
        raise ValueError("Not a machine document: its name does not end in .json.")
    document = json.loads(_read_bytes(path), parse_constant=_refuse_constant, parse_float=_finite)
    if not isinstance(document, dict) or document.get("format") != MACHINE_FORMAT:
        raise ValueError(f"Not a machine document of the format {MACHINE_FORMAT}.")
    facts = document.pop("facts", None)
    findings = document.get("findings")
    # Each distinct finding is checked once by the sharing, so the check of the rest goes without them.
    problem = _mismatch(check, {**document, "findings": []})
    if not problem and not isinstance(findings, list):
        problem = "findings: expected array"
    if problem:
        raise ValueError(f"Not a valid machine document: {problem}.")
    document["findings"] = [sharing.finding(finding) for finding in cast(list[Any], findings)]
    document["verdicts"] = {name: sharing.part(verdict) for name, verdict in document["verdicts"].items()}
    for name in ("catalogue", "origin", "unknown_facts", "before", "error", "fixes"):
        document[name] = sharing.part(document[name])
    if with_facts:
        document["facts"] = facts
    return cast(MachineEntry, document)


def _read_bytes(path: Path) -> bytes:
    # Without blocking: a pipe in the place of a file must not hold up a report.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("Not a regular file.")
        if status.st_size > _LARGEST_BYTES:
            raise ValueError(f"{status.st_size} bytes are too many for a machine document.")
        return file.read(_LARGEST_BYTES)


def _read_checks() -> tuple[Check, Check]:
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    finding = {"$ref": "#/$defs/finding", "$defs": schema["$defs"]}
    return compile_schema({**schema, "required": []}), compile_schema(finding)


def _mismatch(check: Check, value: object) -> str:
    mismatch = check(value)
    return "" if mismatch is None else ": ".join(part for part in mismatch if part)


def _refuse_constant(name: str) -> Iterator[None]:
    raise ValueError(f"{name} is not a number in JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:20]} is too large for a number.")
    return number


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"Not JSON: {error.msg} at byte {error.pos}. It may have been cut off; audit the machine again."
    if isinstance(error, UnicodeDecodeError):
        return "Not JSON: it is not UTF-8 text. Audit the machine again."
    if isinstance(error, RecursionError):
        return "Not a machine document: nested too deeply."
    if isinstance(error, OSError):
        return f"Could not be read: {error.strerror}."
    return str(error)
