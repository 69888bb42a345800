# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.hotfix import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_hotfix import (
    CBS,
    PACKAGE,
    PATH,
    PRODUCT,
    options,
    with_file,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    apply,
    plan,
    records,
    restore,
    without_journal,
)

_KB = options(kb="KB3140245")
_MSI = r"C:\install\x64.msi"


def _case(model: Model | None = None, given: dict[str, Any] | None = None) -> Case:
    return Case(FIX, with_file(PATH, {"package": PACKAGE}) if model is None else model, given or _KB)


def _planned(case: Case) -> Any:
    return plan(case, case.machine())


def _in_state(number: int) -> Model:
    return with_file(PATH, {"package": PACKAGE}, {rf"{CBS}\Packages\{PACKAGE}": {"CurrentState": {"DWord": number}}})


def test_plan_tells_what_comes_from_which_file() -> None:
    thing = f"update Package_for_KB3140245|{_KB['sha256']}|{PATH}"
    planned = _planned(_case())
    assert isinstance(planned, Plan)
    assert (planned.before, planned.after) == ({thing: "absent"}, {thing: "installed"})


@pytest.mark.parametrize("number", [80, 96, 112, 128])
def test_installed_pending_and_superseded_ones_are_there(number: int) -> None:
    assert isinstance(_planned(_case(_in_state(number))), Unchanged)


@pytest.mark.parametrize("number", [0, 5, 32, 64])
def test_staged_and_leaving_ones_are_installed(number: int) -> None:
    case = _case(_in_state(number))
    model = case.machine()
    assert apply(case, model, plan(case, model)).state == "applied"


@pytest.mark.parametrize("number", [16, 48, 101])
def test_other_states_are_refused_by_their_number(number: int) -> None:
    planned = _planned(_case(_in_state(number)))
    assert isinstance(planned, Refusal)
    assert f"state {number}" in planned.reason


def test_an_installed_update_needs_no_file() -> None:
    model = _in_state(112)
    del model["files"][PATH]
    assert isinstance(_planned(_case(model)), Unchanged)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"files": {}}, "found none that this account sees"),
        ({"files": {PATH: {"text": "another"}}}, "it is another file, or sha256 is wrong"),
        ({"free_bytes": 2**30}, "make room"),
        ({"environment": {"process_bits": "32", "architecture": "AMD64"}}, "connect to the 64-bit one"),
        ({"unreadable_states": {f"update_file {PATH}": "Access to the path is denied."}}, "is denied"),
    ],
)
def test_machines_that_cannot_install_are_refused_untouched(changed: dict[str, Any], named: str) -> None:
    case = _case({**with_file(PATH, {"package": PACKAGE}), **changed})
    model = case.machine()
    planned = plan(case, model)
    assert isinstance(planned, Refusal)
    assert named in planned.reason
    assert model == case.machine()


def test_no_administrator_is_refused() -> None:
    case = _case({**with_file(PATH, {"package": PACKAGE}), "elevated": False})
    made = apply(case, case.machine(), _planned(case))
    assert (made.state, "administrator" in made.reason) == ("refused", True)


@pytest.mark.parametrize(
    ("holds", "named"),
    [
        ({"package": PACKAGE, "exit": -2146498530}, "0x800F081E"),
        ({"package": PACKAGE, "exit": 1726}, "ended with 1726"),
        ({"package": PACKAGE.replace("3140245", "3140246")}, "expected the file to hold the package"),
    ],
)
def test_what_windows_refuses_is_told_by_its_number_and_leaves_nothing(holds: dict[str, Any], named: str) -> None:
    case = _case(with_file(PATH, holds))
    model = case.machine()
    made = apply(case, model, plan(case, model))
    assert (made.state, named in made.reason) == ("failed", True), made.reason
    assert without_journal(model) == without_journal(case.machine())
    assert [record.state for record in records(model)] == ["failed"]


def test_a_file_that_was_swapped_after_the_look_is_not_installed() -> None:
    case = _case()
    model = case.machine()
    planned = plan(case, model)
    model["files"][PATH]["text"] = "another"
    swapped = copy.deepcopy(model)
    made = apply(case, model, planned)
    assert (made.state, "expected the file" in made.reason) == ("failed", True)
    assert without_journal(model) == without_journal(swapped)


def test_a_restart_is_told_and_not_made() -> None:
    case = _case(with_file(PATH, {"package": PACKAGE, "exit": 3010}))
    model = case.machine()
    made = apply(case, model, plan(case, model))
    assert (made.state, made.reason) == (
        "applied",
        "Windows waits for a restart to finish it; nothing was restarted.",
    )
    again = plan(case, model)
    assert isinstance(again, Unchanged)
    assert "waits for a restart" in again.reason


def test_a_permanent_package_stays_and_that_is_told() -> None:
    case = _case(with_file(PATH, {"package": PACKAGE, "permanent": True}))
    model = case.machine()
    apply(case, model, plan(case, model))
    (undone,) = restore(model)
    assert (undone.state, "permanent" in undone.reason) == ("failed", True)
    assert isinstance(plan(case, model), Unchanged)


def test_a_busy_installer_is_told() -> None:
    case = _case(with_file(_MSI, {"product": PRODUCT, "exit": 1618}), options(_MSI, product_code=PRODUCT))
    made = apply(case, case.machine(), _planned(case))
    assert (made.state, "msiexec.exe ended with 1618" in made.reason) == ("failed", True)


def test_a_forged_record_that_would_install_is_refused() -> None:
    case = _case()
    model = case.machine()
    apply(case, model, plan(case, model))
    (name,) = model["journal"]
    model["journal"][name] = [
        line.replace("\tabsent\tinstalled", "\tinstalled\tabsent") for line in model["journal"][name]
    ]
    (refused,) = restore(model)
    assert (refused.state, "somebody else wrote this record" in refused.reason) == ("refused", True)


def test_what_takes_too_long_is_found_by_the_next_run() -> None:
    case = _case(with_file(PATH, {"package": PACKAGE, "slow": True}))
    model = case.machine()
    made = apply(case, model, plan(case, model))
    assert (made.state, "gave no answer in time" in made.reason) == ("failed", True)
    assert [record.state for record in records(model)] == ["planned"]
    assert isinstance(plan(case, model), Unchanged)
    assert [each.state for each in restore(model)] == ["restored"]
    assert without_journal(model) == without_journal(case.machine())
