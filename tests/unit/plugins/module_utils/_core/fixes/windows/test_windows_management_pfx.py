# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that an operator gives as a management certificate: what is refused before a machine is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.sample_certificates import key
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_management_certificate import (  # noqa: E501
    CASES,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.sample_pfx import (
    PASSWORD,
    client,
    der,
    given,
    pfx,
    thumbprint,
    usual,
    usual_pfx,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    plan,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

USUAL = CASES["none"]


def with_options(**options: Any) -> Case:
    return replace(USUAL, options={**USUAL.options, **options})


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


def pem_key() -> bytes:
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return bytes(key("rsa2048").private_bytes(Encoding.PEM, *form))


def only_certificate() -> bytes:
    how = serialization.BestAvailableEncryption(PASSWORD.encode())
    return bytes(pkcs12.serialize_key_and_certificates(None, None, usual(), None, how))


AUTHORITY = client("Authority", authority=True, purposes=())
OLD_AUTHORITY = client("Authority", authority=True, purposes=(), days=(-100, -1))
OTHER_AUTHORITY = client("Authority", authority=True, purposes=(), kind="rsa3072")
LEAF = client("Leaf", issuer=AUTHORITY, signer=key("rsa2048"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "pfx: no file was given"),
        (b"\x00garbage", "found a file of another kind"),
        (b"\x30", "found a file of another kind"),
        (b"-----BEGIN CERTIFICATE-----", "found a file in PEM form"),
        (der(usual()), "found a file of another kind; a certificate alone (.cer) has no private key"),
        (usual_pfx()[:-100], "the file is cut off"),
        (usual_pfx()[:-100] + b"\x00" * 100, "cannot be opened with pfx_password"),
        (pfx(usual(), password="another"), "the password is another one, or the file is damaged"),
        (only_certificate(), "there is no private key in the file"),
        (pfx(None), "no certificate in the file that belongs to its private key"),
        (pfx(client(days=(-100, -1))), "it expired on"),
        (pfx(client(days=(1, 100))), "it is not valid before"),
        (pfx(client(kind="rsa1024"), own=key("rsa1024")), "has 1024 bits, and Azure asks for at least 2048"),
        (pfx(client(kind="ec"), own=key("ec")), "its key is not of RSA"),
        (pfx(client(purposes=(ExtendedKeyUsageOID.SERVER_AUTH,))), "it is not meant for clients"),
        (pfx(LEAF, chain=(OLD_AUTHORITY,)), "the issuer Authority in the file: it expired on"),
        (pfx(LEAF, chain=(OTHER_AUTHORITY,)), "Authority in the file did not sign the certificate Leaf"),
    ],
    ids=(
        *("none", "garbage", "one byte", "PEM", "certificate", "cut off", "damaged", "another password", "no key"),
        *("no certificate", "expired", "not yet", "short key", "elliptic curve", "for servers", "old issuer"),
        "another issuer",
    ),
)
def test_file_that_cannot_serve_is_refused_before_the_machine_is_changed(content: bytes, told: str) -> None:
    reason = refused(with_options(pfx=given(content)))
    assert told in reason
    assert PASSWORD not in reason


@pytest.mark.parametrize(
    "content", [pfx(LEAF), pfx(LEAF, chain=(AUTHORITY,)), pfx(client(purposes=()))], ids=["leaf", "chain", "any use"]
)
def test_certificate_with_or_without_its_chain_is_taken(content: bytes) -> None:
    assert planned_for(with_options(pfx=given(content))).wanted == "imported with key"


def test_certificate_of_the_subscription_must_be_that_of_the_file() -> None:
    planned_for(with_options(cer=given(usual().public_bytes(Encoding.PEM))))
    assert "found another one" in refused(with_options(cer=given(der(client()))))
    assert "found a private key" in refused(with_options(cer=given(pem_key())))
    assert "cannot be read as a certificate" in refused(with_options(cer=given(b"x")))


def test_setting_that_names_another_certificate_is_refused() -> None:
    planned_for(replace(USUAL, settings={"management_certificate": thumbprint(usual()).lower()}))
    assert "the setting management_certificate names" in refused(
        replace(USUAL, settings={"management_certificate": "0" * 40})
    )
