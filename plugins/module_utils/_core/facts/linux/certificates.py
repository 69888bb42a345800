# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates that the machine trusts. Private to this collection."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping

from ...collector.read import command
from ...collector.recording import Recording
from ..fact import Element, Fact, Subject, Unknown, Value

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/var/lib/ca-certificates/ca-bundle.pem",
)
#: The first bundle that is there; SLES 11 has one file for each certificate.
ROOTS = command(
    "trusted roots",
    " ".join(f"test -s {path} && exec cat {path};" for path in _BUNDLES) + " cat /etc/ssl/certs/*.pem",
    10,
)
_BLOCK = re.compile(r"-----BEGIN (?:TRUSTED )?CERTIFICATE-----(.*?)-----END (?:TRUSTED )?CERTIFICATE-----", re.DOTALL)


def _roots(recording: Recording) -> Value:
    answer = recording.answer(ROOTS)
    if not answer.answered:
        return Unknown(answer.reason)
    found: dict[str, Value] = {}
    for block in _BLOCK.findall(answer.text):
        der = _der(block)
        if der is None:
            broken = Unknown("a certificate in the bundle could not be decoded")
            found["broken"] = {"sha1": broken, "sha256": broken}
        else:
            # The names that certificates are known by; nothing is signed or trusted by them.
            sha1 = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
            found[sha1] = {"sha1": sha1, "sha256": hashlib.sha256(der).hexdigest().upper()}
    return list(found.values()) or Unknown("no bundle of trusted root certificates was found in the usual places")


def _der(block: str) -> bytes | None:
    # The collector may take the padding behind letters like "Token" for a secret: only "=" can stand there.
    text = re.sub(r"\s", "", block).replace("[redacted]", "").rstrip("=")
    try:
        der = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _first_element(der)


def _first_element(der: bytes) -> bytes | None:
    """Return the certificate alone: a trusted one of OpenSSL has its uses behind it."""
    if len(der) < 4 or der[0] != 0x30:
        return None
    size, header = der[1], 2
    if size & 0x80:
        header += size & 0x7F
        size = int.from_bytes(der[2:header], "big")
    return der[: header + size] if header + size <= len(der) else None


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {"roots": _roots(recording)}


SUBJECT = Subject(
    "certificates",
    (
        Fact(
            "certificates.roots",
            "list",
            "The certificates that programs on the machine trust.",
            "the system's bundle of trusted certificates",
            (ROOTS,),
            elements=(
                Element("sha1", "str", "SHA-1 of the certificate, in upper-case hexadecimal digits."),
                Element("sha256", "str", "SHA-256 of the certificate, in upper-case hexadecimal digits."),
            ),
        ),
    ),
    _parse,
)
