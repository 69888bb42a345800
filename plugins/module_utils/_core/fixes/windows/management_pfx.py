# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A PFX with a certificate and its private key: opened, checked, and made anew for the machine.

Private to this collection. The machine gets a PFX of its own, with the certificate and its key alone, in the form that
every Windows opens (Windows Server 2016 and older call the password of a newer one wrong), and without the name of a
provider, so that the key can be used by, and removed with, the means of Windows PowerShell 2.0.
"""

from __future__ import annotations

import secrets
import warnings
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..trusted_root import subject_of, time_of
from .given_certificate import NotUsable, check_client, date_problem, need_cryptography, signed_by, thumbprint_of

try:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
except ImportError:
    # given_certificate.need_cryptography tells.
    pass

_NO_CERTIFICATE = "pfx: there is no certificate in the file that belongs to its private key; export both together again"


@dataclass(frozen=True)
class Pair:
    """A certificate with its private key."""

    thumbprint: str
    subject: str
    until: str
    certificate: Any = field(repr=False)
    key: Any = field(repr=False)

    def lines(self, password: str) -> tuple[str, str]:
        """Return the PFX for the machine and its password, as lines of data.

        A PFX without a password gets one for the way, for not every Windows takes it without.
        """
        password = password or secrets.token_hex(16)
        made = pkcs12.serialize_key_and_certificates(
            None, self.key, self.certificate, None, _encryption(password.encode())
        )
        return b64encode(made).decode("ascii"), b64encode(password.encode()).decode("ascii")


def open_pfx(pfx: bytes, password: str, now: datetime) -> Pair:
    """Return what a PFX holds.

    Raises:
        NotUsable: it cannot be opened, or Azure would not take what it holds.
    """
    _check_form(pfx)
    need_cryptography()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            key, certificate, others = pkcs12.load_key_and_certificates(pfx, password.encode() or None)
    except Exception:  # what stands in the file raises what it likes
        raise NotUsable(
            "pfx: the file cannot be opened with pfx_password: the password is another one, or the file is damaged;"
            " open it by hand with: openssl pkcs12 -info -nokeys -in FILE"
        ) from None
    if key is None:
        raise NotUsable("pfx: there is no private key in the file; export the certificate again with its private key")
    if certificate is None:
        raise NotUsable(_NO_CERTIFICATE)
    check_client(certificate, now)
    try:
        belongs = _belong(key, certificate)
        _check_chain(certificate, others, now)
    except NotUsable:
        raise
    except Exception:  # so do the certificates of its issuers
        raise NotUsable(
            "pfx: a certificate in the file cannot be understood; export it again without the certificates of its"
            " issuers"
        ) from None
    if not belongs:
        raise NotUsable(_NO_CERTIFICATE)
    until = f"{time_of(certificate, 'not_valid_after'):%Y-%m-%dT%H:%M:%SZ}"
    return Pair(thumbprint_of(certificate), subject_of(certificate), until, certificate, key)


def _check_form(pfx: bytes) -> None:
    """Tell what is no PFX from one with another password; both fail alike when they are opened."""
    if pfx.lstrip().startswith(b"-----BEGIN"):
        raise NotUsable(
            "pfx: expected a PFX (PKCS #12), found a file in PEM form; make one with:"
            " openssl pkcs12 -export -inkey KEY -in CERTIFICATE -out FILE"
        )
    # A sequence that begins with the number 3, the version of the format.
    head = pfx[:2] if len(pfx) > 1 and pfx[1] <= 0x80 else pfx[: 2 + (pfx[1] & 0x7F) if len(pfx) > 1 else 0]
    if not pfx.startswith(b"\x30") or not pfx[len(head) :].startswith(b"\x02\x01\x03"):
        raise NotUsable(
            "pfx: expected a PFX (PKCS #12), found a file of another kind; a certificate alone (.cer) has no private"
            " key: export it again with its private key"
        )
    if len(head) > 2 and int.from_bytes(head[2:], "big") + len(head) > len(pfx):
        raise NotUsable("pfx: the file is cut off; copy it again")


def _belong(key: Any, certificate: Any) -> bool:
    own, told = key.public_key(), certificate.public_key()
    if isinstance(own, rsa.RSAPublicKey) and isinstance(told, rsa.RSAPublicKey):
        return bool(own.public_numbers() == told.public_numbers())
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return bool(own.public_bytes(*form) == told.public_bytes(*form))


def _check_chain(certificate: Any, others: list[Any], now: datetime) -> None:
    """Look at the issuers as far as the file holds them.

    Raises:
        NotUsable: one of them is not valid now, or did not sign what it should have.
    """
    seen, current = [certificate], certificate
    while True:
        above = [each for each in [current, *others] if each.subject == current.issuer]
        signers = [each for each in above if signed_by(current, each)]
        if above and not signers:
            raise NotUsable(
                f"pfx: {subject_of(above[0])} in the file did not sign the certificate {subject_of(current)}; export it"
                " again with its own chain, or without one"
            )
        if not signers or signers[0] in seen:
            return
        current = signers[0]
        seen.append(current)
        problem = date_problem(current, now)
        if problem:
            raise NotUsable(f"pfx: the issuer {subject_of(current)} in the file: {problem}")


def _encryption(password: bytes) -> Any:
    """Return the encryption that every Windows knows; old versions of the package know no other."""
    kind = getattr(serialization.PrivateFormat, "PKCS12", None)
    if kind is None:
        return serialization.BestAvailableEncryption(password)
    builder = kind.encryption_builder().kdf_rounds(20000).hmac_hash(hashes.SHA1())
    return builder.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).build(password)


def same_certificate(pair: Pair, certificate: Any) -> None:
    """Look whether a certificate that was given apart is that of the PFX.

    Raises:
        NotUsable: it is another one.
    """
    found = thumbprint_of(certificate)
    if found != pair.thumbprint:
        raise NotUsable(
            f"cer: expected the certificate of the PFX ({pair.thumbprint}), found another one ({found}); give the one"
            " that belongs to the private key and was added to the subscription"
        )
