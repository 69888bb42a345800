# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import trusted_root
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Refusal
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.trusted_root import TrustedRoot, read_roots
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.sample_certificates import (
    CLIENTS_ONLY,
    SERVERS,
    certificate,
    key,
    private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
#: A root of today that is signed with SHA-1, which no library signs with any more.
DIGICERT_GLOBAL_ROOT_CA = """\
-----BEGIN CERTIFICATE-----
MIIDrzCCApegAwIBAgIQCDvgVpBCRrGhdWrJWZHHSjANBgkqhkiG9w0BAQUFADBh
MQswCQYDVQQGEwJVUzEVMBMGA1UEChMMRGlnaUNlcnQgSW5jMRkwFwYDVQQLExB3
d3cuZGlnaWNlcnQuY29tMSAwHgYDVQQDExdEaWdpQ2VydCBHbG9iYWwgUm9vdCBD
QTAeFw0wNjExMTAwMDAwMDBaFw0zMTExMTAwMDAwMDBaMGExCzAJBgNVBAYTAlVT
MRUwEwYDVQQKEwxEaWdpQ2VydCBJbmMxGTAXBgNVBAsTEHd3dy5kaWdpY2VydC5j
b20xIDAeBgNVBAMTF0RpZ2lDZXJ0IEdsb2JhbCBSb290IENBMIIBIjANBgkqhkiG
9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4jvhEXLeqKTTo1eqUKKPC3eQyaKl7hLOllsB
CSDMAZOnTjC3U/dDxGkAV53ijSLdhwZAAIEJzs4bg7/fzTtxRuLWZscFs3YnFo97
nh6Vfe63SKMI2tavegw5BmV/Sl0fvBf4q77uKNd0f3p4mVmFaG5cIzJLv07A6Fpt
43C/dxC//AH2hdmoRBBYMql1GNXRor5H4idq9Joz+EkIYIvUX7Q6hL+hqkpMfT7P
T19sdl6gSzeRntwi5m3OFBqOasv+zbMUZBfHWymeMr/y7vrTC0LUq7dBMtoM1O/4
gdW7jVg/tRvoSSiicNoxBN33shbyTApOB6jtSj1etX+jkMOvJwIDAQABo2MwYTAO
BgNVHQ8BAf8EBAMCAYYwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUA95QNVbR
TLtm8KPiGxvDl7I90VUwHwYDVR0jBBgwFoAUA95QNVbRTLtm8KPiGxvDl7I90VUw
DQYJKoZIhvcNAQEFBQADggEBAMucN6pIExIK+t1EnE9SsPTfrgT1eXkIoyQY/Esr
hMAtudXH/vTBH1jLuG2cenTnmCmrEbXjcKChzUyImZOMkXDiqw8cvpOp/2PV5Adg
06O/nVsJ8dWO41P0jmP6P6fbtGbfYmbW0W5BjfIttep3Sp+dWOIrWcBAI+0tKIJF
PnlUkiaY4IBIqDfv8NZ5YBberOgOzW6sRBc4L0na4UU+Krk2U886UAb3LujEV0ls
YSEY1QSteDwsOoBrp+uvFRTp2InBuThs4pFsiv9kuXclVzDAGySj4dzp30d8tbQk
CAUw7C29C79Fv1C5qfPrmAESrciIxpg0X40KPMbp1ZWVbd4=
-----END CERTIFICATE-----
"""


def root(**given: Any) -> str:
    return certificate(now=NOW, **given)


def read(*texts: str) -> list[TrustedRoot]:
    found = read_roots(texts, NOW)
    assert isinstance(found, list), found
    return found


def refused(*texts: str) -> str:
    found = read_roots(texts, NOW)
    assert isinstance(found, Refusal), found
    return found.reason


def der(text: str) -> bytes:
    return base64.b64decode("".join(line for line in text.splitlines() if "-----" not in line))


def with_md5(text: str) -> str:
    """Say in a certificate with an RSA key that its signature is of MD5."""
    rsa = bytes.fromhex("2A864886F70D0101")
    body = base64.b64encode(der(text).replace(rsa + b"\x0b", rsa + b"\x04")).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    "text",
    [
        root(),
        root(kind="rsa2048"),
        DIGICERT_GLOBAL_ROOT_CA,
        root(purposes=SERVERS),
        root(name="Größe\u2028 Root \x07"),
        root().replace("\n", "\r\n"),
        root().rstrip("\n"),
        root().replace("CERTIFICATE", "X509 CERTIFICATE"),
        "Subject: CN = Preflight Test Root\n\n" + root() + "\ntrailing words, as openssl x509 -text prints them\n",
    ],
    ids=lambda text: "case",
)
def test_root_of_an_authority_is_read_and_written_anew(text: str) -> None:
    [found] = read(text)
    blocks = text.replace("X509 ", "").replace("\r", "")
    begin, end = blocks.index("-----BEGIN"), blocks.index("-----END CERTIFICATE-----")
    assert found.text == blocks[begin:end] + "-----END CERTIFICATE-----\n"
    assert found.name == hashlib.sha256(found.der).hexdigest()
    assert found.subject.isprintable()


def test_several_in_one_text_and_twice_are_each_taken_once() -> None:
    one, two = root(), root(name="Other Root")
    assert {each.subject for each in read(one + two, two, one)} == {"Preflight Test Root", "Other Root"}
    assert len(read(one + two, two, one)) == 2


def test_nothing_given_is_nothing_read() -> None:
    assert read() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (root(days=(-20, -10)), "it expired on 2026-11-10"),
        (root(days=(10, 20)), "it is not valid before 2026-11-30"),
        (root(authority=False), "not the certificate of a certification authority"),
        (root(authority=None), "not the certificate of a certification authority"),
        (root(signs=False), "not the certificate of a certification authority"),
        (root(purposes=CLIENTS_ONLY), "not meant for servers"),
        (root(issuer="Another"), "an intermediate certificate"),
        (root(kind="rsa1024"), "its RSA key has 1024 bits"),
        (root(kind="ec-small"), "its key has 192 bits"),
        (root(kind="ed25519"), "neither of RSA nor of an elliptic curve"),
        (with_md5(root(kind="rsa2048")), "MD5"),
        (root(signer=key("ec-other")), "not signed by itself"),
    ],
    ids=lambda text: "case",
)
def test_what_must_not_be_trusted_is_refused_by_name(text: str, told: str) -> None:
    reason = refused(root(name="Good"), text)
    assert told in reason
    assert "text 2" in reason
    assert hashlib.sha256(der(text)).hexdigest().upper() in reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "openssl x509 -inform der"),
        (der(root()).decode("utf-8", "replace"), "openssl x509 -inform der"),
        (root().replace("-----END CERTIFICATE-----", ""), "damaged"),
        (root().replace("CERTIFICATE", "TRUSTED CERTIFICATE"), "something else"),
        (root() + "-----BEGIN X509 CRL-----\nMA==\n-----END X509 CRL-----\n", "something else"),
        (root().replace("M", "!", 1), "damaged"),
        (root().replace("\nMII", "\nMI", 1), "get it again"),
        ("-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n", "get it again"),
        ("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n", "get it again"),
        ("x" * 5_000_000, "too long"),
    ],
    ids=lambda text: "case",
)
def test_what_is_no_certificate_is_refused(text: str, told: str) -> None:
    assert told in refused(text)


@pytest.mark.parametrize(
    "text",
    [
        private_key(),
        root() + private_key(),
        private_key().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
        private_key().replace("PRIVATE KEY", "OPENSSH PRIVATE KEY"),
        private_key().replace("-----END PRIVATE KEY-----", ""),
        "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 14\nc2VjcmV0\n",
    ],
    ids=lambda text: "case",
)
def test_key_is_refused_and_never_repeated(text: str) -> None:
    reason = refused(text)
    assert "found a key" in reason
    for line in text.splitlines():
        assert "-----" in line or line not in reason or not line


def test_too_many_are_refused() -> None:
    texts = [root(name=f"Root {number}") for number in range(trusted_root.MOST + 1)]
    assert f"at most {trusted_root.MOST}" in refused(*texts)


def test_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusted_root, "CRYPTOGRAPHY_ERROR", "No module named 'cryptography'")
    assert "install it in the environment that runs Ansible" in refused(root())
    assert read() == []


WHOLE = root()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.text(max_size=3), st.integers(0, 40))
def test_any_damage_ends_in_a_refusal_or_in_the_certificate(at: int, put: str, taken: int) -> None:
    found = read_roots([WHOLE[:at] + put + WHOLE[at + taken :]], NOW)
    assert isinstance(found, Refusal) or [each.text for each in found] == [WHOLE]
