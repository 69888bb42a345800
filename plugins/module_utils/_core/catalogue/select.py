# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chooses the requirements that concern a machine. Private to this collection."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from .requirement import MACHINES, PLATFORMS, SCENARIOS, SCOPES, Catalogue, CatalogueError, Requirement


def select(
    catalogue: Catalogue,
    scenario: str,
    machine: str,
    platform: str,
    only: Sequence[str] = (),
    scope: str = "machine",
) -> tuple[Requirement, ...]:
    """Give the requirements of a scenario for a machine on a platform, in the order of their ids.

    Args:
        only: ids, aliases or patterns (``linux.*``); everything when empty.

    Raises:
        CatalogueError: for an unknown word, and for an entry of ``only`` that names no requirement of the catalogue.
    """
    found = _unknown("scenario", scenario, SCENARIOS) + _unknown("machine", machine, MACHINES)
    found += _unknown("platform", platform, PLATFORMS) + _unknown("scope", scope, SCOPES)
    wanted = _wanted(catalogue, only, found)
    if found:
        raise CatalogueError(found)
    return tuple(
        _on(platform, requirement)
        for requirement in catalogue.requirements
        if scenario in requirement.scenarios
        and requirement.machine == machine
        and requirement.platform in (platform, "any")
        and requirement.scope == scope
        and requirement.id in wanted
    )


def scenarios_of(catalogue: Catalogue, machine: str, platform: str) -> tuple[str, ...]:
    """Give the scenarios that have requirements for a machine on a platform, in their usual order."""
    found = {
        scenario
        for requirement in catalogue.requirements
        if requirement.machine == machine and requirement.platform in (platform, "any")
        for scenario in requirement.scenarios
    }
    return tuple(scenario for scenario in SCENARIOS if scenario in found)


def facts_needed(requirements: Iterable[Requirement]) -> frozenset[str]:
    """Give the paths of the declared facts that some requirements look at: only those need to be collected."""
    return frozenset(path for requirement in requirements for path in requirement.facts)


def _on(platform: str, requirement: Requirement) -> Requirement:
    evidence = requirement.evidence_by_platform.get(platform, requirement.evidence)
    return requirement if evidence == requirement.evidence else replace(requirement, evidence=evidence)


def _wanted(catalogue: Catalogue, only: Sequence[str], found: list[str]) -> frozenset[str]:
    names = {requirement.id: (requirement.id, *requirement.aliases) for requirement in catalogue.requirements}
    if not only:
        return frozenset(names)
    wanted: set[str] = set()
    for entry in only:
        matches = {identifier for identifier, called in names.items() if any(fnmatchcase(c, entry) for c in called)}
        if not matches:
            found.append(f"requirement {entry}: there is none of that name; {_hint(entry, names)}")
        wanted |= matches
    return frozenset(wanted)


def _hint(entry: str, names: Iterable[str]) -> str:
    known = sorted(names)
    close = difflib.get_close_matches(entry, known, 3)
    if close:
        return f"did you mean {' or '.join(close)}?"
    groups = sorted({name.partition(".")[0] for name in known})
    return f"known groups: {', '.join(f'{group}.*' for group in groups)}; ids: {', '.join(known)}"


def _unknown(what: str, word: str, known: Sequence[str]) -> list[str]:
    return [] if word in known else [f"{what}: expected one of {', '.join(known)}, found {word!r}"]
