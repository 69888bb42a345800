# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roots that are trusted, and those that are refused: given ones, and a management certificate."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Json
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import (
    management_certificate_root,
    root_certificates,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.sample_certificates import (
    certificate,
    private_key,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows import (
    cases_management_certificate_root as of_clients,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_root_certificates import (  # noqa: E501
    AUTO_UPDATE,
    FIRST,
    SECOND,
    der,
    thumbprint,
    trusting,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.sample_pfx import (
    client,
    given,
    usual,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.sample_pfx import (
    der as der_of,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.sample_pfx import (
    thumbprint as thumbprint_of,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    apply,
    machine,
    plan,
    restore,
)
from hypothesis import given as given_to
from hypothesis import settings
from hypothesis import strategies as st

CLIENT = of_clients.CASES["DER"]


def case(options: Mapping[str, Json], model: Model | None = None) -> Case:
    return Case(root_certificates.FIX, model or trusting(), options)


def reason(of: Case) -> str:
    planned = plan(of, of.machine())
    assert isinstance(planned, Refusal), planned
    return planned.reason


def file(content: bytes) -> str:
    return b64encode(content).decode("ascii")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"garbage", "files, number 1: expected a certificate in PEM form"),
        (b"\x30\x03\x02\x01\x01", "files, number 1: it cannot be read as a certificate"),
        (b"\xff\xfe\x00", "files, number 1: expected a certificate in PEM form"),
        (der(certificate(days=(-100, -1))), "it expired on"),
        (certificate(days=(1, 100)).encode(), "it is not valid before"),
        (certificate(authority=False).encode(), "it is not the certificate of a certification authority"),
        (certificate(issuer="Another").encode(), "it is an intermediate certificate"),
        (private_key().encode(), "found a key, which must not leave its place"),
    ],
    ids=["garbage", "no certificate", "UTF-16", "expired", "not yet", "no authority", "intermediate", "key"],
)
def test_file_that_holds_no_root_is_refused(content: bytes, told: str) -> None:
    found = reason(case({"files": [file(content)]}))
    assert told in found
    assert found.endswith("nothing was changed")


def test_text_that_holds_no_root_is_refused_by_its_number() -> None:
    assert "certificates, number 2: " in reason(case({"certificates": [FIRST, "x"]}))
    assert reason(case({"certificates": FIRST})) == (
        "expected a list of files and a list of texts, found something else; give lists; nothing was changed"
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("absent", "DisableRootAutoUpdate is not set: Windows fetches"),
        ({"DisableRootAutoUpdate": {"DWord": 0}}, "DisableRootAutoUpdate is not set: Windows fetches"),
        ({"DisableRootAutoUpdate": {"DWord": 1}}, "DisableRootAutoUpdate is set: Windows fetches no roots"),
        ({"DisableRootAutoUpdate": {"String": "x"}}, "Whether Windows fetches missing roots by itself is not known"),
    ],
)
def test_without_a_certificate_it_is_refused_and_says_what_windows_does_by_itself(value: object, told: str) -> None:
    model = trusting(registry={AUTO_UPDATE: value})
    found = reason(case({}, model))
    assert found.startswith("no certificate was given; get the missing ones")
    assert told in found
    planned = plan(case({"certificates": [FIRST]}, model), model)
    assert isinstance(planned, Plan)
    assert told in str(planned.before)
    assert told in str(planned.after)


def test_root_that_is_trusted_and_distrusted_is_refused() -> None:
    model = trusting(FIRST, distrusted=(FIRST,))
    assert f"told to distrust First Root ({thumbprint(FIRST)})" in reason(case({"certificates": [FIRST]}, model))


def test_only_what_is_missing_is_sent_and_taken_away_again() -> None:
    wish = case({"certificates": [FIRST, SECOND], "files": [file(der(FIRST))]}, trusting(FIRST))
    model = wish.machine()
    planned = plan(wish, model)
    assert isinstance(planned, Plan)
    assert planned.secrets == (file(der(SECOND)),)
    assert planned.found == "1 missing"
    apply(wish, model, planned)
    assert [each["thumbprint"] for each in model["certificates"][r"LocalMachine\Root"]] == [
        thumbprint(FIRST),
        thumbprint(SECOND),
    ]
    again = plan(wish, model)
    assert isinstance(again, Unchanged)
    assert again.reason.startswith("every certificate that was given is trusted already. DisableRootAutoUpdate")
    restore(model)
    assert model["certificates"] == wish.model["certificates"]


def test_root_that_somebody_else_added_is_never_removed() -> None:
    wish = case({"certificates": [FIRST]})
    model = wish.machine()
    apply(wish, model, plan(wish, model))
    del model["certificates"][r"LocalMachine\Root"][0]["friendly_name"]
    [made] = restore(model, force=True)
    assert "only what a change of this collection imported is taken away" in made.reason
    assert model["certificates"][r"LocalMachine\Root"]


@pytest.mark.parametrize("fix", [root_certificates.FIX, management_certificate_root.FIX], ids=lambda fix: fix.name)
def test_restore_only_removes_roots(fix: root_certificates.Fix) -> None:
    wish = CLIENT.options if fix.name.startswith("management") else {"certificates": [FIRST]}
    thing = fix.things(wish, {})[0]
    assert fix.owns(thing, "absent")
    for state in ("present", "imported", "imported with key", "absent for S-1-5-18"):
        assert not fix.owns(thing, state)
    for name in (r"LocalMachine\My|", r"LocalMachine\Disallowed|", r"CurrentUser\My|", r"LocalMachine\Root\x|"):
        assert not fix.owns(replace(thing, name=name + thumbprint(FIRST)), "absent")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cer: no file was given"),
        (private_key().encode(), "cer: expected a certificate alone, found a private key"),
        ((FIRST + SECOND).encode(), "cer: expected one certificate, found several"),
        (b"x", "cer: the file cannot be read as a certificate"),
        (der_of(client(days=(-100, -1))), "it expired on"),
        (der_of(client(kind="rsa1024")), "has 1024 bits"),
        (der_of(usual())[:-2] + b"\x00\x00", "it is damaged"),
    ],
    ids=["none", "key", "two", "garbage", "expired", "short key", "damaged"],
)
def test_management_certificate_that_cannot_serve_is_refused(content: bytes, told: str) -> None:
    assert told in reason(replace(CLIENT, options={"cer": given(content)}))


@given_to(st.integers(0, 10_000), st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_damaged_management_certificate_is_refused_or_another_one(place: int, byte: int) -> None:
    content = bytearray(der_of(usual()))
    content[place % len(content)] = byte
    options = {"cer": given(bytes(content))}
    stores = {r"LocalMachine\Root": [], r"LocalMachine\Disallowed": []}
    planned = plan(replace(CLIENT, options=options), machine(certificates=stores))
    assert isinstance(planned, (Plan, Refusal))


def test_management_certificate_must_be_the_one_that_the_setting_names() -> None:
    named = replace(CLIENT, settings={"management_certificate": "0" * 40})
    assert "the setting management_certificate names" in reason(named)


def test_management_certificate_that_is_distrusted_is_refused() -> None:
    stores = {r"LocalMachine\Root": [], r"LocalMachine\Disallowed": [{"thumbprint": thumbprint_of(usual())}]}
    assert "told to distrust" in reason(replace(CLIENT, model={**CLIENT.model, "certificates": stores}))
