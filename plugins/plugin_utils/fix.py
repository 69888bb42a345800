# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fix called alone: probe, plan, apply, each at most once. Private to this collection."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import (
    DEFAULT_SECONDS,
    FixResult,
    Plan,
    Planned,
    Refusal,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES, variants
from ansible_collections.preflight.azure.plugins.plugin_utils import changing, per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.controller_files import with_content
from ansible_collections.preflight.azure.plugins.plugin_utils.diff import difference
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import PreflightAction
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import platform_of
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError


def fix_arguments(name: str) -> dict[str, Any]:
    """Return the argument specification of a fix, for every platform that has one of this name."""
    options = {key: value for fix in variants(name) for key, value in fix.options.items()}
    return {
        "state": {"type": "str", "choices": ["present"], "default": "present"},
        "timeout_seconds": {"type": "int", "default": DEFAULT_SECONDS},
        **options,
    }


class FixAction(PreflightAction):
    """The base of every fix's action, which only names the fix and its options."""

    FIX: ClassVar[str]

    @property
    def arguments(self) -> dict[str, Any]:
        """What all fixes take, and what this one does."""
        return fix_arguments(self.FIX)

    def answer(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Return what was done, or in check mode what would be."""
        platform = platform_of(self)
        if self.FIX not in FIXES[platform]:
            return {"failed": True, "changed": False, "msg": self._elsewhere(platform)}
        try:
            fix = FIXES[platform][self.FIX]
            wish = changing.Wish(fix, with_content(self, fix, arguments))
            planned = fix.plan(changing.probe(self, [wish]), wish.options, {})
        except VisitError as error:
            return {"unreachable": True, "msg": str(error)}
        if not isinstance(planned, Plan) or self.check_mode:
            return self._foreseen(planned)
        try:
            return self._result(changing.make(self, [planned], per_run.catalogue(()).version)[0])
        except VisitError as error:
            return {
                "failed": True,
                "msg": f"{self.FIX}: {error}. What the machine did stands in its journal; run again.",
            }

    def _elsewhere(self, platform: str) -> str:
        wanted = " and ".join(fix.platform.capitalize() for fix in variants(self.FIX))
        return (
            f"{self.FIX}: this fix is for {wanted}, and the connection of this machine is one to"
            f" {platform.capitalize()}; leave the machine out, or correct its ansible_connection and ansible_shell_type"
        )

    def _foreseen(self, planned: Planned) -> dict[str, Any]:
        if isinstance(planned, Refusal):
            return self._result(FixResult(self.FIX, "refused", planned.reason, None, None))
        if isinstance(planned, Plan):
            return self._result(FixResult(self.FIX, "planned", "", planned.before, planned.after))
        return self._result(FixResult(self.FIX, "unchanged", planned.reason, planned.state, planned.state))

    def _result(self, made: FixResult) -> dict[str, Any]:
        after = made.after if made.succeeded or made.state == "planned" else made.before
        result: dict[str, Any] = {
            "changed": made.changed or made.state == "planned",
            "state": made.state,
            "before": made.before,
            "after": after,
            "diff": difference(self.FIX, made.before, after),
            "journal": made.journal,
            "reason": made.reason,
        }
        if made.log:
            result["log"] = list(made.log)
        if not made.succeeded and made.state != "planned":
            result.update(failed=True, msg=f"{self.FIX}: {made.state}: {made.reason}")
        return result
