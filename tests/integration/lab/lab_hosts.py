# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab of real hosts, as tests use it: through Ansible, and from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from preflight_lab import boot

COLLECTION = Path(__file__).resolve().parents[3]
LAB = COLLECTION / "tests" / "lab" / "lab"


class Lab:
    """The hosts that are up. ``inside`` goes past ssh: it is the other tool that assertions need."""

    def __init__(self, inventory: Path) -> None:
        self.inventory = inventory
        self.document: dict[str, Any] = json.loads(inventory.read_text())
        self.passwords: dict[str, str] = self.document["all"]["vars"]["lab_passwords"]

    @property
    def hosts(self) -> list[str]:
        return sorted(self.document["all"]["children"]["lab"]["hosts"])

    def words(self, name: str, *command: str) -> list[str]:
        """Return the words that run a command inside a host, as ``lab exec`` does, without a Python between."""
        return [*boot.inside(boot.pid_of(name)), *command]

    def inside(self, name: str, *command: str, check: bool = True) -> str:
        """Run a command inside a host, from outside; return what it printed."""
        done = subprocess.run(
            self.words(name, *command), capture_output=True, text=True, check=False, env=boot.ENVIRONMENT
        )
        if check and done.returncode != 0:
            pytest.fail(f"{name}: {' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def snapshot(self, name: str, path: Path) -> None:
        # The overlay file system itself stamps a changed directory when it is first listed.
        self.inside(name, "find", "/", "-xdev", check=False)
        subprocess.run([str(LAB), "snapshot", name, str(path)], check=True, capture_output=True)

    def difference(self, before: Path, after: Path) -> str:
        done = subprocess.run([str(LAB), "diff", str(before), str(after)], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode else ""

    def command(self, name: str, *arguments: str, cwd: Path | None = None, **environment: str) -> Any:
        """Run one of Ansible's commands with the lab's inventory."""
        program = Path(sys.executable).with_name(name)
        return subprocess.run(
            [str(program), "-i", str(self.inventory), *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            cwd=cwd,
            env={**os.environ, "ANSIBLE_NOCOLOR": "1", **environment},
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )

    def module(self, hosts: str, module: str, *options: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run a module on hosts; return the result of each by name, with ``failed`` where Ansible said so."""
        given = ["-a", json.dumps(arguments)] if arguments else []
        done = self.command("ansible", hosts, "-m", module, *given, *options)
        results = {}
        for begin in re.finditer(r"^(\S+) \| (\S+) => (?=\{)", done.stdout, re.MULTILINE):
            results[begin[1]], _end = json.JSONDecoder().raw_decode(done.stdout, begin.end())
            results[begin[1]]["failed"] = begin[2] == "FAILED!"
        if not results:
            pytest.fail(f"{module} on {hosts} gave no result: {done.stdout}{done.stderr}")
        return results

    def playbook(self, name: str, *options: str, cwd: Path, **variables: Any) -> Any:
        """Run one of the collection's playbooks."""
        extra = ["-e", json.dumps(variables)] if variables else []
        return self.command("ansible-playbook", str(COLLECTION / "playbooks" / name), *extra, *options, cwd=cwd)
