# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a local administrator for the push installation of the Mobility service. Private to this collection."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from ...facts.fact import Facts, Json
from ..contract import Fix, Plan, Planned, Refusal, Unchanged
from . import states
from .account_rules import name_problem, password_problem
from .thing import Change, Thing

_NAME = "preflight-push"
_ADMINISTRATORS = "S-1-5-32-544"
_ABSENT, _PRESENT = "absent", "present"
#: As ``account_state.ps1`` tells of an account that was made there.
MADE = "enabled, password never expires, made by preflight.azure"
_OURS = ", made by preflight.azure"


def _name(options: Mapping[str, Json], settings: Mapping[str, Json]) -> Json:
    given = options.get("account_name")
    return settings.get("push_account") or _NAME if given is None else given


def _things(options: Mapping[str, Json], settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    name = _name(options, settings)
    return () if name_problem(name) else (_account(name), _member(name))


def _account(name: Json) -> Thing:
    return Thing("account", str(name))


def _member(name: Json) -> Thing:
    return Thing("group_member", f"{_ADMINISTRATORS}|{name}")


def _owns(thing: Thing, state: str) -> bool:
    """Whether the fix can have made this: it begins with no account, and the machine deletes none but its own."""
    name = thing.name.removeprefix(f"{_ADMINISTRATORS}|")
    return state == _ABSENT and thing in (_account(name), _member(name)) and not name_problem(name)


def _plan(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> Planned:
    name = _name(options, settings)
    problem = name_problem(name)
    if problem:
        return Refusal(problem)
    if _is_domain_controller(facts):
        return Refusal(
            "a domain controller has no accounts of its own; install with an account of the domain, and set"
            " push_with_domain_account"
        )
    try:
        account, member = (states.state_of(facts, thing) for thing in (_account(name), _member(name)))
    except states.StateUnknown as error:
        return error.refusal
    if account == _ABSENT:
        return _made(str(name), options)
    if not account.startswith("enabled"):
        return Refusal(f"the account {name} is disabled; enable it by hand, or choose another account_name")
    if member == _PRESENT:
        told = f"the account {name} is an administrator already; its password was not looked at"
        return Unchanged({str(_account(name)): account, str(_member(name)): member}, told)
    if not account.endswith(_OURS):
        return Refusal(
            f"there is an account {name} that is no administrator and was not made by this fix; it is left alone, for"
            " its password could not be put back: choose another account_name"
        )
    return _planned((Change(_member(name), member, _PRESENT),), (), options)


def _is_domain_controller(facts: Facts) -> bool:
    found = facts.tree.get("os")
    return isinstance(found, dict) and found.get("domain_controller") is True


def _made(name: str, options: Mapping[str, Json]) -> Planned:
    password = options.get("account_password")
    if not isinstance(password, str) or not password:
        return Refusal(f"there is no account {name}, and making it needs a password; give account_password")
    problem = password_problem(password, name)
    if problem:
        return Refusal(f"Windows does not take what account_password is: {problem}; choose another one")
    made = (Change(_account(name), _ABSENT, MADE, (0,)), Change(_member(name), _ABSENT, _PRESENT))
    return _planned(made, (b64encode(password.encode()).decode("ascii"),), options)


def _planned(made: tuple[Change, ...], secrets: tuple[str, ...], options: Mapping[str, Json]) -> Plan:
    return states.plan_of(
        "push_account", ("no such administrator", "a local administrator"), made, options, secrets=secrets
    )


FIX = Fix(
    name="push_account",
    safety="weakening",
    why="makes an administrator whose password opens the machine to whoever learns it, until it is restored",
    needs=("os.domain_controller",),
    scripts=("account_state.ps1", "group_member_state.ps1"),
    planner=_plan,
    options={
        "account_name": {"type": "str"},
        "account_password": {"type": "str", "no_log": True},
    },
    platform="windows",
    things=_things,
    owns=_owns,
    makes=lambda change: change.after in (MADE, _PRESENT),
)
