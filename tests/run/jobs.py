# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs jobs, some at a time, each with its own log, and adds up what they say."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from places import LOGS

SLOTS = max(1, int(os.environ.get("PREFLIGHT_JOBS", "2")))
SHOWN_LINES = 150
TIME_LIMIT_SECONDS = 1500
#: A command that ends with this code says that this machine cannot carry it (EX_TEMPFAIL).
LEFT_OUT = 75
PYTEST_CLOSING = re.compile(
    r"^=+ (.*\b(?:passed|failed|skipped|errors?|deselected)\b.*) in [0-9.]+s.*=+$", re.MULTILINE
)


@dataclass(frozen=True)
class Job:
    """Commands that run one after the other until one fails."""

    name: str
    commands: Sequence[Sequence[str]]
    cwd: Path
    env: dict[str, str]
    after: tuple[str, ...] = ()
    slots: int = 1
    counts_tests: bool = False  # its pytest tests are counted, not the job itself
    verdict: Callable[[str], str] = field(default=lambda _log: "")  # a complaint about the log of a job that passed


@dataclass
class Totals:
    """What the last line says."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    def add_left_out(self, name: str, why: str) -> None:
        """Count a job that did not run; where the lab is required that is a failure."""
        if os.environ.get("PREFLIGHT_REQUIRE_LAB") == "1":
            self.failed += 1
            self.failures.append(f"{name}: left out ({why}), but PREFLIGHT_REQUIRE_LAB=1")
            print(f"FAIL      {name:<34}          left out: {why}; PREFLIGHT_REQUIRE_LAB=1", flush=True)
        else:
            self.skipped += 1
            print(f"left out  {name:<34}          {why}", flush=True)

    def add_tests(self, closing: str) -> None:
        """Count the tests of a pytest closing line."""
        for number, word in re.findall(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)", closing):
            if word in ("failed", "error", "errors", "xpassed"):
                self.failed += int(number)
            elif word == "skipped":
                self.skipped += int(number)
            else:
                self.passed += int(number)

    def close(self) -> int:
        """Print the last line; return the exit code."""
        for failure in self.failures:
            print(f"failed: {failure}")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed else 0


@dataclass
class _Running:
    job: Job
    log: Path
    started: float
    process: subprocess.Popen[bytes]
    step: int = 0


def run_jobs(jobs: Sequence[Job], totals: Totals) -> None:
    """Run all jobs, keeping the slots filled, in the order given; print each one's end."""
    LOGS.mkdir(parents=True, exist_ok=True)
    waiting, running, ended = list(jobs), list[_Running](), dict[str, str]()
    try:
        while waiting or running:
            _start_what_can(waiting, running, ended, totals)
            for item in list(running):
                code = _code_of(item)
                if code is None:
                    continue
                if code == 0 and item.step + 1 < len(item.job.commands):
                    item.step += 1
                    item.process = _start(item.job, item.step, item.log)
                    continue
                running.remove(item)
                ended[item.job.name] = _end(item, code, totals)
            time.sleep(0.05)
    finally:
        for item in running:
            _kill(item.process)


def _start_what_can(waiting: list[Job], running: list[_Running], ended: dict[str, str], totals: Totals) -> None:
    for job in list(waiting):
        bad = [name for name in job.after if ended.get(name, "pass") != "pass"]
        if bad:
            waiting.remove(job)
            ended[job.name] = ended[bad[0]]
            if ended[job.name] == "left out":
                totals.add_left_out(job.name, f"without {bad[0]}")
            else:
                totals.failed += 1
                totals.failures.append(f"{job.name}: not run, because {bad[0]} failed")
                print(f"FAIL      {job.name:<34}          not run, because {bad[0]} failed", flush=True)
            continue
        used = sum(min(item.job.slots, SLOTS) for item in running)
        if any(name not in ended for name in job.after) or used + min(job.slots, SLOTS) > SLOTS:
            continue
        waiting.remove(job)
        log = LOGS / f"{re.sub(r'[^A-Za-z0-9.]+', '-', job.name)}.log"
        log.write_bytes(b"")
        running.append(_Running(job, log, time.monotonic(), _start(job, 0, log)))


def _start(job: Job, step: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        output.write(f"+ {' '.join(job.commands[step])}\n".encode(errors="surrogateescape"))
        output.flush()
        return subprocess.Popen(
            job.commands[step],
            cwd=job.cwd,
            env=job.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _code_of(item: _Running) -> int | None:
    code = item.process.poll()
    if code is None and time.monotonic() - item.started > TIME_LIMIT_SECONDS:
        _kill(item.process)
        with item.log.open("a") as output:
            output.write(f"\nended after {TIME_LIMIT_SECONDS} seconds: the time limit of a gate\n")
        return 124
    return code


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
    except ProcessLookupError:
        return
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _end(item: _Running, code: int, totals: Totals) -> str:
    job, seconds = item.job, time.monotonic() - item.started
    text = item.log.read_text(errors="replace")
    closings = PYTEST_CLOSING.findall(text) if job.counts_tests else []
    complaint = job.verdict(text) if code == 0 else f"exit code {code}"
    if code == LEFT_OUT:
        totals.add_left_out(job.name, text.strip().splitlines()[-1])
        return "left out"
    before = totals.failed
    for closing in closings:
        totals.add_tests(closing)
    note = f"  {closings[-1]}" if closings else ""
    if not complaint:
        totals.passed += 0 if closings else 1
        print(f"pass      {job.name:<34} {seconds:7.1f} s{note}", flush=True)
        return "pass"
    totals.failed += 0 if totals.failed > before else 1
    totals.failures.append(f"{job.name}: {complaint}{note}; its log is {item.log}")
    print(f"FAIL      {job.name:<34} {seconds:7.1f} s  {complaint}{note}", flush=True)
    lines = text.splitlines()
    shown = [line for line in lines if job.counts_tests and line.startswith(("FAILED ", "ERROR "))]
    print("".join(f"    | {line}\n" for line in shown + lines[-SHOWN_LINES:]), end="", flush=True)
    return "fail"
