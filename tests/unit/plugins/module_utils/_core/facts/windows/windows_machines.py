# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of Windows machines, as ``windows.ps1`` gives them, for the tests of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, Recording, Status


def recording(answers: Mapping[Read, Iterable[str] | Status | int], *, user: int = 0) -> Recording:
    """Return a recording: lines of each answer, why there is none, or the exit code of a read that failed."""
    return Recording(
        {read.key: _answer(read.key, said, user) for read, said in answers.items()},
        platform="windows",
        user=user,
        complete=True,
    )


def _answer(key: str, said: Iterable[str] | Status | int, user: int) -> Answer:
    if isinstance(said, Status):
        return Answer(key, said, privileged=user == 0)
    if isinstance(said, int):
        return Answer(key, Status.ANSWERED, "Invalid class\n", said, privileged=user == 0)
    return Answer(key, Status.ANSWERED, "".join(f"{line}\n" for line in said), 0, privileged=user == 0)
