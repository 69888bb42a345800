# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares visits to the same doubles of Windows machines: Ansible's raw, and our audit.

Every round runs both in turn, so that a drift of the machine's speed hits both alike. What the doubles themselves
need for their answers runs on the same processors, but not on a controller: their CPU seconds are shown apart and
taken off the wall time of the visit, spread over the processors. The ratio of the medians must stay below the budget.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
VISITS = {
    "raw": ["-m", "ansible.builtin.raw", "-a", "exit 0"],
    "machine_info, os": ["-m", "preflight.azure.machine_info", "-a", '{"subjects": ["os"]}'],
    "audit": ["-m", "preflight.azure.audit"],
}
BUDGET = 1.3


@dataclass(frozen=True)
class Cost:
    """Seconds of one visit to all: wall, the controller's CPU, the doubles' CPU."""

    wall: float
    controller: float
    doubles: float

    @property
    def without_doubles(self) -> float:
        """The wall time without what the doubles needed."""
        return self.wall - self.doubles / (os.cpu_count() or 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--doubles", type=int, default=50)
    parser.add_argument("--forks", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--machine", default="source_2019", help="a file of tests/doubles/machines")
    parser.add_argument("--way", default="winrm-https-ntlm", help="how to reach them (see tests/doubles/fleet.py)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "hosts.json"
        serve = [sys.executable, str(CHECKOUT / "tests" / "doubles" / "serve.py"), chosen.machine]
        more = ["--inventory", str(inventory), "--way", chosen.way, "--copies", str(chosen.doubles)]
        with subprocess.Popen([*serve, *more], stdout=subprocess.PIPE, text=True) as doubles:
            try:
                if doubles.stdout is None or not doubles.stdout.readline():
                    return 1  # it has said why
                command = [_ansible(), "all", "-i", str(inventory), "-f", str(chosen.forks)]
                costs = measure(command, doubles.pid, Path(folder), chosen.rounds)
            finally:
                doubles.terminate()
    return 0 if report(costs, f"{chosen.doubles} x {chosen.machine}, {chosen.way}") else 1


def measure(command: list[str], doubles: int, folder: Path, rounds: int) -> dict[str, list[Cost]]:
    """Run every visit in every round, after one that nobody counts."""
    costs: dict[str, list[Cost]] = {name: [] for name in VISITS}
    run([*command, *VISITS["raw"]], doubles, folder)
    for number in range(rounds):
        for name, words in VISITS.items():
            costs[name].append(run([*command, *words], doubles, folder))
            print(f"round {number + 1}: {name}: {costs[name][-1].wall:.2f} s", file=sys.stderr, flush=True)
    return costs


def run(command: list[str], doubles: int, folder: Path) -> Cost:
    """Run one command; return what it cost."""
    before, answers, started = resource.getrusage(resource.RUSAGE_CHILDREN), cpu(doubles), time.monotonic()
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder, check=False
    )
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(
            f"expected exit code 0 of {' '.join(command)}, found {done.returncode}:\n{done.stdout.decode()[-3000:]}"
        )
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, own, cpu(doubles) - answers)


def cpu(pid: int) -> float:
    """Return the CPU seconds that a process and its ended children have used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def report(costs: dict[str, list[Cost]], title: str) -> bool:
    """Print the medians and their ratios; return whether the budget is kept."""
    heads = ("wall s", "doubles CPU s", "without them s", "/ raw", "controller CPU s", "/ raw")
    print(f"{title}\n{'visit':18}" + "".join(f"{head:>18}" for head in heads))
    medians = {name: [statistics.median(figures) for figures in _columns(rows)] for name, rows in costs.items()}
    for name, (wall, doubles, without, own) in medians.items():
        figures = (wall, doubles, without, without / medians["raw"][2], own, own / medians["raw"][3])
        print(f"{name:18}" + "".join(f"{figure:18.2f}" for figure in figures))
    ratio = medians["audit"][2] / medians["raw"][2]
    print(f"\naudit: {ratio:.2f} x raw (budget {BUDGET:.1f}): {'kept' if ratio <= BUDGET else 'EXCEEDED'}")
    return ratio <= BUDGET


def _columns(rows: list[Cost]) -> list[tuple[float, ...]]:
    return list(zip(*((row.wall, row.doubles, row.without_doubles, row.controller) for row in rows), strict=True))


def _ansible() -> str:
    beside = Path(sys.executable).with_name("ansible")
    return str(beside) if os.access(beside, os.X_OK) else shutil.which("ansible") or "ansible"


if __name__ == "__main__":
    sys.exit(main())
