# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The process that answered: a 32-bit one on a 64-bit Windows sees other keys and files. Private to this collection."""

from __future__ import annotations

import re

from ...collector.read import Read
from ...collector.recording import Recording
from ...collector.windows_read import environment
from ..fact import Unknown

ENVIRONMENT = environment()

#: Kinds whose first argument is a key of the registry.
_OF_THE_REGISTRY = ("registry", "registry_keys", "registry_tree")


def told(recording: Recording, name: str) -> str | Unknown:
    """Return what the collecting process says of itself."""
    answer = recording.answer(ENVIRONMENT)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    found = next((line.partition("\t")[2] for line in answer.lines if line.startswith(f"{name}\t")), None)
    return Unknown(f"{ENVIRONMENT.key} does not tell {name}") if found is None else found


def misled(recording: Recording, of: Read) -> Unknown | None:
    """Say why an answer tells nothing of the 64-bit Windows, where a 32-bit process was led to another place.

    What names its view itself (WOW6432Node, Sysnative) is taken as it is. Where nothing is known of the process, its
    answers are not known to be right either.
    """
    if not _redirected(of):
        return None
    bits, architecture = told(recording, "process_bits"), told(recording, "architecture")
    for doubt in (bits, architecture):
        if isinstance(doubt, Unknown):
            return Unknown(f"whether the collecting process was led to another place is not known: {doubt.reason}")
    if bits == "32" and architecture != "x86":
        return Unknown(
            f"a 32-bit process asked for {of.arguments[0]}, and a 64-bit Windows leads it elsewhere; collect with the"
            " 64-bit PowerShell"
        )
    return None


def _redirected(of: Read) -> bool:
    place = of.arguments[0].lower() if of.arguments else ""
    if of.kind in _OF_THE_REGISTRY:
        return re.match(r"hklm\\software\\(?!wow6432node\\|policies\\)", place) is not None
    return of.kind in ("file", "text", "program") and "system32" in place
