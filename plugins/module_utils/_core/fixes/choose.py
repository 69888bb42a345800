# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fixes the failing findings of a machine call for, and which of them are allowed. Private to this collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: The role's variable that permits each kind of fix; an automatic one needs no permission.
PERMISSIONS = {"automatic": "", "opt_in": "preflight_allow", "weakening": "preflight_allow_weakening"}


@dataclass(frozen=True)
class Choice:
    """One fix, the failing requirements that it serves, and the permission that it lacks (empty: it may be applied)."""

    fix: str
    safety: str
    requirements: tuple[str, ...]
    permission: str

    @property
    def allowed(self) -> bool:
        return not self.permission


def choose(
    findings: Iterable[Mapping[str, Any]], baseline: str, allow: Collection[str], allow_weakening: Collection[str]
) -> list[Choice]:
    """Return the fixes of the findings that fail by a baseline and are not waived, each once, by name.

    Args:
        findings: as a machine document holds them.
    """
    served: dict[str, list[str]] = {}
    safety: dict[str, str] = {}
    for finding in findings:
        if finding["fix"] and not finding["waiver"] and finding["baselines"][baseline]["status"] == "fail":
            name = finding["fix"]["name"]
            served.setdefault(name, []).append(finding["id"])
            # One finding may ask for less of a fix than another: to start what is there, or to install it.
            safety[name] = max(safety.get(name, "automatic"), finding["fix"]["safety"], key=list(PERMISSIONS).index)
    given = {"automatic": served, "opt_in": allow, "weakening": allow_weakening}
    return [
        Choice(
            name,
            safety[name],
            tuple(requirements),
            "" if name in given[safety[name]] else f"{PERMISSIONS[safety[name]]}: [{name}]",
        )
        for name, requirements in sorted(served.items())
    ]


def permission_problems(
    known: Mapping[str, str], allow: Collection[str], allow_weakening: Collection[str]
) -> list[str]:
    """Return what is wrong with the permissions given; ``known`` holds the safety of every fix by its name."""
    problems = []
    for safety, names in (("opt_in", allow), ("weakening", allow_weakening)):
        for name in names:
            if name not in known:
                problems.append(
                    f"{PERMISSIONS[safety]}: expected names of fixes ({', '.join(sorted(known))}), found {name!r}"
                )
            elif known[name] == "weakening" and safety == "opt_in":
                problems.append(
                    f"{PERMISSIONS[safety]}: {name} opens a door; name it in {PERMISSIONS['weakening']} if you want it"
                )
    return problems
