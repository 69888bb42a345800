# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates that an operator gives, and whether a machine should trust one as a root. Private to this collection.

ansible-test imports every file without the packages that it may need, so the import is guarded here. No message holds
any of the text that was given: somebody may give a key by mistake.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .contract import Refusal

CRYPTOGRAPHY_ERROR = ""

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
except ImportError as error:
    CRYPTOGRAPHY_ERROR = str(error)

#: A script can be sent as an argument only up to 64 KiB, where a connection takes no other.
MOST = 20
_BLOCK = re.compile(r"-----BEGIN (?:X509 )?CERTIFICATE-----\s+([A-Za-z0-9+/=\s]*?)-----END (?:X509 )?CERTIFICATE-----")
_BYTES = 64 * 1024


@dataclass(frozen=True)
class TrustedRoot:
    """A certificate that may be added; ``name`` is its SHA-256 in small hexadecimal digits, ``subject`` for people."""

    name: str
    subject: str
    der: bytes

    @property
    def text(self) -> str:
        """The certificate alone, as every tool reads it."""
        body = base64.b64encode(self.der).decode()
        lines = [body[start : start + 64] for start in range(0, len(body), 64)]
        return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])

    @property
    def thumbprint(self) -> str:
        """By which Windows knows it: its SHA-1 in upper-case hexadecimal digits."""
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest().upper()

    @property
    def title(self) -> str:
        """How people recognise it."""
        return f"{self.subject} (SHA-256 {self.name.upper()})"


def read_roots(texts: Iterable[str], now: datetime) -> list[TrustedRoot] | Refusal:
    """Return the certificates in the texts, each once, or why they must not all be trusted."""
    roots: dict[str, TrustedRoot] = {}
    for number, text in enumerate(texts, 1):
        found = _encoded(text)
        if isinstance(found, str):
            return Refusal(f"certificates, text {number}: {found}")
        if CRYPTOGRAPHY_ERROR:
            return Refusal(
                f"certificates: the Python package cryptography cannot be imported ({CRYPTOGRAPHY_ERROR}), so they "
                "cannot be checked; install it in the environment that runs Ansible"
            )
        for der in found:
            root, problem = _root(der, now)
            if problem:
                named = f"{root.title}: " if root.subject else ""
                return Refusal(f"certificates, text {number}: {named}{problem}")
            roots[root.name] = root
    if len(roots) > MOST:
        return Refusal(f"certificates: expected at most {MOST} at a time, found {len(roots)}; give fewer")
    return list(roots.values())


def _encoded(text: str) -> list[bytes] | str:
    """Return the certificates of a PEM text in DER, or what is wrong with it."""
    if len(text) > _BYTES * MOST:
        return "expected certificates, found a text that is too long for them; give only the roots that are missing"
    if re.search(r"PRIVATE|KEY-----|PuTTY-User-Key|openssh-key", text):
        return "expected certificates alone, found a key, which must not leave its place; give the certificate alone"
    blocks = _BLOCK.findall(text)
    begun = len(re.findall("-----BEGIN", text))
    if begun == 0:
        return (
            "expected a certificate in PEM form (-----BEGIN CERTIFICATE-----), found none; a binary file (DER) is "
            "turned into one with: openssl x509 -inform der -in FILE"
        )
    if begun != len(blocks):
        return (
            "expected only whole certificates (-----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----), found "
            "something else or a damaged one; give them as openssl x509 -in FILE prints them"
        )
    found = []
    for block in blocks:
        try:
            found.append(base64.b64decode("".join(block.split()), validate=True))
        except (binascii.Error, ValueError):
            return "expected base64 in the certificate, found something else; the file is damaged, get it again"
    return found


def _root(der: bytes, now: datetime) -> tuple[TrustedRoot, str]:
    """Return a certificate, and why it must not be trusted as a root (empty: it may be)."""
    name = hashlib.sha256(der).hexdigest()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(der)
            root = TrustedRoot(name, subject_of(certificate), der)
            return root, _problem(certificate, now)
    except Exception as error:  # a hostile certificate raises what it likes
        return TrustedRoot(name, "", b""), f"it cannot be read as a certificate ({type(error).__name__}); get it again"


def subject_of(certificate: Any) -> str:
    """Return the name by which people know a certificate."""
    names = {attribute.oid.dotted_string: str(attribute.value) for attribute in certificate.subject}
    chosen = names.get("2.5.4.3") or names.get("2.5.4.11") or names.get("2.5.4.10") or "a certificate without a name"
    return "".join(letter if letter.isprintable() else "?" for letter in chosen)[:80]


def _problem(certificate: Any, now: datetime) -> str:
    begins, ends = time_of(certificate, "not_valid_before"), time_of(certificate, "not_valid_after")
    if now < begins:
        return f"it is not valid before {begins:%Y-%m-%d}; look at the controller's clock, or give another"
    if now > ends:
        return f"it expired on {ends:%Y-%m-%d}; machines would not accept it, so give its successor"
    return _use_problem(certificate) or _key_problem(certificate.public_key()) or _signature_problem(certificate)


def time_of(certificate: Any, name: str) -> datetime:
    """Return a time of a certificate; old versions of the package have only those without a zone, which are in UTC."""
    found = getattr(certificate, f"{name}_utc", None) or getattr(certificate, name).replace(tzinfo=timezone.utc)
    return datetime.fromtimestamp(found.timestamp(), timezone.utc)


def _use_problem(certificate: Any) -> str:
    extensions = {each.oid.dotted_string: each.value for each in certificate.extensions}
    constraints, usage = extensions.get("2.5.29.19"), extensions.get("2.5.29.15")
    purposes = extensions.get("2.5.29.37")
    if constraints is None or not constraints.ca or (usage is not None and not usage.key_cert_sign):
        return (
            "it is not the certificate of a certification authority (basicConstraints, keyUsage); give the root that "
            "issued it, not a server's own certificate"
        )
    if purposes is not None:
        allowed = {each.dotted_string for each in purposes}
        if not allowed & {"1.3.6.1.5.5.7.3.1", "2.5.29.37.0"}:
            return "it is not meant for servers (extendedKeyUsage); give the root that issues servers' certificates"
    if certificate.issuer != certificate.subject:
        return "it is an intermediate certificate, which a server sends by itself; give the root that issued it"
    return ""


def _key_problem(key: Any) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return "" if key.key_size >= 2048 else f"its RSA key has {key.key_size} bits; 2048 are the least"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "" if key.key_size >= 256 else f"its key has {key.key_size} bits; 256 are the least"
    return "its key is neither of RSA nor of an elliptic curve, which no root for TLS is"


def _signature_problem(certificate: Any) -> str:
    """Its signature proves nothing, for it is its own; but one that does not fit shows that it is no root."""
    algorithm = certificate.signature_hash_algorithm
    if algorithm is None or algorithm.name.startswith("md"):
        return "it is signed with MD5 or in an unknown way; give a root of today"
    key = certificate.public_key()
    signed = (certificate.signature, certificate.tbs_certificate_bytes)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(*signed, ec.ECDSA(algorithm))
        elif certificate.signature_algorithm_oid.dotted_string != "1.2.840.113549.1.1.10":
            key.verify(*signed, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return "it is not signed by itself, so it is damaged or no root; give the root that issued it"
    except Exception:
        # Controllers that distrust SHA-1 cannot check the old roots that are signed with it.
        return "" if algorithm.name == "sha1" else "its signature cannot be checked here; give another root"
    return ""
