# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects the facts of one machine. Private to this collection."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import SUBJECTS, USUAL
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import UnknownFactError, select
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import (
    VISIT_ARGUMENTS,
    Mistake,
    PreflightAction,
)
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import collect, platform_of
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError


class MachineInfoAction(PreflightAction):
    """Collects facts; see the module documentation of C(machine_info)."""

    ARGUMENTS: ClassVar[dict[str, Any]] = {**VISIT_ARGUMENTS, "subjects": {"type": "list", "elements": "str"}}

    def answer(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Return the facts and why the missing ones are missing."""
        wanted = arguments["subjects"]
        platform = platform_of(self)
        try:
            selection = select(USUAL[platform] if wanted is None else wanted, SUBJECTS[platform])
        except UnknownFactError as error:
            raise Mistake(f"subjects: {error}") from error
        try:
            recording, _text = collect(self, selection.reads, timeout_seconds=arguments["timeout_seconds"])
        except VisitError as error:
            return {"unreachable": True, "msg": str(error), "error": {"kind": error.kind, "message": error.message}}
        facts = assemble(recording, selection.subjects)
        return {"facts": facts.tree, "unknown": facts.reasons}
