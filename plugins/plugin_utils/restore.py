# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoes what the journal of a machine tells. Private to this collection."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import (
    READS,
    JournalError,
    Record,
    parse_journal,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import (
    Restored,
    choose,
    compose_restores,
    foreign,
    parse_restores,
    seconds_needed,
)
from ansible_collections.preflight.azure.plugins.plugin_utils import per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.fix import GRACE_SECONDS
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake, PreflightAction
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import collect, recorded, run_script
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import ScriptTooLong, VisitError


class RestoreAction(PreflightAction):
    """Undoes one fix, one run, or all; see the module documentation of C(restore)."""

    ARGUMENTS: ClassVar[dict[str, Any]] = {
        "fix": {"type": "str"},
        "run": {"type": "str"},
        "force": {"type": "bool", "default": False},
        "timeout_seconds": {"type": "int", "default": 300},
    }

    def answer(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Return what was undone, or in check mode what would be."""
        if arguments["fix"] is not None and arguments["fix"] not in FIXES:
            raise Mistake(f"fix: expected one of {', '.join(FIXES)}, found {arguments['fix']!r}")
        try:
            recording, _text = collect(self, READS)
        except VisitError as error:
            return {"unreachable": True, "msg": str(error)}
        try:
            records = choose(
                parse_journal(recording),
                arguments["fix"],
                arguments["run"],
                over_ssh="ssh" in str(self._connection.transport),
            )
        except JournalError as error:
            raise Mistake(str(error)) from error
        known = [record for record in records if record.fix in FIXES]
        if self.check_mode:
            foreseen = [Restored(record, "planned", "") for record in known]
            return _result(foreseen + foreign(records))
        try:
            return _result((self._undone(known, arguments) if known else []) + foreign(records))
        except VisitError as error:
            message = f"{error}. What the machine undid stands in its journal; run again."
            return {"failed": True, "msg": message}

    def _undone(self, records: list[Record], arguments: dict[str, Any]) -> list[Restored]:
        seconds = arguments["timeout_seconds"]
        script = compose_restores(records, per_run.RUN, force=arguments["force"], timeout_seconds=seconds)
        try:
            visit = run_script(self, script, timeout_seconds=seconds_needed(records, seconds) + GRACE_SECONDS)
        except ScriptTooLong:
            half = len(records) // 2
            if not half:
                raise
            return self._undone(records[:half], arguments) + self._undone(records[half:], arguments)
        recording, _text = recorded(visit)
        return parse_restores(recording, records)


def _result(restored: list[Restored]) -> dict[str, Any]:
    moved = [each for each in restored if each.state in ("restored", "planned", "running")]
    result: dict[str, Any] = {
        "changed": bool(moved),
        "restored": [each.as_json() for each in restored],
        "diff": [
            {
                "before_header": f"{each.record.fix} (record {each.record.number}, run {each.record.run})",
                "after_header": each.record.fix,
                "before": f"{each.record.after}\n",
                "after": f"{each.record.before}\n",
            }
            for each in moved
        ],
    }
    left = [each for each in restored if each.state in ("refused", "failed", "running")]
    if left:
        told = "; ".join(
            f"record {each.record.number}, {each.record.fix}: {each.state}: {each.reason}" for each in left
        )
        result.update(failed=True, msg=f"{len(left)} of {len(restored)} changes were not undone: {told}")
    return result
