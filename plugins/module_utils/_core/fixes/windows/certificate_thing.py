# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates in the stores of Windows, as things with a state. Private to this collection."""

from __future__ import annotations

import re

from .thing import Thing

PERSONAL = r"CurrentUser\My"
ROOTS = r"LocalMachine\Root"
DISTRUSTED = r"LocalMachine\Disallowed"
#: The files that know the states.
SCRIPTS = ("certificate_key.ps1", "certificate_state.ps1")

ABSENT = "absent"
PRESENT = "present"
IMPORTED = "imported"
IMPORTED_WITH_KEY = "imported with key"
_STATE = re.compile(r"(absent|present|imported)( with key)?( for S-1-[0-9-]+)?")


def certificate(store: str, thumbprint: str) -> Thing:
    """Return the certificate in a store that has this thumbprint."""
    return Thing("certificate", f"{store}|{thumbprint}")


def is_certificate(thing: Thing, store: str) -> bool:
    """Whether a thing is a certificate in this store."""
    place, _bar, thumbprint = thing.name.partition("|")
    return thing.kind == "certificate" and place == store and bool(re.fullmatch("[0-9A-F]{40}", thumbprint))


def split(state: str) -> tuple[str, str]:
    """Return a state in words, and whose store it is of, as `` for SID``; words are empty where it is no state."""
    found = _STATE.fullmatch(state)
    return (f"{found[1]}{found[2] or ''}", found[3] or "") if found else ("", "")
