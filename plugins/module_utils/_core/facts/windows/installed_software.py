# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installed programs that a configuration server needs or must not have. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values
from .collecting_process import ENVIRONMENT
from .installed_programs import PROGRAMS, PROGRAMS_32_BIT, versions

#: Fact, and what the names of such programs begin with; these are not translated.
_KINDS = {
    "mysql": ("MySQL Server",),
    "powercli": ("VMware vSphere PowerCLI", "VMware PowerCLI"),
}


def _versions(recording: Recording, kind: str) -> Value:
    listed = registry_values.present(recording, PROGRAMS)
    if isinstance(listed, Unknown):
        return listed
    if not listed:
        # Every Windows has some.
        return Unknown("the registry lists no installed program at all")
    found: list[Value] = []
    for start in _KINDS[kind]:
        some = versions(recording, start, both_views=True)
        if isinstance(some, Unknown):
            return some
        found += some
    return found


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {kind: _versions(recording, kind) for kind in _KINDS}


SUBJECT = Subject(
    "installed_software",
    tuple(
        Fact(
            f"installed_software.{kind}",
            "list",
            f"The versions of the installed programs that are called {' or '.join(names)}.",
            "the registry, below Uninstall, in the views of 64-bit and of 32-bit programs",
            (PROGRAMS, PROGRAMS_32_BIT, ENVIRONMENT),
        )
        for kind, names in _KINDS.items()
    ),
    _parse,
)
