# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applies all allowed fixes of one machine in one visit and judges it again. Private to this collection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.choose import permission_problems
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES, safeties
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.steps import (
    Step,
    choices,
    fix_record,
    plan_steps,
    verdicts_after,
    with_permissions,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.report.document import (
    MACHINE_FORMAT,
    FixRecord,
    Machine,
)
from ansible_collections.preflight.azure.plugins.plugin_utils import changing, per_run
from ansible_collections.preflight.azure.plugins.plugin_utils.audit import AuditAction, summary
from ansible_collections.preflight.azure.plugins.plugin_utils.controller_files import with_content
from ansible_collections.preflight.azure.plugins.plugin_utils.diff import difference
from ansible_collections.preflight.azure.plugins.plugin_utils.fix import fix_arguments
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import (
    JUDGE_ARGUMENTS,
    OUTPUT_ARGUMENTS,
    VISIT_ARGUMENTS,
    Mistake,
)
from ansible_collections.preflight.azure.plugins.plugin_utils.secret_arguments import mistakes
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import platform_of
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError


class RemediateAction(AuditAction):
    """Repairs one machine; see the module documentation of C(remediate)."""

    ARGUMENTS: ClassVar[dict[str, Any]] = {
        **VISIT_ARGUMENTS,
        **JUDGE_ARGUMENTS,
        **OUTPUT_ARGUMENTS,
        "audit": {"type": "path"},
        "allow": {"type": "list", "elements": "str", "default": []},
        "allow_weakening": {"type": "list", "elements": "str", "default": []},
        "fix_options": {"type": "dict", "default": {}},
    }

    def answer(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Plan; outside of check mode apply, and judge again."""
        problems = permission_problems(safeties(), arguments["allow"], arguments["allow_weakening"])
        if problems:
            raise Mistake("; ".join(problems))
        options = _options(with_permissions(arguments["fix_options"], arguments["allow"]))
        document = self._audited(arguments, variables)
        if document["error"] is not None and not document["findings"]:
            return {"unreachable": True, "msg": document["error"]["message"], **summary(document, None)}
        chosen = choices(document, arguments["allow"], arguments["allow_weakening"])
        fixes = FIXES[platform_of(self)]
        options = {name: with_content(self, fixes[name], given) for name, given in options.items() if name in fixes}
        settings = arguments["settings"]
        wishes = [
            changing.Wish(fixes[choice.fix], options.get(choice.fix, {}), settings)
            for choice in chosen
            if choice.allowed and choice.fix in fixes
        ]
        try:
            facts = changing.probe(self, wishes) if wishes else Facts()
        except VisitError as error:
            return {"unreachable": True, "msg": str(error), **summary(document, None)}
        steps = plan_steps(chosen, fixes, facts, options, settings)
        plans = [step.planned for step in steps if isinstance(step.planned, Plan)]
        if self.check_mode or not plans:
            document["fixes"] = [fix_record(step, None) for step in steps]
            document["verdicts"] = verdicts_after(document)
            result = summary(document, self.written(arguments, document))
            result.update(changed=bool(plans), diff=_diff(plans))
            return {**result, "fixes": document["fixes"]}
        return self._repaired(arguments, variables, document, steps, plans)

    def _audited(self, arguments: dict[str, Any], variables: dict[str, Any]) -> Machine:
        """Return the machine's document: that of the audit before, or of an audit now."""
        if arguments["audit"]:
            document = _read_audit(arguments["audit"], self.machine_name(variables))
            arguments.update({name: document[name] for name in ("scenario", "machine", "baseline")})
            return document
        known = per_run.catalogue(arguments["catalogue"])
        return self.audit(arguments, variables, per_run.question(arguments, known, self._platform(arguments)), known)[0]

    def _repaired(
        self,
        arguments: dict[str, Any],
        variables: dict[str, Any],
        before: Machine,
        steps: Sequence[Step],
        plans: Sequence[Plan],
    ) -> dict[str, Any]:
        """Make the changes, judge again, and say what became of what."""
        try:
            made = changing.make(self, plans, before["catalogue"]["version"], arguments["timeout_seconds"])
        except VisitError as error:
            told = f"{error}; what was changed stands in the journal on the machine: audit it again"
            before["fixes"] = [_broken_off(fix_record(step, None), told) for step in steps]
            self.written(arguments, before)
            return {"unreachable": True, "msg": told, "error": {"kind": error.kind, "message": told}}
        results = {result.fix: result for result in made}
        known = per_run.catalogue(arguments["catalogue"])
        document, _failed = self.audit(
            arguments, variables, per_run.question(arguments, known, self._platform(arguments)), known
        )
        document["fixes"] = [fix_record(step, results.get(step.choice.fix)) for step in steps]
        document["verdicts"] = verdicts_after(document)
        document["before"] = {
            "verdicts": before["verdicts"],
            "findings": {
                finding["id"]: {name: outcome["status"] for name, outcome in finding["baselines"].items()}
                for finding in before["findings"]
            },
        }
        result = summary(document, self.written(arguments, document))
        result.update(
            changed=any(each.changed for each in results.values()),
            diff=_diff([plan for plan in plans if results[plan.fix].changed]),
            fixes=document["fixes"],
            journal=[each.journal for each in results.values() if each.journal],
        )
        failed = [f"{each.fix}: {each.reason}" for each in results.values() if each.state == "failed"]
        if failed:
            result.update(failed=True, msg="expected every planned fix to hold, found " + "; ".join(failed))
        result["warnings"] = [
            f"{each.fix} {each.state}: {each.reason}"
            for each in results.values()
            if each.state in ("refused", "running")
        ]
        return result


def _options(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the options of every fix with their defaults.

    Raises:
        Mistake: there is no such fix or option, or a value is not what the fix takes.
    """
    found = {}
    for name, options in given.items():
        if name not in safeties():
            raise Mistake(f"fix_options: expected names of fixes ({', '.join(safeties())}), found {name!r}")
        if not isinstance(options, dict):
            raise Mistake(f"fix_options: expected a mapping of options for {name}, found {type(options).__name__}")
        arguments = fix_arguments(name)
        wrong = mistakes(arguments, options)
        if wrong:
            raise Mistake(f"fix_options: {name}: {'; '.join(wrong)}")
        checked = ArgumentSpecValidator(arguments).validate(options)
        if checked.error_messages:
            raise Mistake(f"fix_options: {name}: {'; '.join(checked.error_messages)}")
        found[name] = checked.validated_parameters
    return found


def _broken_off(record: FixRecord, told: str) -> FixRecord:
    """Return what is known of a fix when the visit that was to make it broke off."""
    return {**record, "state": "failed", "reason": told} if record["state"] == "planned" else record


def _diff(plans: Sequence[Plan]) -> list[dict[str, str]]:
    return [difference(plan.fix, plan.before, plan.after) for plan in plans]


def _read_audit(path: str, name: str) -> Machine:
    """Read the document that an audit wrote.

    Raises:
        Mistake: there is none, it is of another machine, or nobody visited the machine for it.
    """
    try:
        document = json.loads(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise Mistake(f"audit: expected the file of a machine as an audit wrote it, found {path!r}: {error}") from error
    if not isinstance(document, dict) or document.get("format") != MACHINE_FORMAT or document.get("name") != name:
        raise Mistake(
            f"audit: expected a document {MACHINE_FORMAT} of {name}, found another in {path!r}; audit it first"
        )
    if document["origin"]["kind"] != "collected":
        raise Mistake(f"audit: {path!r} was judged from a recording; audit the machine itself before it is changed")
    return cast(Machine, document)
