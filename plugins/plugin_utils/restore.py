# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoes what the journal of a machine tells. Private to this collection."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES, safeties
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.record import JournalError, Record
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import Restored, choose, foreign
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo_windows import states_told
from ansible_collections.preflight.azure.plugins.plugin_utils import changing
from ansible_collections.preflight.azure.plugins.plugin_utils.diff import difference
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake, PreflightAction
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import platform_of
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError


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
        if arguments["fix"] is not None and arguments["fix"] not in safeties():
            raise Mistake(f"fix: expected one of {', '.join(safeties())}, found {arguments['fix']!r}")
        platform = platform_of(self)
        # The rights by which a Windows machine is reached over the network may be what is undone.
        over_network = platform == "windows" or "ssh" in str(self._connection.transport)
        try:
            journal = changing.read_journal(self)
        except VisitError as error:
            return {"unreachable": True, "msg": str(error)}
        except JournalError as error:
            raise Mistake(str(error)) from error
        chosen = choose(journal, FIXES[platform], arguments["fix"], arguments["run"], over_network=over_network)
        records = [record for record in chosen if record.fix in FIXES[platform]]
        others = foreign(chosen, FIXES[platform])
        if self.check_mode:
            return _result([Restored(record, "planned", "") for record in records] + others)
        if not records:
            return _result(others)
        seconds = arguments["timeout_seconds"]
        try:
            undone = changing.unmake(self, records, force=arguments["force"], timeout_seconds=seconds)
        except VisitError as error:
            message = f"{error}. What the machine undid stands in its journal; run again."
            return {"failed": True, "msg": message}
        return _result(undone + others)


def _result(restored: list[Restored]) -> dict[str, Any]:
    moved = [each for each in restored if each.state in ("restored", "planned", "running")]
    result: dict[str, Any] = {
        "changed": bool(moved),
        "restored": [each.as_json() for each in restored],
        "diff": [difference(_header(each.record), *states_told(each.record)) for each in moved],
    }
    left = [each for each in restored if each.state in ("refused", "failed", "running")]
    if left:
        told = "; ".join(
            f"record {each.record.number}, {each.record.fix}: {each.state}: {each.reason}" for each in left
        )
        result.update(failed=True, msg=f"{len(left)} of {len(restored)} changes were not undone: {told}")
    return result


def _header(record: Record) -> str:
    return f"{record.fix} (record {record.number}, run {record.run})"
