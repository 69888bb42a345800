# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report folded together for the HTML page: every text and every finding that machines share stands there once.

Private to this collection. The page's ``data.js`` unfolds it again; the positions in the lists are its contract.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .defuse import defuse, defuse_lines, shorten
from .document import BASELINES, VERDICTS, Acceptance, Finding, MachineEntry, Outcome, Report
from .wording import (
    BASELINE_WORDS,
    FIX_WORDS,
    PLACES,
    STATUS_WORDS,
    VERDICT_MEANINGS,
    VERDICT_WORDS,
    changes,
    error_text,
    fix_text,
    fixes_by_requirement,
    permission,
    permissions,
    place,
    told_fixes,
    value_text,
)

#: Longer values are cut in the page; the machine's own document has them whole.
_VALUE_LONGEST = 1000


def fold(report: Report) -> dict[str, Any]:
    """Fold a report into the lists that the page's script unfolds; all text in it is defused."""
    folding = _Folding(report["catalogue"]["digest"])
    machines = [folding.machine(entry) for entry in report["machines"]]
    fleet = [folding.finding(finding) for finding in report["fleet"]]
    return {
        "baseline": report["baseline"],
        "baselines": [[name, BASELINE_WORDS[name]] for name in BASELINES],
        "verdictWords": [[name, VERDICT_WORDS[name], VERDICT_MEANINGS[name]] for name in VERDICTS],
        "statusWords": STATUS_WORDS,
        "places": PLACES,
        "texts": list(folding.texts),
        "requirements": folding.requirements.entries,
        "outcomes": folding.outcomes.entries,
        "findings": folding.findings.entries,
        "verdicts": folding.verdicts.entries,
        "machines": machines,
        "fleet": fleet,
    }


@dataclass
class _Table:
    """A list without duplicates."""

    entries: list[Any] = field(default_factory=list)
    positions: dict[Any, int] = field(default_factory=dict)

    def add(self, key: Any, entry: Any) -> int:
        position = self.positions.get(key)
        if position is None:
            position = self.positions[key] = len(self.entries)
            self.entries.append(entry)
        return position


class _Folding:
    """The tables of one page while they grow."""

    def __init__(self, catalogue_digest: str) -> None:
        self.catalogue_digest = catalogue_digest
        self.texts: dict[str, int] = {}
        self.requirements = _Table()
        self.outcomes = _Table()
        self.findings = _Table()
        self.verdicts = _Table()
        #: The document outlives the folding, so an object's identity stands for it; most are shared by many machines.
        self.known: dict[Any, int] = {}

    def machine(self, entry: MachineEntry) -> list[Any]:
        verdicts = [self._verdict(entry, baseline) for baseline in BASELINES]
        findings = [self.finding(finding) for finding in entry["findings"]]
        return [defuse(entry["name"]), verdicts, findings, entry["collected_at"] or "", self._extras(entry)]

    def finding(self, finding: Finding) -> int:
        known = self.known.get(id(finding))
        if known is None:
            waived = [self._acceptance(finding["waiver"]), self._acceptance(finding["attestation"])]
            folded = (
                self._requirement(finding),
                *(self._outcome(finding["baselines"][baseline]) for baseline in BASELINES),
                *(PLACES.index(place(finding, baseline)) for baseline in BASELINES),
                self._text("\n".join(filter(None, waived))),
                self._text("\n".join(defuse(one) for one in finding["evidence"])),
            )
            known = self.known[id(finding)] = self.findings.add(folded, folded)
        return known

    def _requirement(self, finding: Finding) -> int:
        texts = (finding["id"], finding["title"], finding["severity"], finding["consequence"], finding["remedy"])
        quick = (*texts, id(finding["fix"]), id(finding["prevents"]), id(finding["sources"]))
        if quick not in self.known:
            entry = self._requirement_entry(finding)
            self.known[quick] = self.requirements.add(json.dumps(entry), entry)
        return self.known[quick]

    def _requirement_entry(self, finding: Finding) -> dict[str, Any]:
        offer = finding["fix"]
        return {
            "id": defuse(finding["id"]),
            "title": defuse(finding["title"]),
            "severity": finding["severity"],
            "consequence": defuse_lines(finding["consequence"]),
            "remedy": defuse_lines(finding["remedy"]),
            "fix": "" if offer is None else defuse(f"{offer['name']} ({permission(offer['name'], offer['safety'])})"),
            "why": "" if offer is None else defuse_lines(offer["why"]),
            "prevents": [defuse(one) for one in finding["prevents"]],
            "sources": [[defuse(one["title"]), _web(one["url"]), defuse(one["dated"])] for one in finding["sources"]],
        }

    def _outcome(self, outcome: Outcome) -> int:
        if id(outcome) not in self.known:
            self.known[id(outcome)] = self._new_outcome(outcome)
        return self.known[id(outcome)]

    def _new_outcome(self, outcome: Outcome) -> int:
        observed = shorten(value_text(outcome["observed"], outcome["required"]), _VALUE_LONGEST)
        folded = (
            outcome["status"],
            self._text(defuse_lines(outcome["required"])),
            self._text(defuse(observed)),
            self._text(defuse(shorten(outcome["reason"], _VALUE_LONGEST))),
            outcome["standing"],
            self._text(defuse_lines(outcome["note"])),
        )
        return self.outcomes.add(folded, folded)

    def _verdict(self, entry: MachineEntry, baseline: str) -> int:
        verdict = entry["verdicts"][baseline]
        allowed = tuple(defuse(one) for one in permissions(entry, baseline))
        folded = (verdict["verdict"], allowed, defuse(", ".join(verdict["not_judged"])))
        return self.verdicts.add(folded, folded)

    def _extras(self, entry: MachineEntry) -> dict[str, Any]:
        """Collect what only few machines have."""
        extras: dict[str, Any] = {}
        if entry["error"] is not None:
            extras["error"] = defuse(shorten(error_text(entry["error"]), _VALUE_LONGEST))
        if entry["fixes"]:
            records = fixes_by_requirement(entry)
            extras["fixes"] = {
                defuse(finding["id"]): defuse(fix_text(finding, records))
                for finding in entry["findings"]
                if finding["id"] in records
            }
        changed = [[[defuse(one), before, now] for one, before, now in changes(entry, name)] for name in BASELINES]
        if any(changed):
            extras["changes"] = changed
        notes = [defuse(note) for note in self._notes(entry)]
        if notes:
            extras["notes"] = notes
        return extras

    def _notes(self, entry: MachineEntry) -> list[str]:
        notes = [
            f"Weakened by the fix {record['fix']}. Restore it after the move."
            for record in entry["fixes"]
            if record["safety"] == "weakening" and record["state"] in ("applied", "already_done", "unchanged")
        ]
        notes += [f"The fix {one['fix']} {FIX_WORDS[one['state']]}: {one['reason']}" for one in told_fixes(entry)]
        if entry["origin"]["kind"] == "recording":
            notes.append("Judged from a recording, offline: its origin is not proven.")
        if not entry["origin"]["complete"]:
            notes.append("The answers were cut off. What is missing is unknown.")
        if entry["catalogue"]["digest"] != self.catalogue_digest:
            notes.append(f"Judged with another catalogue: {entry['catalogue']['version']}.")
        return notes

    def _acceptance(self, accepted: Acceptance | None) -> str:
        if accepted is None:
            return ""
        until = f"until {accepted['expires']}" if accepted.get("expires") else "without an end"
        ticket = f" ({accepted['ticket']})" if accepted.get("ticket") else ""
        return defuse(f"{accepted['approver']}, {until}{ticket}: {accepted['reason']}")

    def _text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))


def _web(url: str) -> str:
    """Keep the address of a web page, and nothing that a browser would run."""
    return defuse(url) if url.startswith(("https://", "http://")) else ""
