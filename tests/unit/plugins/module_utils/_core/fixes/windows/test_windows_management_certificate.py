# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What arrives on the machine as a management certificate, and what is taken away again."""

from __future__ import annotations

import copy
from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.management_certificate import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.sample_certificates import key
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_management_certificate import (  # noqa: E501
    CASES,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.sample_pfx import (
    given,
    thumbprint,
    usual,
    usual_pfx,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    apply,
    machine,
    plan,
    restore,
    script_of,
    without_journal,
)
from cryptography.hazmat.primitives.serialization import pkcs12

USUAL = CASES["none"]


def refused(case: Case) -> str:
    """Return why a plan is refused; the machine must be as before."""
    model = case.machine()
    planned = plan(case, model)
    assert isinstance(planned, Refusal), planned
    assert model == case.machine()
    return planned.reason


def planned_for(case: Case) -> Plan:
    planned = plan(case, case.machine())
    assert isinstance(planned, Plan), planned
    return planned


@pytest.mark.parametrize("name", ["none", "imported without its key"])
def test_certificate_and_password_arrive_intact_in_the_form_that_every_windows_opens(name: str) -> None:
    model = CASES[name].machine()
    planned = planned_for(CASES[name])
    assert apply(CASES[name], model, planned).state == "applied"
    stored = model["certificates"][r"CurrentUser\My"][-1]
    assert (stored["thumbprint"], stored["private_key"]) == (thumbprint(usual()), True)
    sent, password = map(b64decode, planned.secrets)
    assert password.decode() == CASES[name].options["pfx_password"]
    found, one, others = pkcs12.load_key_and_certificates(sent, password)
    assert (found.private_numbers(), one, others) == (key("rsa2048").private_numbers(), usual(), [])
    assert bytes.fromhex("06092a864886f70d01050d") not in sent, "Windows Server 2016 knows no PBES2"
    assert bytes.fromhex("2b060104018237") not in sent, "no name of a provider"


def test_file_as_it_is_would_not_be_opened_by_an_old_windows() -> None:
    case = USUAL
    planned = planned_for(case)
    raw = replace(planned, secrets=(given(usual_pfx()), planned.secrets[1]))
    model = case.machine()
    made = apply(case, model, raw)
    assert "The specified network password is not correct." in made.reason
    assert apply(case, {**case.machine(), "opens_newer_pfx": True}, raw).state == "applied"


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"key_set": "read_only"}, r"could not be written to C:\ProgramData\Microsoft\Crypto\RSA\MachineKeys"),
        ({"key_set": "unusable"}, "the private key was written, but cannot be used"),
    ],
    ids=["read only", "unusable"],
)
def test_key_set_that_fails_is_named_and_nothing_is_left(part: dict[str, str], told: str) -> None:
    model = {**USUAL.machine(), **part}
    made = apply(USUAL, model, planned_for(USUAL))
    assert (made.state, told in made.reason) == ("failed", True)
    assert without_journal(model) == {**USUAL.machine(), **part}


def test_wrong_password_on_the_way_is_told_as_windows_does() -> None:
    planned = planned_for(USUAL)
    model = USUAL.machine()
    made = apply(USUAL, model, replace(planned, secrets=(planned.secrets[0], given(b"x"))))
    assert "The specified network password is not correct." in made.reason
    assert without_journal(model) == USUAL.machine()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_secret_leaves_the_data(case: Case) -> None:
    planned = planned_for(case)
    script = script_of(case, planned, "run-1")
    count = int(script.partition("\n")[0])
    lines = script.splitlines()
    outside, data = "\n".join(lines[: count + 1]), lines[count + 1 :]
    assert data == list(planned.secrets)
    model = case.machine()
    made = apply(case, model, planned)
    seen = "\n".join([outside, repr(planned), repr(made), repr(model)])
    given_password = str(case.options.get("pfx_password") or planned.secrets[1])
    for secret in (*planned.secrets, given_password, str(case.options["pfx"])):
        assert secret not in seen
        assert b64encode(secret.encode()).decode() not in seen


@pytest.mark.parametrize("friendly_name", ["", "mine"])
def test_certificate_with_its_key_is_left_as_it_is(friendly_name: str) -> None:
    own = {"thumbprint": thumbprint(usual()), "subject": "CN=x", "private_key": True, "friendly_name": friendly_name}
    case = replace(USUAL, model=machine(certificates={r"CurrentUser\My": [own]}))
    planned = plan(case, case.machine())
    assert isinstance(planned, Unchanged)
    assert thumbprint(usual()) in planned.reason


def test_thumbprint_is_in_what_people_see() -> None:
    planned = planned_for(USUAL)
    for state in (planned.before, planned.after):
        assert isinstance(state, dict)
        assert state["thumbprint"] == thumbprint(usual())


def test_another_account_does_not_undo_what_is_not_in_its_store() -> None:
    model = USUAL.machine()
    apply(USUAL, model, planned_for(USUAL))
    model["environment"]["user"] = "S-1-5-21-9-9-9-1001"
    mine = model["certificates"].pop(r"CurrentUser\My")
    model["certificates"][r"CurrentUser\My"] = []
    [refusal] = restore(model)
    assert (refusal.state, "for S-1-5-21-9-9-9-1001" in refusal.reason) == ("refused", True)
    [failure] = restore(model, force=True)
    assert "connect with the account whose store is meant" in failure.reason
    del model["environment"]["user"]
    model["certificates"][r"CurrentUser\My"] = mine
    assert [each.state for each in restore(model)] == ["restored"]
    assert without_journal(model) == USUAL.machine()


def test_account_without_a_profile_is_refused() -> None:
    assert "is not loaded" in refused(replace(USUAL, model={**USUAL.model, "profile_loaded": False}))


def test_certificate_that_somebody_imported_again_is_never_removed() -> None:
    model = USUAL.machine()
    apply(USUAL, model, planned_for(USUAL))
    del model["certificates"][r"CurrentUser\My"][0]["friendly_name"]
    changed = copy.deepcopy(without_journal(model))
    [made] = restore(model, force=True)
    assert "only what a change of this collection imported is taken away" in made.reason
    assert without_journal(model) == changed


@pytest.mark.parametrize(
    ("place", "state", "owned"),
    [
        (r"CurrentUser\My", "absent for S-1-5-21-1-2-3-500", True),
        (r"CurrentUser\My", "present for S-1-5-21-1-2-3-500", True),
        (r"CurrentUser\My", "absent", False),
        (r"CurrentUser\My", "imported with key for S-1-5-21-1-2-3-500", False),
        (r"LocalMachine\My", "absent", False),
        (r"LocalMachine\Root", "absent", False),
        (r"CurrentUser\My", "absent for S-1-5-21-1'; exit", False),
    ],
)
def test_restore_does_only_what_the_fix_could_have_done(place: str, state: str, owned: bool) -> None:
    [thing] = FIX.things(USUAL.options, {})
    assert FIX.owns(replace(thing, name=f"{place}|{thumbprint(usual())}"), state) is owned
    assert not FIX.owns(replace(thing, name=rf"{place}|x"), state)
    assert not FIX.owns(replace(thing, kind="registry"), state)


@pytest.mark.parametrize(
    ("written", "forged"),
    [
        (r"CurrentUser\\My", r"LocalMachine\\Root"),
        ("imported with key for", "present with key for"),
        ("imported with key for S-1-5-21-1-2-3-500", "imported with key for S-1-5-18"),
    ],
)
def test_forged_record_is_refused(written: str, forged: str) -> None:
    model = USUAL.machine()
    apply(USUAL, model, planned_for(USUAL))
    [name] = model["journal"]
    assert any(written in line for line in model["journal"][name])
    model["journal"][name] = [line.replace(written, forged) for line in model["journal"][name]]
    [refusal] = restore(model)
    assert (refusal.state, "somebody else wrote this record" in refusal.reason) == ("refused", True)
