# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the collecting script to a file, for machines that the controller cannot reach. Private to this collection."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits, compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import (
    compose_windows_file,
)
from ansible_collections.preflight.azure.plugins.plugin_utils import per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import JUDGE_ARGUMENTS, PreflightAction


class CollectorScriptAction(PreflightAction):
    """Writes the script; see the module documentation of C(collector_script)."""

    ARGUMENTS: ClassVar[dict[str, Any]] = {
        **JUDGE_ARGUMENTS,
        "dest": {"type": "path", "required": True},
        "platform": {"type": "str", "choices": ["linux", "windows"], "default": "linux"},
    }

    def answer(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Write the script where it is not there already."""
        platform = arguments["platform"]
        question = per_run.question(arguments, per_run.catalogue(arguments["catalogue"]), platform)
        script = compose_windows_file(question.reads, Limits()) if platform == "windows" else compose(question.reads)
        dest = Path(arguments["dest"])
        changed = not dest.exists() or dest.read_text(encoding="utf-8", errors="replace") != script
        if changed and not self.check_mode:
            dest.write_text(script, encoding="utf-8")
        return {"changed": changed, "dest": str(dest.absolute()), "reads": [read.key for read in question.reads]}
