# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the gates of this repository: see "make help"."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from copy_tree import checkout_files, copy_tree
from environments import base_python, ensure_environment, prepare_home, variables
from gate_list import Gates, units
from jobs import Job, Totals, run_jobs
from matrix import run_matrix
from places import BUILD, CHECKOUT, LOGS, REQUIREMENTS, RUN_REQUIREMENTS, UNIT_REQUIREMENTS, VENV, Tree

MAIN = Tree("main")
UNITS = Tree("units")
PARTS = ("lint", "sanity", "units", "unit", "lab")


@contextmanager
def control_path() -> Iterator[str]:
    """A folder for ssh's sockets: their paths may be 108 bytes long, so it cannot be below the checkout."""
    folder = tempfile.mkdtemp(prefix="pf-", dir="/tmp")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_parts(parts: tuple[str, ...]) -> int:
    """Run the named parts of the gates in the checkout's own environment."""
    started = time.monotonic()
    totals = Totals()
    python = base_python()
    bins = ensure_environment(VENV, python, [RUN_REQUIREMENTS, UNIT_REQUIREMENTS, REQUIREMENTS / "gates.txt"])
    importer = None
    if "lint" in parts:
        importer = ensure_environment(BUILD / "importer", python, [REQUIREMENTS / "importer.txt"])
    copy_tree(MAIN)
    prepare_home(MAIN, bins)
    with control_path() as sockets:
        env = variables(MAIN, [bins, Path(python).parent], sockets)
        gates = Gates(MAIN, env, bins, importer, checkout_files())
        lab = gates.lab(totals) if "lab" in parts else []
        jobs = list[Job]()
        # The longest first, so that the short ones fill what is left; those that take both slots last.
        jobs += lab[:1]
        jobs += [gates.sanity()] if "sanity" in parts else []
        if "units" in parts:
            copy_tree(UNITS)
            prepare_home(UNITS, bins)
            jobs.append(
                units(UNITS, variables(UNITS, [bins, Path(python).parent], sockets), bins, gates.python_version)
            )
        jobs += gates.lint() if "lint" in parts else []
        jobs += [gates.unit(), *gates.windows()] if "unit" in parts else []
        jobs += lab[1:]
        print(f"ansible-core {core_version(bins)} on Python {gates.python_version}; logs in {LOGS}", flush=True)
        stop_lab = bool(lab) and os.environ.get("PREFLIGHT_KEEP_LAB") != "1" and not gates.lab_is_up()
        try:
            run_jobs(jobs, totals)
        finally:
            if stop_lab:
                gates.stop_lab()
    print(f"took {time.monotonic() - started:.0f} s")
    return totals.close()


def core_version(bins: Path) -> str:
    """The ansible-core of an environment."""
    command = [str(bins / "python"), "-c", "from ansible.release import __version__; print(__version__)"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def matrix() -> int:
    """Run the gates that are repeated for each supported ansible-core."""
    started = time.monotonic()
    totals = Totals()
    with control_path() as sockets:
        run_matrix(totals, sockets)
    print(f"took {time.monotonic() - started:.0f} s")
    return totals.close()


def audit() -> int:
    """Audit the machine that this runs on, as the user who runs it."""
    bins = VENV / "bin"
    if not (bins / "ansible-playbook").exists():
        bins = ensure_environment(VENV, base_python(), ["ansible-core>=2.16", RUN_REQUIREMENTS])
    copy_tree(MAIN)
    env = os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(MAIN.root), "ANSIBLE_LOCALHOST_WARNING": "false"}
    playbook = MAIN.collection / "playbooks" / "prepare-sources.yml"
    command = [str(bins / "ansible-playbook"), "-i", "localhost,", "-c", "local", str(playbook), "--check"]
    return subprocess.run([*command, *sys.argv[2:]], cwd=CHECKOUT, env=env, check=False).returncode


def docs() -> int:
    """Build the documentation as HTML."""
    bins = ensure_environment(BUILD / "docs" / "venv", base_python(), [RUN_REQUIREMENTS, REQUIREMENTS / "docs.txt"])
    copy_tree(MAIN)
    prepare_home(MAIN, bins)
    out = BUILD / "docs" / "site"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    env = variables(MAIN, [bins], "/tmp")
    start = [
        "antsibull-docs",
        "sphinx-init",
        "--use-current",
        "--squash-hierarchy",
        "--lenient",
        "--dest-dir",
        str(out),
    ]
    for command, cwd in (
        ([str(bins / start[0]), *start[1:], "preflight.azure"], MAIN.root),
        (["/bin/bash", "build.sh"], out),
    ):
        if subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, check=False).returncode:
            return 1
    print(f"the documentation is at {out / 'build' / 'html' / 'index.html'}")
    return 0


def main() -> int:
    """Take the lock of the checkout and run what was asked for."""
    tasks: dict[str, Callable[[], int]] = {part: lambda part=part: run_parts((part,)) for part in PARTS}  # type: ignore[misc]
    tasks |= {"test": lambda: run_parts(PARTS), "matrix": matrix, "audit": audit, "docs": docs}
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted not in tasks:
        print(f"expected one of {', '.join(tasks)}; found {wanted!r}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another run is busy in this checkout; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return tasks[wanted]()
        except KeyboardInterrupt:
            print("interrupted; nothing is left running", file=sys.stderr)
            return 130


if __name__ == "__main__":
    sys.exit(main())
