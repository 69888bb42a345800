# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures how long the controller takes to judge this machine, and to load the catalogue."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone

from ansible_collections.preflight.azure.plugins.module_utils._core.audit import conclude
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.evaluate import judge
from ansible_collections.preflight.azure.plugins.plugin_utils import per_run
from collector import ARGUMENTS


def main() -> int:
    known = per_run.catalogue(())
    question = per_run.question(ARGUMENTS, known)
    done = subprocess.run(["/bin/sh"], input=compose(question.reads).encode(), capture_output=True, check=True)
    recording = parse(done.stdout)
    facts = assemble(recording, question.selection.subjects)
    now = datetime.now(timezone.utc)
    print(f"{len(question.requirements)} requirements by two baselines, {len(done.stdout)} bytes of recording")
    show(
        "judge (budget 5.0 ms)",
        lambda: judge(facts, question.requirements, question.settings, question.waivers, "it", now),
    )
    show("parse the recording", lambda: parse(done.stdout))
    show("parse, assemble, judge, verdicts", lambda: conclude(question, parse(done.stdout), "it", now))
    show("compose the script", lambda: compose(question.reads))
    show("load the catalogue, once per run", lambda: per_run._load(()), runs=5)
    return 0


def show(name: str, work: Callable[[], object], runs: int = 50) -> None:
    """Print the median of several runs in milliseconds."""
    figures = []
    for _run in range(runs):
        started = time.perf_counter()
        work()
        figures.append(time.perf_counter() - started)
    print(f"{statistics.median(figures) * 1000:8.2f} ms  {name}")


if __name__ == "__main__":
    sys.exit(main())
