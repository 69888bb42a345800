# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's files, written beside the machine documents. Private to this collection."""

from __future__ import annotations

from pathlib import Path

from .document import Report
from .files import json_lines, write_atomically
from .html import read_page, render_html


def write_report(output_dir: Path, report: Report) -> dict[str, str]:
    """Write ``report.json`` and ``report.html`` and return their paths by format."""
    page = render_html(report, read_page())
    paths = {"json": output_dir / "report.json", "html": output_dir / "report.html"}
    write_atomically(paths["json"], json_lines(report))
    write_atomically(paths["html"], (page.encode("utf-8"),))
    return {name: str(path) for name, path in paths.items()}
