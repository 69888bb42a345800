# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many machine documents into one report document. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .document import (
    BASELINES,
    REPORT_FORMAT,
    VERDICTS,
    Catalogue,
    Finding,
    Json,
    MachineEntry,
    Problem,
    Report,
    Summary,
)

_NO_CATALOGUE: Catalogue = {"version": "", "digest": "", "requirements": 0}
_DIGITS = re.compile("([0-9]+)")


@dataclass(frozen=True)
class ReportInfo:
    """What a report is about.

    Only machine documents of ``run`` count: that a machine was ready last month says nothing about today. With
    ``any_run`` the documents of several runs and slices are merged. ``scenario`` is for people: each machine has its
    own. ``catalogue`` is that of the newest machine document unless given.
    """

    created_at: str
    run: str
    scenario: str
    baseline: str
    settings: Mapping[str, Json] = field(default_factory=dict)
    catalogue: Catalogue | None = None
    any_run: bool = False


def collate(
    machines: Iterable[MachineEntry],
    expected: Iterable[str],
    info: ReportInfo,
    problems: Iterable[Problem] = (),
    fleet: Iterable[Finding] = (),
) -> Report:
    """Put the newest document of each machine into a report and name the expected machines that have none."""
    newest = _newest(machines, info)
    ordered = sorted(newest.values(), key=lambda entry: (_rank(entry, info.baseline), natural_order(entry["name"])))
    missing = sorted({name for name in expected if name not in newest}, key=natural_order)
    return {
        "format": REPORT_FORMAT,
        "created_at": info.created_at,
        "run": info.run,
        "scenario": info.scenario,
        "baseline": info.baseline,
        "catalogue": info.catalogue or _newest_catalogue(ordered),
        "settings": dict(info.settings),
        "summary": _summary(ordered, len(missing)),
        "missing": missing,
        "problems": list(problems),
        "fleet": list(fleet),
        "machines": ordered,
    }


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Give the key that sorts ``web2`` before ``web10``."""
    parts = [part for part in _DIGITS.split(name) if part]
    # Digits by length, then text: the same order as that of the numbers, however long they are.
    digits = {part: part.lstrip("0") for part in parts if _DIGITS.fullmatch(part)}
    keys = [(0, len(digits[part]), digits[part]) if part in digits else (1, 0, part) for part in parts]
    return (*keys, (2, 0, name))


def _newest(machines: Iterable[MachineEntry], info: ReportInfo) -> dict[str, MachineEntry]:
    newest: dict[str, MachineEntry] = {}
    for entry in machines:
        name = entry["name"]
        if not info.any_run and entry["run"] != info.run:
            continue
        known = newest.get(name)
        if known is None or _age(entry, info.baseline) > _age(known, info.baseline):
            newest[name] = entry
    return {name: _without_facts(entry) for name, entry in newest.items()}


def _age(entry: MachineEntry, baseline: str) -> tuple[str, str, int]:
    """Order documents by the time of their verdict; of two at the same time the worse one counts."""
    whole, _dot, fraction = entry["judged_at"].rstrip("Z").partition(".")
    return whole, fraction.ljust(6, "0"), -_rank(entry, baseline)


def _rank(entry: MachineEntry, baseline: str) -> int:
    return VERDICTS.index(entry["verdicts"][baseline]["verdict"])


def _without_facts(entry: MachineEntry) -> MachineEntry:
    if "facts" not in entry:
        return entry
    trimmed: Any = {key: value for key, value in entry.items() if key != "facts"}
    return trimmed  # type: ignore[no-any-return]


def _newest_catalogue(machines: list[MachineEntry]) -> Catalogue:
    if not machines:
        return _NO_CATALOGUE
    return max(machines, key=lambda entry: entry["judged_at"])["catalogue"]


def _summary(machines: list[MachineEntry], missing: int) -> Summary:
    verdicts = {baseline: dict.fromkeys(reversed(VERDICTS), 0) for baseline in BASELINES}
    for entry in machines:
        for baseline in BASELINES:
            verdicts[baseline][entry["verdicts"][baseline]["verdict"]] += 1
    return {
        "machines": len(machines),
        "missing": missing,
        "not_collected": sum(1 for entry in machines if entry["error"] is not None),
        "verdicts": verdicts,
    }
