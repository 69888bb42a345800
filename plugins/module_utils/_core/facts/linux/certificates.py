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

#: Red Hat's second one is what its tool makes; programs read the first, which is a link to it, unless RHEL 6 has the
#: tool switched off.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/var/lib/ca-certificates/ca-bundle.pem",
)
#: The first bundle that is there; SLES 11 has one file for each certificate.
ROOTS = command(
    "trusted roots",
    " ".join(f"test -s {path} && exec cat {path};" for path in _BUNDLES) + " cat /etc/ssl/certs/*.pem",
    10,
)
#: How the machine keeps its trusted roots, and those that the fix ca_certificates has added: the same look as
#: ``store_layout`` and ``list_anchors`` in ``fixes/ca_certificates_store.sh`` take.
STORE = command(
    "trust store",
    "test -d /etc; layout=none; d=/none; e=crt; classic=/etc/pki/tls/certs/ca-bundle.crt;"
    " if command -v update-ca-certificates >/dev/null; then"
    " if test -e /etc/ca-certificates.conf; then"
    " if test -s /etc/ssl/certs/ca-certificates.crt; then layout=debian; d=/usr/local/share/ca-certificates; fi;"
    " elif test -d /etc/pki/trust && test -s /var/lib/ca-certificates/ca-bundle.pem; then"
    " layout=suse; d=/etc/pki/trust/anchors; fi;"
    " elif test -s $classic && test ! -L $classic; then layout=redhat_classic;"
    " elif command -v update-ca-trust >/dev/null; then"
    " if test -s /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem; then"
    " layout=redhat; d=/etc/pki/ca-trust/source/anchors; fi;"
    " elif command -v zypper >/dev/null && command -v openssl >/dev/null && test ! -L /etc/ssl/certs; then"
    " for f in /etc/ssl/certs/*.pem; do test ! -s $f || { layout=suse_classic; d=/etc/ssl/certs; e=pem; break; }; done;"
    " fi;"
    " echo layout $layout;"
    " test $layout != redhat_classic || sed -n 's/^# preflight.azure-/anchor /p' $classic | sed 's/$/ -/' | sort;"
    " for f in $d/preflight.azure-*.$e; do test -e $f || continue; set -- $(cksum <$f); n=${f##*/preflight.azure-};"
    " echo anchor ${n%.*} $1-$2; done;"
    " test $layout != suse_classic || for f in $d/*.[0-9]; do case $(readlink $f) in preflight.azure-*)"
    " echo linked $(readlink $f);; esac; done; exit 0",
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


def _store(recording: Recording) -> Value:
    answer = recording.answer(STORE)
    layout = re.search(r"^layout (\w+)$", answer.text, re.MULTILINE)
    if not answer.answered or layout is None:
        return Unknown(answer.reason)
    roots = _roots(recording) if layout[1] != "none" else []
    if isinstance(roots, Unknown):
        return roots
    anchors: list[Value] = [
        {"name": name, "checksum": checksum}
        for name, checksum in re.findall(r"^anchor (\S+) (\S+)$", answer.text, re.MULTILINE)
    ]
    trusted = [root["sha256"] for root in roots if isinstance(root, dict)] if isinstance(roots, list) else []
    if layout[1] == "suse_classic":
        linked = re.findall(r"^linked preflight\.azure-(\w+)\.pem$", answer.text, re.MULTILINE)
        ours = {anchor["name"] for anchor in anchors if isinstance(anchor, dict)}
        trusted = [each for each in trusted if str(each).lower() not in ours or str(each).lower() in linked]
    return {
        "layout": layout[1],
        "anchors": anchors,
        "roots": trusted,
    }


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {"roots": _roots(recording), "store": _store(recording)}


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
        Fact(
            "certificates.store",
            "dict",
            "layout (debian, suse, suse_classic, redhat, redhat_classic, none) of the trust store, anchors (name and "
            "checksum of those that the fix ca_certificates has added) and roots (SHA-256 of what is trusted). Only "
            "for planning a fix: no audit collects it.",
            "the tools and directories of the families, and the bundle",
            (STORE, ROOTS),
        ),
    ),
    _parse,
)
