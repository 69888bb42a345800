# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command with a time limit, and say what went wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any


class LabError(Exception):
    """The lab cannot do what was asked; the message says why and what to do."""


class LeftOut(LabError):
    """This machine cannot carry a lab."""


def run(command: Sequence[object], *, stdin: str | None = None, limit: float = 60, check: bool = True) -> str:
    """Run a command; its standard output, or a LabError with what it printed."""
    words = [str(word) for word in command]
    how: dict[str, Any] = {"capture_output": True, "text": True, "errors": "replace", "timeout": limit}
    try:
        done = subprocess.run(words, input=stdin or "", check=False, **how)
    except subprocess.TimeoutExpired:
        raise LabError(f"{' '.join(words)[:200]}: no end after {limit:g} s; look at the machine's load") from None
    except FileNotFoundError:
        raise LabError(f"{words[0]} is not installed; run `lab up`, which installs what it needs") from None
    if check and done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-1500:]
        raise LabError(f"{' '.join(words)[:200]}: exit code {done.returncode}: {said}")
    return str(done.stdout)


def say(text: str) -> None:
    """Tell the person at the terminal; standard output is kept for results."""
    print(text, file=sys.stderr, flush=True)
