# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import hashlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import push_account
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.push_account import FIX, MADE
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Thing
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_push_account import (
    CASES,
    GROUP,
    HALF_DONE,
    MARK,
    PASSWORD,
    SID,
    server,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    plan,
    restore,
    script_of,
    without_journal,
)

_ACCOUNT = "account preflight-push"
_MEMBER = f"group_member {GROUP}|preflight-push"

_GIVEN = {"account_password": PASSWORD}


def _planned(model: dict[str, Any], options: Mapping[str, Any] | None = None) -> Any:
    return plan(Case(FIX, model, _GIVEN if options is None else options), model)


def _made() -> tuple[Case, dict[str, Any]]:
    case = CASES["no account"]
    model = case.machine()
    assert apply(case, model, plan(case, model)).state == "applied"
    return case, model


def test_account_is_made_with_the_password_and_put_into_the_group() -> None:
    _case, model = _made()
    made = model["accounts"]["preflight-push"]
    assert made["password_sha256"] == hashlib.sha256(PASSWORD.encode()).hexdigest()
    assert (made["enabled"], made["password_expires"]) == (True, False)
    assert [sid for sid, _path in model["groups"][GROUP]] == [f"{SID}-500", made["sid"]]


def test_setting_names_the_account_unless_an_option_does() -> None:
    settings = {"push_account": "asr-push"}
    for options, name in ((_GIVEN, "asr-push"), ({**_GIVEN, "account_name": "other"}, "other")):
        case = Case(FIX, server(), options, settings)
        planned = plan(case, case.machine())
        assert isinstance(planned, Plan)
        assert [change.thing.name for change in planned.changes] == [name, f"{GROUP}|{name}"]


def test_states_before_and_after_are_told() -> None:
    planned = _planned(server())
    assert planned.before == {_ACCOUNT: "absent", _MEMBER: "absent"}
    assert planned.after == {_ACCOUNT: MADE, _MEMBER: "present"}


def test_script_and_planner_mean_the_same_states() -> None:
    script = Path(inspect.getfile(push_account)).with_name("account_state.ps1").read_text(encoding="ascii")
    assert f"$account_made = '{MADE}'" in script
    assert f"$account_mark = '{MARK}'" in script


def test_password_is_in_the_data_of_the_script_and_nowhere_else() -> None:
    for case in CASES.values():
        model = case.machine()
        planned = plan(case, model)
        assert isinstance(planned, Plan)
        password = str(case.options["account_password"])
        hidden = (password, base64.b64encode(password.encode()).decode(), json.dumps(password)[1:-1])
        lines = script_of(case, planned, "run-1").splitlines()
        count = int(lines[0])
        assert lines[count + 1 :] == [hidden[1]]
        made = apply(case, model, planned)
        for told in ("\n".join(lines[: count + 1]), repr(planned), repr(made), repr(model)):
            assert not [word for word in hidden if word in told]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "give account_password"),
        ({"account_password": ""}, "give account_password"),
        ({"account_password": "aB3$"}, "6 to 127 printable characters"),
        ({"account_password": "onlysmall1"}, "three of these"),
        ({"account_password": "Preflight-Push1"}, "the name of the account"),
        ({"account_password": PASSWORD, "account_name": "a/b"}, "not allowed are '/'"),
        ({"account_password": PASSWORD, "account_name": "x" * 21}, "of 1 to 20 characters"),
        ({"account_password": PASSWORD, "account_name": ""}, "of 1 to 20 characters"),
        ({"account_password": PASSWORD, "account_name": "a\nb"}, "not allowed are"),
        ({"account_password": PASSWORD, "account_name": "..."}, "full stop"),
    ],
)
def test_what_windows_would_not_take_is_refused_before_it_is_sent(options: dict[str, Any], told: str) -> None:
    refused = _planned(server(), options)
    assert isinstance(refused, Refusal)
    assert told in refused.reason
    if options.get("account_password"):
        assert options["account_password"] not in refused.reason


def test_domain_controller_is_refused() -> None:
    refused = _planned(server(kind=2))
    assert isinstance(refused, Refusal)
    assert "domain controller" in refused.reason


def test_account_that_is_an_administrator_already_is_left_alone() -> None:
    found = _planned(server(), {"account_name": "administrator"})
    assert isinstance(found, Unchanged)
    assert "its password was not looked at" in found.reason


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ({"sid": f"{SID}-1001"}, "it is left alone"),
        ({"sid": f"{SID}-1001", "enabled": False}, "is disabled"),
        ({"sid": f"{SID}-1001", "description": HALF_DONE["preflight-push"]["description"]}, "it is left alone"),
    ],
)
def test_account_of_somebody_else_is_refused(account: dict[str, Any], told: str) -> None:
    refused = _planned(server(accounts={"Preflight-Push": account}))
    assert isinstance(refused, Refusal)
    assert told in refused.reason


def test_account_of_a_run_that_was_interrupted_is_only_put_into_the_group() -> None:
    planned = _planned(server(accounts=HALF_DONE))
    assert isinstance(planned, Plan)
    assert (planned.before, planned.after, planned.secrets) == ({_MEMBER: "absent"}, {_MEMBER: "present"}, ())


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"password_policy": {"length": 30}}, "the policy of this machine refuses the password"),
        ({"group_names": ["Preflight-Push"]}, "is taken by an account or a group"),
    ],
)
def test_what_windows_refuses_is_named_and_nothing_is_left(part: dict[str, Any], told: str) -> None:
    case = Case(FIX, server(**part), _GIVEN)
    model = case.machine()
    failed = apply(case, model, plan(case, model))
    assert failed.state == "failed"
    assert told in failed.reason
    assert PASSWORD not in failed.reason
    assert without_journal(model) == without_journal(case.machine())


def test_restore_leaves_an_account_that_somebody_made_anew() -> None:
    _case, model = _made()
    model["accounts"]["preflight-push"]["sid"] = f"{SID}-1777"
    model["groups"][GROUP][-1][0] = f"{SID}-1777"
    (refused,) = restore(model)
    assert (refused.state, "was changed since" in refused.reason) == ("refused", True)
    (failed,) = restore(model, force=True)
    assert (failed.state, "was made anew since" in failed.reason) == ("failed", True)
    assert "preflight-push" in model["accounts"]


def test_restore_does_not_take_away_the_account_of_the_present_connection() -> None:
    _case, model = _made()
    model["environment"]["user"] = model["accounts"]["preflight-push"]["sid"]
    (failed,) = restore(model)
    assert (failed.state, "connect as another administrator" in failed.reason) == ("failed", True)
    assert len(model["groups"][GROUP]) == 2
    model["environment"]["user"] = f"{SID}-500"
    assert [each.state for each in restore(model)] == ["restored"]


@pytest.mark.parametrize(
    ("thing", "state"),
    [
        (Thing("account", "preflight-push"), MADE),
        (Thing("account", "preflight-push"), "disabled"),
        (Thing("account", "a,b"), "absent"),
        (Thing("group_member", f"{GROUP}|preflight-push"), "present"),
        (Thing("group_member", "S-1-5-32-555|preflight-push"), "absent"),
        (Thing("group_member", "preflight-push"), "absent"),
        (Thing("service", "preflight-push"), "absent"),
    ],
)
def test_what_the_fix_never_makes_is_not_its_own(thing: Thing, state: str) -> None:
    assert not FIX.owns(thing, state)


def test_a_forged_record_deletes_no_account_of_somebody_else() -> None:
    _case, model = _made()
    (name,) = model["journal"]
    model["journal"][name] = [line.replace("preflight-push", "Administrator") for line in model["journal"][name]]
    assert {each.state for each in restore(model, force=True)} <= {"refused", "failed"}
    assert "Administrator" in model["accounts"]
    assert len(model["groups"][GROUP]) == 2
