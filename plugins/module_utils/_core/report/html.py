# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as one HTML file that needs nothing else and may ask for nothing else. Private to this collection.

The page's script builds everything about machines from the embedded data, as text. What stands there without the
script (the counts, and a plain table for browsers without scripts) is escaped here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from .defuse import defuse, shorten
from .document import BASELINES, VERDICTS, MachineEntry, Report
from .fold import fold
from .wording import BASELINE_WORDS, VERDICT_MEANINGS, VERDICT_WORDS, error_text, other_baseline, place

_PAGE = Path(__file__).with_name("page")
_SCRIPTS = ("data.js", "finding.js", "machines.js", "requirements.js", "start.js")
_BAR_WIDTH = 240


@dataclass(frozen=True)
class Page:
    """The parts that do not depend on the report."""

    template: Template
    style: str
    script: str


def read_page() -> Page:
    """Read the page's template, style and scripts, which stand next to this file."""
    parts = "\n".join((_PAGE / name).read_text("utf-8") for name in _SCRIPTS)
    return Page(
        template=Template((_PAGE / "report.html").read_text("utf-8")),
        style=(_PAGE / "report.css").read_text("utf-8"),
        # One function around all: nothing of the page is reachable from elsewhere in it.
        script=f'"use strict";\n(() => {{\n{parts}}})();\n',
    )


def render_html(report: Report, page: Page) -> str:
    """Render the page."""
    return page.template.substitute(
        policy=_policy(page),
        style=page.style,
        script=page.script,
        data=script_json(fold(report)),
        title=_text(f"Ready for Azure? {report['scenario']}"),
        scenario=_text(report["scenario"]),
        created=_text(report["created_at"]),
        run=_text(report["run"]),
        catalogue=_text(report["catalogue"]["version"]),
        overview=_overview(report),
        gap=_gap(report),
        missing_count=str(len(report["missing"]) + len(report["problems"])),
        missing=_missing(report),
        about=_about(report),
        plain=_plain_table(report),
    )


def script_json(value: Any) -> str:
    """Write JSON that can stand in a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(page: Page) -> str:
    """Allow exactly this script and this style, and no request of any kind."""
    return (
        f"default-src 'none'; script-src {_source_hash(page.script)}; style-src {_source_hash(page.style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _source_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _overview(report: Report) -> str:
    rows = []
    for name in (report["baseline"], other_baseline(report["baseline"])):
        counts = report["summary"]["verdicts"][name]
        checked, chosen = (" checked", ' class="chosen"') if name == report["baseline"] else ("", "")
        cells = "".join(
            f'<td class="number {verdict}{"" if counts[verdict] else " zero"}">'
            f'<a href="#machines" data-verdict="{verdict}" title="{_text(VERDICT_MEANINGS[verdict])}">'
            f"{counts[verdict]}</a></td>"
            for verdict in VERDICTS
        )
        rows.append(
            f'<tr data-baseline="{name}"{chosen}><th scope="row"><label>'
            f'<input type="radio" name="baseline" value="{name}"{checked}> {_text(BASELINE_WORDS[name])}</label></th>'
            f"{cells}<td>{_bar(counts)}</td></tr>"
        )
    return "\n".join(rows)


def _gap(report: Report) -> str:
    """Say what the counts do not contain."""
    missing = len(report["missing"])
    if not missing:
        return ""
    words = "1 expected machine has" if missing == 1 else f"{missing} expected machines have"
    return f'<p><a href="#missing" data-part="missing">{words} no result in this run.</a></p>'


def _bar(counts: dict[str, int]) -> str:
    total = sum(counts.values())
    if not total:
        return ""
    parts, start = [], 0.0
    for verdict in VERDICTS:
        width = counts[verdict] / total * _BAR_WIDTH
        parts.append(f'<rect class="{verdict}" x="{start:.2f}" y="0" width="{width:.2f}" height="14"/>')
        start += width
    return f'<svg class="bar" width="{_BAR_WIDTH}" height="14" aria-hidden="true">{"".join(parts)}</svg>'


def _missing(report: Report) -> str:
    blocks = []
    if report["missing"]:
        names = "".join(f"<li><bdi>{_text(name)}</bdi></li>" for name in report["missing"])
        blocks.append(f'<p>Expected, but without a result in this run:</p><ul class="names">{names}</ul>')
    if report["problems"]:
        files = "".join(
            f"<li><code>{_text(one['file'])}</code>: {_text(one['reason'])}</li>" for one in report["problems"]
        )
        blocks.append(f"<p>Files that could not be used as the result of a machine:</p><ul>{files}</ul>")
    return "\n".join(blocks) or "<p>None: every expected machine has a result.</p>"


def _about(report: Report) -> str:
    catalogue = report["catalogue"]
    others = sum(1 for entry in report["machines"] if entry["catalogue"]["digest"] != catalogue["digest"])
    rows = [
        ("Scenario", report["scenario"]),
        ("Run", report["run"]),
        ("Created", report["created_at"]),
        ("Headline baseline", BASELINE_WORDS[report["baseline"]]),
        ("Catalogue", f"{catalogue['version']}, {catalogue['requirements']} requirements"),
        ("Catalogue digest", catalogue["digest"]),
        ("Judged with another catalogue", f"{others} machines"),
        ("Could not be judged", f"{report['summary']['not_collected']} machines, counted as unknown"),
        *((f"Setting {name}", json.dumps(value)) for name, value in report["settings"].items()),
        *((VERDICT_WORDS[name].capitalize(), VERDICT_MEANINGS[name]) for name in VERDICTS),
    ]
    return "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in rows)


def _plain_table(report: Report) -> str:
    rows = "\n".join(_plain_row(entry, report["baseline"]) for entry in report["machines"])
    heads = "".join(f"<th>By {_text(BASELINE_WORDS[name])}</th>" for name in BASELINES)
    return f"<table><thead><tr><th>Machine</th>{heads}<th>Because</th></tr></thead><tbody>\n{rows}\n</tbody></table>"


def _plain_row(entry: MachineEntry, baseline: str) -> str:
    words = "".join(f"<td>{VERDICT_WORDS[entry['verdicts'][name]['verdict']]}</td>" for name in BASELINES)
    if entry["error"] is not None:
        because = error_text(entry["error"])
    else:
        decisive = ("blocking", "unproven", "fixable")
        because = ", ".join(one["id"] for one in entry["findings"] if place(one, baseline) in decisive)
    return f"<tr><td><bdi>{_text(entry['name'])}</bdi></td>{words}<td>{_text(because)}</td></tr>"


def _text(text: str) -> str:
    return escape(defuse(shorten(text, 1000)), quote=True)
