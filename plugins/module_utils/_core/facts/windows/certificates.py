# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The root certificates that the machine trusts. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import certificates, rows
from ..fact import Element, Fact, Subject, Unknown, Value
from . import registry_values

#: With what Windows keeps in AuthRoot, for that is part of this store.
ROOTS = certificates("LocalMachine", "Root")
DISTRUSTED = certificates("LocalMachine", "Disallowed")
AUTO_UPDATE = registry_values.read(
    r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot", "DisableRootAutoUpdate"
)


def _thumbprints(recording: Recording, of: object) -> list[tuple[str, str, str]] | Unknown:
    read = DISTRUSTED if of is DISTRUSTED else ROOTS
    answer = recording.answer(read)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    found = []
    for words in rows(answer.lines):
        if len(words) < 5 or not re.fullmatch(r"[0-9A-Fa-f]{40}", words[0]):
            return Unknown("a certificate in the store could not be understood")
        found.append((words[0].upper(), words[1], words[4]))
    return found


def _roots(recording: Recording) -> Value:
    found = _thumbprints(recording, ROOTS)
    if isinstance(found, Unknown):
        return found
    if not found:
        return Unknown("the store of trusted root certificates answers empty")
    refused = _thumbprints(recording, DISTRUSTED)
    if isinstance(refused, Unknown):
        return refused
    untrusted = {thumbprint for thumbprint, _subject, _until in refused}
    return [
        {"sha1": thumbprint, "subject": subject, "until": until}
        for thumbprint, subject, until in found
        if thumbprint not in untrusted
    ]


def _parse(recording: Recording) -> Mapping[str, Value]:
    disabled = registry_values.number(recording, AUTO_UPDATE, "DisableRootAutoUpdate", absent=0)
    return {
        "roots": _roots(recording),
        "automatic_update": disabled if isinstance(disabled, Unknown) else disabled == 0,
    }


SUBJECT = Subject(
    "certificates",
    (
        Fact(
            "certificates.roots",
            "list",
            "The root certificates that the machine trusts, without those that it was told not to trust.",
            "the stores Root and Disallowed of the machine",
            (ROOTS, DISTRUSTED),
            elements=(
                Element("sha1", "str", "SHA-1 of the certificate, in upper-case hexadecimal digits."),
                Element("subject", "str", "The name of its owner."),
                Element("until", "str", "When it expires, in UTC."),
            ),
        ),
        Fact(
            "certificates.automatic_update",
            "bool",
            "Whether Windows may fetch missing root certificates from Windows Update by itself.",
            "DisableRootAutoUpdate in the registry",
            (AUTO_UPDATE,),
        ),
    ),
    _parse,
)
