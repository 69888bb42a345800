# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fix called alone: probe, plan, apply, each at most once. Private to this collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.changes import (
    compose_changes,
    parse_changes,
    seconds_needed,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import (
    DEFAULT_SECONDS,
    FixResult,
    Plan,
    Planned,
    Refusal,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from ansible_collections.preflight.azure.plugins.plugin_utils import per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import PreflightAction
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import collect, recorded, run_script
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError

_PROBE_SECONDS = 120
#: How much longer than the machine's own limit the connection is kept.
GRACE_SECONDS = 30


def probe(action: PreflightAction, needs: Sequence[str]) -> Facts:
    """Visit the machine and return the facts that plans need.

    Raises:
        VisitError: there was no visit.
    """
    selection = select(needs, SUBJECTS)
    recording, _text = collect(action, selection.reads, timeout_seconds=_PROBE_SECONDS)
    return assemble(recording, selection.subjects)


def fix_arguments(name: str) -> dict[str, Any]:
    """Return the argument specification of a fix."""
    return {
        "state": {"type": "str", "choices": ["present"], "default": "present"},
        "timeout_seconds": {"type": "int", "default": DEFAULT_SECONDS},
        **FIXES[name].options,
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
        try:
            planned = self._planned(arguments)
        except VisitError as error:
            return {"unreachable": True, "msg": str(error)}
        if not isinstance(planned, Plan) or self.check_mode:
            return self._foreseen(planned)
        try:
            return self._result(self._made(planned))
        except VisitError as error:
            return {
                "failed": True,
                "msg": f"{self.FIX}: {error}. What the machine did stands in its journal; run again.",
            }

    def _planned(self, arguments: dict[str, Any]) -> Planned:
        fix = FIXES[self.FIX]
        return fix.plan(probe(self, fix.needs + fix.wishes), arguments, {})

    def _made(self, plan: Plan) -> FixResult:
        script = compose_changes([plan], per_run.RUN, per_run.catalogue(()).version)
        visit = run_script(self, script, timeout_seconds=seconds_needed([plan]) + GRACE_SECONDS)
        recording, _text = recorded(visit)
        return parse_changes(recording, [plan])[0]

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
            "diff": {"before": made.before, "after": after, "before_header": self.FIX, "after_header": self.FIX},
            "journal": made.journal,
            "reason": made.reason,
        }
        if made.log:
            result["log"] = list(made.log)
        if not made.succeeded and made.state != "planned":
            result.update(failed=True, msg=f"{self.FIX}: {made.state}: {made.reason}")
        return result
