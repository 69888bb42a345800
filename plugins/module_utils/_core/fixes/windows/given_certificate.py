# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate by which a client logs on to Azure, as an operator gives it, and what is wrong with it.

Private to this collection. ansible-test imports every file without the packages that it may need, so the import is
guarded here. No message holds any of what was given: it may be a key.
"""

from __future__ import annotations

import binascii
import hashlib
import warnings
from base64 import b64decode
from datetime import datetime
from typing import Any

from ..trusted_root import CRYPTOGRAPHY_ERROR, subject_of, time_of

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
except ImportError:
    # CRYPTOGRAPHY_ERROR tells.
    pass

#: What Azure's management API takes.
LEAST_BITS = 2048
_CLIENT = "1.3.6.1.5.5.7.3.2"
_ANY_PURPOSE = "2.5.29.37.0"


class NotUsable(Exception):
    """What was given cannot be used; the message says why and what to do."""


def need_cryptography() -> None:
    """Raise :class:`NotUsable` where certificates cannot be read."""
    if CRYPTOGRAPHY_ERROR:
        raise NotUsable(
            f"the Python package cryptography cannot be imported ({CRYPTOGRAPHY_ERROR}), so the certificate cannot be"
            " checked; install it in the environment that runs Ansible"
        )


def content_of(value: object, name: str) -> bytes:
    """Return the content of a file that an option names, which arrives as base64.

    Raises:
        NotUsable: there is none.
    """
    try:
        content = b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise NotUsable(f"{name}: no file was given; name one on the controller")
    return content


def read_certificate(content: bytes) -> Any:
    """Return the one certificate of a file in DER or PEM form.

    Raises:
        NotUsable: it holds something else.
    """
    if b"PRIVATE KEY-----" in content:
        raise NotUsable(
            "cer: expected a certificate alone, found a private key in the file; give the certificate alone"
        )
    need_cryptography()
    load = x509.load_pem_x509_certificate if content.lstrip().startswith(b"-----") else x509.load_der_x509_certificate
    if content.count(b"-----BEGIN") > 1:
        raise NotUsable("cer: expected one certificate, found several in the file; give the one of the client alone")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load(content.lstrip() if load is x509.load_pem_x509_certificate else content)
    except Exception:  # a hostile certificate raises what it likes
        raise NotUsable("cer: the file cannot be read as a certificate in DER or PEM form; export it again") from None


def der_of(certificate: Any) -> bytes:
    """Return the certificate as Windows stores it."""
    return bytes(certificate.public_bytes(serialization.Encoding.DER))


def thumbprint_of(certificate: Any) -> str:
    """Return the SHA-1 by which Windows knows a certificate."""
    return hashlib.sha1(der_of(certificate), usedforsecurity=False).hexdigest().upper()


def check_client(certificate: Any, now: datetime) -> None:
    """Look whether Azure would take a certificate as one of management, now.

    Raises:
        NotUsable: it would not.
    """
    named = thumbprint_of(certificate)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            named = f"{subject_of(certificate)} ({named})"
            problem = date_problem(certificate, now) or _use_problem(certificate)
    except Exception:  # a hostile certificate raises what it likes
        problem = "it cannot be understood; give another one"
    if problem:
        raise NotUsable(f"the certificate {named}: {problem}")


def date_problem(certificate: Any, now: datetime) -> str:
    """Return why a certificate is not valid now; empty where it is."""
    begins, ends = time_of(certificate, "not_valid_before"), time_of(certificate, "not_valid_after")
    if now < begins:
        return f"it is not valid before {begins:%Y-%m-%d}; look at the controller's clock, or give another one"
    if now > ends:
        return f"it expired on {ends:%Y-%m-%d}; make a new one and add it to the subscription"
    return ""


def _use_problem(certificate: Any) -> str:
    if certificate.version is not x509.Version.v3:
        return "it is no X.509 certificate of version 3, which Azure asks for; make a new one"
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return f"its key is not of RSA, which Azure asks for; make one with an RSA key of at least {LEAST_BITS} bits"
    if key.key_size < LEAST_BITS:
        return f"its key has {key.key_size} bits, and Azure asks for at least {LEAST_BITS}; make a new one"
    extensions = {each.oid.dotted_string: each.value for each in certificate.extensions}
    usage, purposes = extensions.get("2.5.29.15"), extensions.get("2.5.29.37")
    if usage is not None and not usage.digital_signature:
        return "its keyUsage does not allow signatures, so no client can log on with it; make a new one"
    if purposes is not None and not {each.dotted_string for each in purposes} & {_CLIENT, _ANY_PURPOSE}:
        return "it is not meant for clients (extendedKeyUsage), so none can log on with it; make a new one"
    if certificate.issuer == certificate.subject and not signed_by(certificate, certificate):
        return "its own signature does not fit, so it is damaged; export it again"
    return ""


def signed_by(certificate: Any, issuer: Any) -> bool:
    """Whether an issuer's key made the signature; what cannot be checked here is believed."""
    try:
        issuer.public_key().verify(
            certificate.signature,
            certificate.tbs_certificate_bytes,
            padding.PKCS1v15(),
            certificate.signature_hash_algorithm,
        )
    except InvalidSignature:
        return False
    except Exception:
        # Controllers that distrust SHA-1 cannot check it, and keys other than RSA sign in other ways.
        return True
    return True
