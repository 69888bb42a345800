# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares visits to the same hosts in one run: Ansible's raw, ping and setup, and our audit.

Every round runs all of them in turn, so that a drift of the machine's speed hits all alike; the ratios are those of the
medians. Seconds are wall time and the controller's CPU (ansible, its workers and ssh clients; not the hosts).
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

VISITS = {
    "raw": ["-m", "ansible.builtin.raw", "-a", "true"],
    "audit, no reads": ["-m", "preflight.azure.audit", "-a", '{"requirements": []}'],
    "audit": ["-m", "preflight.azure.audit"],
    "ping": ["-m", "ansible.builtin.ping"],
    "setup": ["-m", "ansible.builtin.setup"],
}
#: What the design asks for: visit, figure, at most so many times that of another visit.
BUDGET = [
    ("audit, no reads", "wall", 1.2, "raw"),
    ("audit", "wall", 1.0, "setup"),
    ("audit", "wall", 1.0, "ping"),
    ("audit", "CPU", 1.3, "raw"),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inventory", required=True, help="an Ansible inventory")
    parser.add_argument("--hosts", default="all", help="the hosts or group of it (default: all)")
    parser.add_argument("--forks", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    command = [_ansible(), chosen.hosts, "-i", chosen.inventory, "-f", str(chosen.forks)]
    run([*command, *VISITS["raw"]])  # the first visit logs on; the others find the connections open
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in VISITS}
    for number in range(chosen.rounds):
        for name, words in VISITS.items():
            figures[name].append(run([*command, *words]))
            print(f"round {number + 1}: {name}: {figures[name][-1][0]:.2f} s", file=sys.stderr, flush=True)
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in figures.items()}  # noqa: B905
    print(f"{'visit':18}{'wall s':>10}{'CPU s':>10}{'wall / raw':>14}{'CPU / raw':>14}")
    for name, (wall, cpu) in medians.items():
        print(f"{name:18}{wall:10.2f}{cpu:10.2f}{wall / medians['raw'][0]:14.2f}{cpu / medians['raw'][1]:14.2f}")
    print()
    for name, figure, limit, other in BUDGET:
        column = ("wall", "CPU").index(figure)
        ratio = medians[name][column] / medians[other][column]
        print(
            f"{name}, {figure}: {ratio:.2f} x {other} (budget {limit:.1f}): {'kept' if ratio <= limit else 'EXCEEDED'}"
        )
    return 0


def run(command: list[str]) -> tuple[float, float]:
    """Run one command; return wall and CPU seconds."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False
    )
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(
            f"expected exit code 0 of {' '.join(command)}, found {done.returncode}:\n{done.stdout.decode()[-3000:]}"
        )
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ansible() -> str:
    beside = Path(sys.executable).with_name("ansible")
    return str(beside) if os.access(beside, os.X_OK) else shutil.which("ansible") or "ansible"


if __name__ == "__main__":
    sys.exit(main())
