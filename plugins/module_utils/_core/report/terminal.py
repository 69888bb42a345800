# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as plain text that a person reads in a terminal or a job log. Private to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .defuse import defuse, shorten
from .document import VERDICTS, MachineEntry, Report
from .paper import Paper, cut, indented, listed, pad
from .terminal_machine import headline, render_machine
from .wording import BASELINE_WORDS, VERDICT_MEANINGS, VERDICT_WORDS, other_baseline, place

#: From this many machines on, a report begins with what most of them have in common.
_FLEET = 4
_COMMON_SHOWN = 8


def render_terminal(report: Report, paper: Paper | None = None) -> str:
    """Render a report: counts first, then the machines by verdict, worst first."""
    paper = paper or Paper()
    lines = [*_head(report, paper), *_table(report, paper)]
    if len(report["machines"]) >= _FLEET:
        lines.extend(_common(report, paper))
    for verdict in VERDICTS:
        lines.extend(_group(report, verdict, paper))
    lines.extend(_left_over(report, paper))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(report: Report, paper: Paper) -> Iterator[str]:
    summary = report["summary"]
    machines = _machines(summary["machines"])
    missing = f", {summary['missing']} missing" if summary["missing"] else ""
    title = f"{defuse(report['scenario'])}: {machines} judged by {BASELINE_WORDS[report['baseline']]}{missing}"
    yield paper.paint(cut(title, paper.width), "strong")
    catalogue = report["catalogue"]
    made = f"{report['created_at']}, run {report['run']}, catalogue {catalogue['version']} {catalogue['digest']}"
    yield paper.paint(cut(defuse(made), paper.width), "quiet")
    yield ""


def _table(report: Report, paper: Paper) -> Iterator[str]:
    baseline = report["baseline"]
    other = other_baseline(baseline)
    counts = report["summary"]["verdicts"]
    heads = [f"by {BASELINE_WORDS[name]}" for name in (baseline, other)]
    yield paper.paint(f"{'':20}{heads[0]:>24}{heads[1]:>26}", "quiet")
    for verdict in VERDICTS:
        word = paper.paint(pad(VERDICT_WORDS[verdict], 20), verdict)
        yield f"{word}{counts[baseline][verdict]:>24}{counts[other][verdict]:>26}"
    if report["summary"]["missing"]:
        yield f"{paper.paint(pad('missing', 20), 'unknown')}{report['summary']['missing']:>24}"
    yield ""


def _common(report: Report, paper: Paper) -> Iterator[str]:
    """List the requirements that hold back the most machines."""
    failing: Counter[str] = Counter()
    unproven: Counter[str] = Counter()
    titles: dict[str, str] = {}
    for entry in report["machines"]:
        for finding in entry["findings"]:
            where = place(finding, report["baseline"])
            if where in ("blocking", "fixable"):
                failing[finding["id"]] += 1
            elif where == "unproven":
                unproven[finding["id"]] += 1
            else:
                continue
            titles[finding["id"]] = finding["title"]
    if not titles:
        return
    yield paper.paint("What holds most machines back", "strong")
    ordered = sorted(titles, key=lambda one: (-failing[one] - unproven[one], one))
    for identifier in ordered[:_COMMON_SHOWN]:
        numbers = [f"{failing[identifier]} fail" if failing[identifier] else ""]
        numbers.append(f"{unproven[identifier]} unknown" if unproven[identifier] else "")
        text = f"{defuse(titles[identifier])} ({defuse(identifier)})"
        yield f"  {pad(', '.join(filter(None, numbers)), 24)}{cut(text, paper.width - 26)}"
    if len(ordered) > _COMMON_SHOWN:
        yield f"  … and {len(ordered) - _COMMON_SHOWN} more requirements, see {paper.report}"
    yield ""


def _group(report: Report, verdict: str, paper: Paper) -> Iterator[str]:
    baseline = report["baseline"]
    members = [entry for entry in report["machines"] if entry["verdicts"][baseline]["verdict"] == verdict]
    if not members:
        return
    if len(report["machines"]) > 1:
        yield _ruled(f"{_machines(len(members))} {VERDICT_WORDS[verdict]} ({VERDICT_MEANINGS[verdict]})", paper)
    # Machines that could not be reached say it in one line; they come after those that have something to read.
    judged = [entry for entry in members if entry["error"] is None]
    failed = [entry for entry in members if entry["error"] is not None]
    yield from _machines_shown(judged, report, verdict, paper)
    if judged and failed:
        yield ""
    yield from _machines_shown(failed, report, verdict, paper)
    yield ""


def _machines_shown(members: list[MachineEntry], report: Report, verdict: str, paper: Paper) -> Iterator[str]:
    baseline = report["baseline"]
    many = len(report["machines"]) > paper.machines_per_verdict
    for index, entry in enumerate(members[: paper.machines_per_verdict]):
        if verdict == "ready" and many:
            yield headline(entry, baseline, paper)
            continue
        if index and entry["error"] is None:
            yield ""
        yield from render_machine(entry, baseline, paper, warnings_shown=3 if many else 8)
    rest = members[paper.machines_per_verdict :]
    if rest:
        names = listed((_name(entry["name"]) for entry in rest), paper.names_per_list, paper.report)
        yield from indented(f"and {len(rest)} more: {names}", "", 2, paper.width)


def _left_over(report: Report, paper: Paper) -> Iterator[str]:
    if report["fleet"]:
        yield _ruled("the machines together", paper)
        for finding in report["fleet"]:
            outcome = finding["baselines"][report["baseline"]]
            text = defuse(f"{finding['title']}: {outcome['reason'] or outcome['required']}")
            yield from indented(text, f"  {outcome['status']}", 18, paper.width)
        yield ""
    if report["missing"]:
        missing = len(report["missing"])
        yield _ruled(f"{_machines(missing)} missing (expected, but without a result in this run)", paper)
        names = listed((_name(name) for name in report["missing"]), paper.names_per_list, paper.report)
        yield from indented(names, "", 2, paper.width)
        yield ""
    if report["problems"]:
        yield _ruled(f"{len(report['problems'])} left out (not usable as the result of a machine)", paper)
        for problem in report["problems"][: paper.machines_per_verdict]:
            text = f"{defuse(shorten(problem['file'], 300))}: {defuse(shorten(problem['reason'], 300))}"
            yield from indented(text, "", 2, paper.width)
        rest = len(report["problems"]) - paper.machines_per_verdict
        if rest > 0:
            yield f"  … and {rest} more, see {paper.report}"
        yield ""


def _ruled(text: str, paper: Paper) -> str:
    line = cut(text, paper.width - 4)
    return paper.paint(f"{line} {'─' * max(0, paper.width - len(line) - 1)}", "strong")


def _machines(count: int) -> str:
    return "1 machine" if count == 1 else f"{count} machines"


def _name(name: str) -> str:
    return cut(defuse(name), 60)
