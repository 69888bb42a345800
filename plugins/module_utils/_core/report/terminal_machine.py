# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One machine as plain text: a headline, then only what matters. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from .defuse import defuse, shorten
from .document import Finding, FixRecord, MachineEntry
from .paper import Paper, columns, cut, indented, listed, pad
from .wording import (
    BASELINE_WORDS,
    PLACES,
    READY_ANSWERS,
    VERDICT_WORDS,
    changes,
    error_text,
    fix_text,
    fixes_by_requirement,
    other_baseline,
    permissions,
    place,
    told_fixes,
    value_text,
)

_VERDICT_COLUMN = 19
_LABEL_COLUMN = 12
_VALUE_LONGEST = 160
_TEXT_LONGEST = 320
_TOGETHER_SHOWN = 12
_FIX_STYLES = {"applied": "quiet", "failed": "worse"}


def headline(entry: MachineEntry, baseline: str, paper: Paper) -> str:
    """Give the verdict in words, the name, and what the other baseline says."""
    verdict = entry["verdicts"][baseline]["verdict"]
    other = other_baseline(baseline)
    answer = READY_ANSWERS[entry["verdicts"][other]["verdict"]]
    right = f"ready by {BASELINE_WORDS[other]}: {answer}"
    name = cut(defuse(entry["name"]), paper.width - _VERDICT_COLUMN - columns(right) - 2)
    label = paper.paint(pad(VERDICT_WORDS[verdict].upper(), _VERDICT_COLUMN), verdict)
    name_width = paper.width - _VERDICT_COLUMN - columns(right)
    return f"{label}{paper.paint(name, 'strong')}{' ' * (name_width - columns(name))}{paper.paint(right, 'quiet')}"


def render_machine(entry: MachineEntry, baseline: str, paper: Paper, *, warnings_shown: int = 5) -> list[str]:
    """Render one machine: what blocks it first, then what is not proven, what fixes can repair, and warnings."""
    lines = [headline(entry, baseline, paper)]
    if entry["error"] is not None:
        lines.append(_labelled("not read", _plain(error_text(entry["error"])), paper, style="unknown"))
        if not entry["findings"]:
            return lines
    fixes = fixes_by_requirement(entry)
    by_place: dict[str, list[Finding]] = {name: [] for name in PLACES}
    for finding in entry["findings"]:
        by_place[place(finding, baseline)].append(finding)
    for name in ("blocking", "unproven", "fixable"):
        for together in _by_cause(by_place[name], baseline):
            if len(together) > 1:
                lines.extend(_unknown_together(together, baseline, paper))
            else:
                lines.extend(_decisive(together[0], baseline, fixes, paper))
    warnings = [_one_line(finding, baseline, paper) for finding in by_place["warning"]]
    lines.extend(warnings[:warnings_shown])
    if len(warnings) > warnings_shown:
        lines.append(_labelled("", f"… and {len(warnings) - warnings_shown} more warnings, see {paper.report}", paper))
    lines.extend(_waived(finding, paper) for finding in by_place["waived"])
    shown = {fixes[each["id"]]["fix"] for each in by_place["blocking"] + by_place["fixable"] if each["id"] in fixes}
    lines.extend(_changed(entry, baseline, paper, shown))
    lines.extend(_footer(entry, baseline, paper))
    return lines


def _decisive(finding: Finding, baseline: str, fixes: Mapping[str, FixRecord], paper: Paper) -> Iterator[str]:
    outcome = finding["baselines"][baseline]
    failing = outcome["status"] == "fail"
    yield from _block(outcome["status"], outcome["status"], _titled(finding, paper), paper)
    if failing:
        observed = defuse(shorten(value_text(outcome["observed"], outcome["required"]), _VALUE_LONGEST))
        yield from _block("", "", f"found: {observed} → required: {_plain(outcome['required'])}", paper)
    else:
        yield from _block("", "", f"why: {_plain(outcome['reason']) or 'no reason was given'}", paper)
    if outcome["standing"] != "unchanged":
        yield from _block("", "", f"{outcome['standing']} today: {_plain(outcome['note'])}", paper)
    fix = fix_text(finding, fixes)
    if failing and fix:
        yield from _block("", "", f"fix: {_plain(fix)}", paper)
    elif outcome["status"] != "unknown" and finding["remedy"]:
        # Not for what is unknown: the remedy is for a failure, which nobody has seen.
        yield from _block("", "", f"do: {_plain(finding['remedy'])}", paper)


def _by_cause(findings: Sequence[Finding], baseline: str) -> list[list[Finding]]:
    """Put those together that are unknown for one and the same cause; the order stays."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        unknown = finding["baselines"][baseline]["status"] == "unknown"
        groups.setdefault(_cause(finding, baseline) if unknown else finding["id"], []).append(finding)
    return list(groups.values())


def _cause(finding: Finding, baseline: str) -> str:
    """Give the reason behind the places that are not known: what stands in the brackets."""
    reason = finding["baselines"][baseline]["reason"]
    found = re.search(r" not known \((.*)\)$", reason)
    return found[1] if found and "); " not in found[1] else reason


def _unknown_together(findings: Sequence[Finding], baseline: str, paper: Paper) -> Iterator[str]:
    names = listed((_plain(finding["id"]) for finding in findings), _TOGETHER_SHOWN, paper.report)
    yield from _block("unknown", "unknown", f"{len(findings)} requirements: {names}", paper)
    yield from _block("", "", f"why: {_plain(_cause(findings[0], baseline)) or 'no reason was given'}", paper)


def _titled(finding: Finding, paper: Paper) -> str:
    identifier = f"({_plain(finding['id'])})"
    room = paper.width - _LABEL_COLUMN - 2 - columns(identifier) - 1
    title = _plain(finding["title"])
    return f"{cut(title, max(room, 20))} {identifier}"


def _one_line(finding: Finding, baseline: str, paper: Paper) -> str:
    outcome = finding["baselines"][baseline]
    label = "warning" if finding["severity"] == "warning" else "note"
    if outcome["status"] == "fail":
        observed = defuse(shorten(value_text(outcome["observed"], outcome["required"]), 40))
        detail = f"found: {observed} → required: {_plain(outcome['required'])}"
    else:
        detail = f"{outcome['status']}: {_plain(outcome['reason'])}"
    return _labelled(label, f"{_plain(finding['title'])}: {detail}", paper, style="warning")


def _waived(finding: Finding, paper: Paper) -> str:
    label, accepted = ("waived", finding["waiver"]) if finding["waiver"] else ("attested", finding["attestation"])
    if accepted is None:
        return ""
    until = accepted.get("expires")
    term = f"until {until}" if until else "without an end"
    text = f"{finding['id']} {term} by {accepted['approver']}: {accepted['reason']}"
    return _labelled(label, _plain(text), paper, style="quiet")


def _changed(entry: MachineEntry, baseline: str, paper: Paper, shown: Collection[str]) -> Iterator[str]:
    """Say what fixes have changed, and what they say; not again of those ``shown`` with the finding that they serve."""
    for identifier, before, now in changes(entry, baseline):
        label = "fixed" if now == "pass" else "changed" if before != "pass" else "worse"
        style = {"fixed": "fixed", "worse": "worse"}.get(label, "unknown")
        yield _labelled(label, f"{_plain(identifier)} {before} → {now}", paper, style=style)
    for record in told_fixes(entry):
        if record["fix"] in shown and record["state"] != "applied":
            continue
        text = f"{_plain(record['fix'])}: {_plain(record['reason'])}"
        yield from _block(record["state"], _FIX_STYLES.get(record["state"], "unknown"), text, paper)
    for record in entry["fixes"]:
        if record["safety"] == "weakening" and record["state"] in ("applied", "already_done", "unchanged"):
            yield _labelled("weakened", f"{_plain(record['fix'])}: restore it after the move", paper, style="worse")


def _footer(entry: MachineEntry, baseline: str, paper: Paper) -> Iterator[str]:
    verdict = entry["verdicts"][baseline]
    allowed = permissions(entry, baseline)
    if verdict["verdict"] == "ready_after_fix" and allowed:
        yield from _block("ready with", "ready_after_fix", _plain("; ".join(allowed)), paper)
    if not entry["origin"]["complete"]:
        yield _labelled("", "the answers were cut off: what is missing is unknown", paper, style="quiet")
    if entry["origin"]["kind"] == "recording":
        yield _labelled("", "offline, origin not proven", paper, style="quiet")
    names = ("pass", "fail", "unknown", "manual", "waived")
    counts = [f"{verdict['counts'][name]} {name}" for name in names if verdict["counts"].get(name)]
    if verdict["not_judged"]:
        counts.append(f"not judged yet: {', '.join(verdict['not_judged'])}")
    yield _labelled("", _plain(", ".join(counts)) or "nothing was judged", paper, style="quiet")


def _block(label: str, style: str, text: str, paper: Paper) -> list[str]:
    """Put a text of any length beside a label, below the headline."""
    first, *rest = indented(text, f"  {label}", _LABEL_COLUMN + 2, paper.width)
    if label:
        first = paper.paint(f"  {label}", style) + first[len(label) + 2 :]
    return [first, *rest]


def _labelled(label: str, text: str, paper: Paper, style: str = "quiet") -> str:
    """Put one line beside a label; what does not fit is cut."""
    line = cut(text, paper.width - _LABEL_COLUMN - 2)
    return f"  {paper.paint(label, style)}{' ' * (_LABEL_COLUMN - len(label))}{line}"


def _plain(text: str) -> str:
    return defuse(" ".join(shorten(text, _TEXT_LONGEST).split()))
