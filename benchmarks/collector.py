# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures the collector's CPU on this machine for the reads of a whole audit, read by read with --each."""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.plugin_utils import per_run

ARGUMENTS = {
    "scenario": "vmware_to_azure",
    "machine": "source",
    "baseline": "current",
    "requirements": None,
    "settings": {},
    "waivers": [],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", action="store_true", help="show the cost of every read")
    parser.add_argument("--shell", default="/bin/sh")
    chosen = parser.parse_args()
    reads = per_run.question(ARGUMENTS, per_run.catalogue(())).reads
    nothing = cpu_seconds([], chosen.shell)
    whole = cpu_seconds(reads, chosen.shell)
    if chosen.each:
        costs = {read.key: cpu_seconds([read], chosen.shell) - nothing for read in reads}
        for key, cost in sorted(costs.items(), key=lambda pair: -pair[1]):
            print(f"{cost * 1000:8.1f} ms  {key[:100]}")
    print(f"script: {len(compose(reads))} bytes, {len(reads)} reads")
    print(f"CPU: {whole:.3f} s for the audit, {nothing:.3f} s without reads (budget 0.300 s)")
    return 0


def cpu_seconds(reads: Sequence[Read], shell: str, runs: int = 5) -> float:
    """Return the median CPU seconds of the script with these reads."""
    figures = []
    for _run in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([shell], input=compose(reads).encode(), capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        parse(done.stdout)
        figures.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(figures)


if __name__ == "__main__":
    sys.exit(main())
