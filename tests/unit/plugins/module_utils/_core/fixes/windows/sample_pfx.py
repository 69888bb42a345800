# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Management certificates for tests, with their private keys, as an operator has them in files."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.sample_certificates import key
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: Of letters that look the same in every log, so that a search for it finds it.
PASSWORD = "Sehr-geheim-4711"
ODD_PASSWORD = "Sehr geheim: äöü€ '$(x)`\""


def client(
    name: str = "Azure management",
    *,
    kind: str = "rsa2048",
    issuer: Any = None,
    signer: Any = None,
    days: tuple[int, int] = (-10, 3650),
    purposes: tuple[Any, ...] = (ExtendedKeyUsageOID.CLIENT_AUTH,),
    authority: bool = False,
) -> Any:
    """Return a certificate; by default one that Azure takes, signed by itself as makecert does."""
    now = datetime.now(timezone.utc)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key(kind).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if authority:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(signer or key(kind), hashes.SHA256())


def pfx(certificate: Any, *, own: Any = None, password: str = PASSWORD, chain: tuple[Any, ...] = ()) -> bytes:
    """Return a PFX as cryptography makes it today, with AES."""
    how = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    made: bytes = pkcs12.serialize_key_and_certificates(b"name", own or key("rsa2048"), certificate, chain, how)
    return made


def der(certificate: Any) -> bytes:
    """Return a certificate as a .cer holds it."""
    encoded: bytes = certificate.public_bytes(serialization.Encoding.DER)
    return encoded


def given(content: bytes) -> str:
    """Return a file as the planner gets it."""
    return b64encode(content).decode("ascii")


def thumbprint(certificate: Any) -> str:
    """Return the SHA-1 of a certificate."""
    return str(certificate.fingerprint(hashes.SHA1()).hex().upper())


@cache
def usual() -> Any:
    """Return one certificate that Azure takes, always the same."""
    return client()


@cache
def usual_pfx() -> bytes:
    """Return the usual certificate with its key, always the same file."""
    return pfx(usual())
