# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes every result of a run to a file, so that a test reads what a task returned and not what was printed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: results_in_files
type: aggregate
short_description: Write every result to a file
description: The folder is named by the environment variable RESULTS_IN_FILES.
author: preflight.azure contributors
"""


class CallbackModule(CallbackBase):
    """Writes ``HOST.TASK.json`` for every result."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "results_in_files"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, result: Any, **more: Any) -> None:
        host, task = result._host.get_name(), result._task.get_name()
        path = Path(os.environ["RESULTS_IN_FILES"]) / f"{host}.{task}.json"
        path.write_text(json.dumps({**result._result, **more}, default=str), encoding="utf-8")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result, failed=True)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result, unreachable=True)
