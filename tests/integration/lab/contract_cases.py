# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every fix must do on every host: apply once, be restored, survive being killed and being run twice at once.

``look`` is the other tool: it returns what stands on the host, by the host's own programs, so that two looks can be
compared. A fix is planned here as an action plans it: from facts that were collected on the host.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Planned, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from fix_hosts import KILL_EVERY, Host, before_every_step

Look = Callable[[], Any]
Options = Mapping[str, Any]
_NOTHING: Options = MappingProxyType({})


def planned(host: Host, fix: str, options: Options = _NOTHING, settings: Options = _NOTHING) -> Planned:
    """Plan a fix from what the host is now."""
    selection = select(FIXES["linux"][fix].needs + FIXES["linux"][fix].wishes, SUBJECTS)
    facts = assemble(host.send(compose(selection.reads)), selection.subjects)
    return FIXES["linux"][fix].plan(facts, options, settings)


def plan_of(host: Host, fix: str, options: Options = _NOTHING, settings: Options = _NOTHING) -> Plan:
    """Plan a fix that has something to do."""
    found = planned(host, fix, options, settings)
    if not isinstance(found, Plan):
        pytest.fail(f"{host.name}: expected a plan of {fix}, found {found}")
    return found


def files(host: Host, *paths: str) -> str:
    """Content, mode, owner and modification time of files and links, and which of them do not exist."""
    named = " ".join(shlex.quote(path) for path in paths)
    return host.shell(
        f"for f in {named}; do if [ -L $f ]; then echo $f '->' $(readlink $f); elif [ -e $f ]; then "
        "stat -c '%n %F %a %u %g %s %y' $f; [ -d $f ] || sha256sum <$f; else echo no $f; fi; done"
    )


def applies_and_restores(host: Host, plan: Plan, replan: Callable[[], Planned], look: Look) -> None:
    """First run changes, second does not, restore brings everything back, a second restore does nothing."""
    before = look()
    first = host.apply(f"first-{time.time_ns()}", plan=plan)
    assert first.state == "applied", first
    assert look() != before
    again = replan()
    assert isinstance(again, Unchanged), again
    assert host.apply(f"second-{time.time_ns()}", plan=plan).state == "unchanged"
    restored = host.restore()
    assert [each.state for each in restored] == ["restored"], restored
    assert look() == before
    assert host.restore() == []


def survives_two_runs_at_once(host: Host, plan: Plan, look: Look) -> None:
    """One run changes, the others wait and find it done."""
    before = look()
    runs = [f"at-once-{number}-{time.time_ns()}" for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda run: host.apply(run, plan=plan), runs))
    assert sorted(each.state for each in results) == ["applied", "unchanged", "unchanged"], results
    host.put_back()
    assert look() == before


def survives_being_killed(
    host: Host,
    plan: Plan,
    look: Look,
    *,
    first_step: int = 0,
    every: int = KILL_EVERY,
    functions: Sequence[str] = (),
    replan: Callable[[], Planned] | None = None,
) -> None:
    """Killed before a step of applying or of undoing, it leaves the old state or a record that restores it.

    Args:
        functions: limits the steps to those of shell functions with these beginnings.
        replan: plans anew, for a fix of several parts that may be killed between them.
    """
    before = look()
    for function in ("apply_change", "undo_change"):
        for number, step in enumerate(_steps(host, plan, function, functions)[first_step::every]):
            run = f"kill-{number}-{time.time_ns()}"
            # systemd starts no unit more than five times in ten seconds.
            host.shell("systemctl reset-failed >/dev/null 2>&1 || :")
            kill = before_every_step(function, f'[ "$1" != {step} ] || kill -9 $step_pid')
            if function == "apply_change":
                killed = host.apply(run, edit=kill, shell=("bash",), plan=plan)
                assert killed.state != "applied" or step.startswith("conclude:"), step
                if number % 2:
                    assert _again(host, run, plan, replan) in ("applied", "unchanged", "already_done"), step
            else:
                made = host.apply(run, plan=plan)
                assert made.state == "applied", (step, made.reason)
                host.restore(edit=kill, shell=("bash",))
            if look() != before:
                assert [record for record in host.records() if record.state != "restored"], step
            host.put_back()
            assert look() == before, step
            assert all(record.state == "restored" for record in host.records()), step


def _again(host: Host, run: str, plan: Plan, replan: Callable[[], Planned] | None) -> str:
    if replan is None:
        return host.apply(run, plan=replace(plan)).state
    for _attempt in range(10):  # what was killed may have left a program at work
        found = replan()
        state = host.apply(run, plan=found).state if isinstance(found, Plan) else "unchanged"
        if state != "refused":
            break
        time.sleep(0.3)
    return state


def _steps(host: Host, plan: Plan, function: str, beginnings: Sequence[str]) -> list[str]:
    """Return the steps ("function:line") of one whole run, each once."""
    note = before_every_step(function, 'echo "$1" >>/run/steps')
    host.shell("rm -f /run/steps")
    host.apply(f"steps-{time.time_ns()}", edit=note if function == "apply_change" else str, shell=("bash",), plan=plan)
    host.restore(edit=note if function == "undo_change" else str, shell=("bash",))
    host.put_back()
    steps = list(dict.fromkeys(host.shell("cat /run/steps").split()))
    assert len(steps) > 20, f"{function} took {len(steps)} steps only"
    return [step for step in steps if not beginnings or step.startswith(tuple(beginnings))]
