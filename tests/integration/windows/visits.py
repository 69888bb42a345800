# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a task on many doubles at once, with the unmodified connections, and hands back what each host answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Variables = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """The result of every host, and all that was printed on the way."""

    results: Mapping[str, Variables]
    output: str


def run_module(
    hosts: Mapping[str, Variables], module: str, arguments: Variables, folder: Path, *options: str
) -> Answers:
    """Run one task of ``ansible`` on all hosts."""
    folder.mkdir(parents=True, exist_ok=True)
    inventory, tree = folder / "inventory.json", folder / "results"
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}))
    program = str(Path(sys.executable).with_name("ansible"))
    words = ["-i", str(inventory), "all", "-f", "8", "-m", module, "--tree", str(tree)]
    words += ["-a", json.dumps(arguments)] if arguments else []
    done = subprocess.run(
        [program, *words, *options],
        capture_output=True,
        text=True,
        env={**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0"},
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )
    output = done.stdout + done.stderr
    missing = [name for name in hosts if not (tree / name).exists()]
    assert not missing, f"no result of {missing}:\n{output[-5000:]}"
    return Answers({name: json.loads((tree / name).read_text(encoding="utf-8")) for name in hosts}, output)
