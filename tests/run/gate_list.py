# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates: what each one runs, and where."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from jobs import Job, Totals
from places import BUILD, Tree

# What mypy --strict holds; documentation twins hold no code.
TYPED = ("plugins/module_utils/_core", "plugins/plugin_utils", "plugins/action")
PYTEST = ("python", "-m", "pytest", "-p", "no:cacheprovider")
IMPORTER_SETTINGS = """\
[galaxy-importer]
RUN_ANSIBLE_TEST = False
RUN_FLAKE8 = False
OFFLINE_ANSIBLE_LINT = True
CHECK_CHANGELOG = True
CHECK_REQUIRED_TAGS = True
"""


class Gates:
    """Builds the jobs of one copy of the collection with one environment."""

    def __init__(
        self, tree: Tree, env: dict[str, str], bin_folder: Path, importer_bin: Path | None, files: list[str]
    ) -> None:
        self.tree = tree
        self.env = env
        self.bin = bin_folder
        self.importer_bin = importer_bin
        self.files = files
        self.python_version = f"{sys.version_info[0]}.{sys.version_info[1]}"

    def _job(self, name: str, *commands: list[str], **more: object) -> Job:
        programs = [[str(self.bin / command[0]), *command[1:]] for command in commands]
        return Job(name, programs, self.tree.collection, self.env, **more)  # type: ignore[arg-type]

    def lint(self) -> list[Job]:
        """The gates that read the files and run none of them."""
        shell = [name for name in self.files if self._is_shell(name)]
        jobs = [
            self._job("ruff", ["ruff", "check", "--no-cache", "."]),
            self._job("shellcheck", ["shellcheck", "--color=never", *shell]),
            self._job(
                "ansible-lint", ["ansible-lint", "--offline", "--profile", "production", "--strict", "--nocolor"]
            ),
            self._job("antsibull-changelog", ["antsibull-changelog", "lint"]),
            self._job(
                "antsibull-docs",
                ["antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", "."],
            ),
        ]
        return [*jobs, *self._mypy(), *self._importer()]

    def _mypy(self) -> list[Job]:
        python = [name for name in self.files if name.endswith(".py")]
        home = self.tree.collection
        # The names of the modules start where mypy is started; this runner's files are plain scripts beside each other.
        groups = {
            "mypy": (
                self.tree.root,
                [str(home.relative_to(self.tree.root) / name) for name in python if name.startswith(TYPED)],
            ),
            "mypy tests/run": (
                home / "tests" / "run",
                [Path(name).name for name in python if name.startswith("tests/run/")],
            ),
        }
        command = [str(self.bin / "mypy"), "--config-file", str(home / ".mypy.ini")]
        return [
            Job(name, [[*command, *sorted(files)]], cwd, self.env) for name, (cwd, files) in groups.items() if files
        ]

    def _is_shell(self, name: str) -> bool:
        if name.endswith(".sh"):
            return True
        path = self.tree.collection / name
        if Path(name).suffix or path.is_symlink():
            return False
        with path.open("rb") as text:
            first = text.readline(64)
        return first.startswith(b"#!") and first.split()[-1].endswith((b"/sh", b"bash", b" sh"))

    def _importer(self) -> list[Job]:
        if self.importer_bin is None:
            return []
        # Outside the copy, and alone in its folder: the importer reads whatever lies beside the archive.
        out = BUILD / "dist"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        (out / "importer.cfg").write_text(IMPORTER_SETTINGS)
        env = self.env | {
            "GALAXY_IMPORTER_CONFIG": str(out / "importer.cfg"),
            "PATH": f"{self.importer_bin}:{self.env['PATH']}",
            "TMPDIR": str(out),
        }
        env.pop("ANSIBLE_COLLECTIONS_PATH", None)
        build = [
            str(self.bin / "ansible-galaxy"),
            "collection",
            "build",
            "--output-path",
            str(out),
            str(self.tree.collection),
        ]
        read = [
            "/bin/sh",
            "-c",
            f'exec "{self.importer_bin}/python" -m galaxy_importer.main "{out}"/preflight-azure-*.tar.gz',
        ]
        return [Job("galaxy-importer", [build, read], out, env, verdict=_importer_complaint)]

    def sanity(self) -> Job:
        """ansible-test sanity on the Python in use."""
        command = ["ansible-test", "sanity", "--venv", "--python", self.python_version, "--color", "no"]
        return self._job("ansible-test sanity", command, verdict=_sanity_complaint)

    def unit(self) -> Job:
        """The unit tests, run straight by pytest on both cores."""
        workers = os.environ.get("PREFLIGHT_JOBS", "2")
        command = [*PYTEST, "--import-mode=importlib", "-n", workers, "tests/unit"]
        return self._job("unit tests", command, counts_tests=True, slots=2)

    def windows(self) -> list[Job]:
        """The unmodified connections winrm, psrp and ssh against endpoints on loopback that stand in for Windows."""
        if not self._has_tests("tests/integration/windows"):
            return []
        # The tests of a file share one run of Ansible.
        command = [*PYTEST, "-n", "2", "--dist", "loadfile", "tests/integration/windows"]
        return [self._job("windows doubles", command, counts_tests=True, slots=2)]

    def lab(self, totals: Totals) -> list[Job]:
        """The tests against the hosts of tests/lab, where this machine can carry them."""
        why = _why_no_lab()
        if "tests/lab/lab" not in self.files or not self._has_tests("tests/integration/lab"):
            why = "the checkout holds no lab"
        if why:
            totals.add_left_out("lab", why)
            return []
        up = Job("lab up", [["tests/lab/lab", "up"]], self.tree.collection, self.env)
        # Most of the time is waiting for hosts; the tests of one host stay together.
        fixes = [*PYTEST, "-n", "4", "--dist", "loadgroup", "tests/integration/lab"]
        more = {"counts_tests": True, "slots": 2, "verdict": _lab_complaint}
        return [
            up,
            self._job("lab tests", fixes, after=("lab up",), **more),
            self._job("tests of the lab", [*PYTEST, "tests/lab"], after=("lab tests",), **more),
        ]

    def lab_is_up(self) -> bool:
        """Whether hosts are up already, and so not this run's to stop."""
        return bool(self._lab("status").strip())

    def stop_lab(self) -> None:
        """Stop all hosts of the lab."""
        self._lab("down")

    def _lab(self, command: str) -> bytes:
        line = ["tests/lab/lab", command]
        cwd = self.tree.collection
        done = subprocess.run(line, cwd=cwd, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return done.stdout

    def _has_tests(self, folder: str) -> bool:
        return any(name.startswith(f"{folder}/") and Path(name).name.startswith("test_") for name in self.files)


def units(tree: Tree, env: dict[str, str], bin_folder: Path, python_version: str) -> Job:
    """The unit tests once more, as ansible-test runs them for every collection."""
    command = [str(bin_folder / "ansible-test"), "units", "--venv", "--python", python_version, "--color", "no"]
    return Job("ansible-test units", [command], tree.collection, env)


def _why_no_lab() -> str:
    if not sys.platform.startswith("linux"):
        return "the lab needs Linux"
    if os.geteuid() != 0:
        return "the lab needs root; run this as root on a throw-away Debian or Ubuntu machine to include it"
    if shutil.which("apt-get") is None:
        return "the lab needs apt-get to build its hosts"
    return ""


def _lab_complaint(log: str) -> str:
    # Where the lab is required, a test that finds its host missing has not been run, and that is no success.
    skipped = [line for line in log.splitlines() if line.startswith("SKIPPED")]
    missing = [line for line in skipped if "lab is up" in line or "not up" in line]
    return missing[0] if missing and os.environ.get("PREFLIGHT_REQUIRE_LAB") == "1" else ""


def _importer_complaint(log: str) -> str:
    bad = [line for line in log.splitlines() if line.startswith(("WARNING", "ERROR"))]
    return f"{len(bad)} warnings: {bad[0]}" if bad else ""


def _sanity_complaint(log: str) -> str:
    # A test whose program is missing is skipped with a warning. Of those, only the PowerShell linter may be.
    for line in log.splitlines():
        if line.startswith("WARNING: Skipping sanity test") or ("Required program" in line and "pwsh" not in line):
            return line
    return ""
