# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a read for real, by every shell of this machine, with other files in the place of the machine's own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, parse

#: The shells that can be /bin/sh on a machine, as far as this one has them.
SHELLS = [
    shell
    for shell in (["dash"], ["bash", "--posix"], ["ksh"], ["mksh"], ["busybox", "sh"])
    if shutil.which(shell[0]) is not None
]


def carry_out(
    read: Read, shell: list[str], moved: Mapping[str, str | Path], *, unprivileged: bool = False
) -> tuple[Answer, str]:
    """Return the answer, and the text with the machine's own paths put back; ``moved`` says what stands for what."""
    ours = re.compile("|".join(map(re.escape, moved)))
    script = ours.sub(lambda found: str(moved[found[0]]), compose([read]))
    user = 65534 if unprivileged and os.geteuid() == 0 else None
    done = subprocess.run(
        [*shell, "-s"], input=script.encode(), capture_output=True, check=True, timeout=60, user=user, cwd="/"
    )
    (answer,) = parse(done.stdout).answers.values()
    text = answer.text
    for path, place in moved.items():
        text = text.replace(str(place), path)
    return answer, text
