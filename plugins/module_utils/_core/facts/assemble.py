# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a recording to the facts of a machine. Private to this collection."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ..collector.recording import Recording
from .fact import Facts, Json, Subject, Unknown, Value


def assemble(recording: Recording, subjects: Iterable[Subject]) -> Facts:
    """Return the facts that the subjects declare, as plain JSON, and why each missing one is missing.

    A subject may be narrowed to some of its facts (see ``select``): what else its parser finds is left out. A parser
    that fails makes the facts of its subject unknown and nothing else.
    """
    facts = Facts()
    for subject in subjects:
        found = _parse(subject, recording)
        branch: dict[str, Json] = {}
        for fact in subject.facts:
            name = fact.path.partition(".")[2]
            value = found.get(name, Unknown(f"{fact.path} is not told by what was collected"))
            branch[name] = _plain(value, fact.path, facts.reasons)
        facts.tree[subject.name] = branch
    return facts


def _parse(subject: Subject, recording: Recording) -> Mapping[str, Value]:
    try:
        return dict(subject.parse(recording))
    except Exception as error:  # whatever a hostile or broken answer provokes must not end the audit
        told = f"{type(error).__name__}: {error}".rstrip(": ")[:200]
        reason = Unknown(f"the answers about {subject.name} could not be understood: {told}")
        return {fact.path.partition(".")[2]: reason for fact in subject.facts}


def _plain(value: Value, path: str, reasons: dict[str, str]) -> Json:
    """Return the value in plain Python types, ``None`` for what is unknown; its reason goes into ``reasons``."""
    if isinstance(value, Unknown):
        reasons[path] = str(value.reason)
        return None
    if value is None:
        reasons[path] = f"{path} is not told by what was collected"
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        return _plain(Unknown(f"{path} is no number that can be compared"), path, reasons)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(entry, f"{path}.{name}", reasons) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry, f"{path}[{number}]", reasons) for number, entry in enumerate(value)]
    return _plain(Unknown(f"{path} is of a type that no fact has: {type(value).__name__}"), path, reasons)
