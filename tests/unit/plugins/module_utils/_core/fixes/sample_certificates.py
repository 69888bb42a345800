# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates for tests: roots, and what must not be trusted as one."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: The keys of certification authorities sign certificates and nothing else.
SIGNER = {
    name: name in ("key_cert_sign", "crl_sign")
    for name in (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
}


@functools.cache
def key(kind: str = "ec") -> Any:
    """Make one key of a kind: ec, ec-small, ed25519, or rsa with its bits."""
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("ec"):
        return ec.generate_private_key(ec.SECP192R1() if kind == "ec-small" else ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("rsa")))


def certificate(
    name: str = "Preflight Test Root",
    *,
    kind: str = "ec",
    issuer: str = "",
    signer: Any = None,
    authority: bool | None = True,
    signs: bool = True,
    days: tuple[int, int] = (-10, 3650),
    purposes: tuple[Any, ...] = (),
    now: datetime | None = None,
) -> str:
    """Return a certificate in PEM form; by default a root that may be trusted."""
    at = now or datetime.now(timezone.utc)
    own = key(kind)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer or name)]))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at + timedelta(days=days[0]))
        .not_valid_after(at + timedelta(days=days[1]))
    )
    if authority is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    builder = builder.add_extension(x509.KeyUsage(**{**SIGNER, "key_cert_sign": signs}), critical=True)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    algorithm = None if kind == "ed25519" else hashes.SHA256()
    made = builder.sign(signer or own, algorithm)
    return made.public_bytes(serialization.Encoding.PEM).decode()


def private_key() -> str:
    """Return a private key in PEM form, as somebody pastes it by mistake."""
    return str(
        key()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


CLIENTS_ONLY = (ExtendedKeyUsageOID.CLIENT_AUTH,)
SERVERS = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
