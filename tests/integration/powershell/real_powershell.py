# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs scripts on a real PowerShell, whose command line stands in PREFLIGHT_PWSH, for example
``powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass``, or a wrapper around one."""

from __future__ import annotations

import base64
import os
import shlex
import subprocess
from functools import cache

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording, parse
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_bootstrap import (
    BOOTSTRAP,
)

POWERSHELL = shlex.split(os.environ.get("PREFLIGHT_PWSH", ""))


@cache
def why_not() -> str:
    """Return why the scripts cannot be tried here; empty where they can."""
    if not POWERSHELL:
        return "PREFLIGHT_PWSH holds no command line of a PowerShell"
    words = [*POWERSHELL, "-Command", "[Environment]::OSVersion.Platform"]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
    return "" if "Win32NT" in done.stdout else f"the library needs Windows, found {done.stdout}{done.stderr}"


needs_powershell = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")


def send(script: str) -> Recording:
    """Send a script as winrm would: the bootstrap as an encoded command, the script on standard input."""
    encoded = base64.b64encode(BOOTSTRAP.encode("utf-16-le")).decode()
    done = subprocess.run(
        [*POWERSHELL, "-EncodedCommand", encoded],
        input=script.encode("ascii"),
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    recording = parse(done.stdout.replace(b"\r", b""))
    assert recording.complete
    return recording
