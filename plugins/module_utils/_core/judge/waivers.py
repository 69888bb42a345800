# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waivers and attestations: what people accept, for which machines, until when. Private to this collection.

A waiver lets a failing requirement pass out of the verdict, an attestation answers a manual one; neither changes the
status that was found, and neither makes something unknown known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from fnmatch import fnmatchcase
from typing import Any

from ..catalogue.requirement import Requirement
from ..catalogue.rules import shown
from .finding import Acceptance
from .plain import plain

WAIVER, ATTESTATION = "waiver", "attestation"
_TEXTS = ("requirement", "reason", "approver")
_KNOWN = (*_TEXTS, "kind", "machines", "expires", "ticket")


class WaiverError(ValueError):
    """The list of waivers is wrong; ``problems`` holds every mistake."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("the waivers cannot be used:" + "".join(f"\n- {problem}" for problem in problems))


@dataclass(frozen=True)
class Waiver:
    """One entry; it holds to the end of the day ``expires``, in UTC."""

    kind: str
    requirement: str
    machines: tuple[str, ...]
    expires: date
    acceptance: Acceptance

    def holds(self, now: datetime) -> bool:
        """Say whether it has not expired."""
        end = datetime.combine(self.expires + timedelta(days=1), time(), timezone.utc)
        return now.astimezone(timezone.utc) < end

    def concerns(self, machine: str) -> bool:
        """Say whether it is meant for a machine of that name."""
        return any(fnmatchcase(machine, pattern) for pattern in self.machines)


@dataclass(frozen=True)
class Waivers:
    """All entries, and the ids among them that the catalogue does not have."""

    entries: tuple[Waiver, ...] = ()
    unknown: tuple[str, ...] = ()

    def find(self, kind: str, requirement: str, machine: str, now: datetime) -> Acceptance | None:
        """Give the entry that holds for a requirement on a machine, the one that holds longest."""
        held = [
            each
            for each in self.entries
            if each.kind == kind and each.requirement == requirement and each.holds(now) and each.concerns(machine)
        ]
        return max(held, key=lambda each: each.expires).acceptance if held else None

    def notices(self, now: datetime) -> list[str]:
        """Say which entries have no effect, and why."""
        late = [each for each in self.entries if not each.holds(now)]
        return [
            *(
                f"The {each.kind} for {each.requirement} on {', '.join(each.machines)} expired on "
                f"{each.expires.isoformat()} and is not applied; renew or remove it."
                for each in late
            ),
            *(f"An entry names {each}, no requirement of this catalogue; correct it." for each in self.unknown),
        ]


def parse(data: Any, requirements: Iterable[Requirement]) -> Waivers:
    """Read a list of entries, as from YAML; ids may be aliases.

    ``requirements`` is the whole catalogue, so that only a wrong id counts as unknown.

    Raises:
        WaiverError: with every mistake of every entry.
    """
    names = {name: each.id for each in requirements for name in (each.id, *each.aliases)}
    if data is None:
        return Waivers()
    if not isinstance(data, (list, tuple)):
        raise WaiverError([f"expected a list of entries, found {shown(data)}"])
    problems: list[str] = []
    entries: list[Waiver] = []
    unknown: list[str] = []
    for position, raw in enumerate(data):
        mistakes = _problems(raw)
        problems.extend(f"entry {position + 1}: {mistake}" for mistake in mistakes)
        if not mistakes:
            entry = _entry(raw, names)
            (entries.append(entry) if entry.requirement in names else unknown.append(entry.requirement))
    if problems:
        raise WaiverError(problems)
    return Waivers(tuple(entries), tuple(dict.fromkeys(unknown)))


def _problems(raw: Any) -> list[str]:
    if not isinstance(raw, Mapping):
        return [f"expected keys such as requirement, machines, reason, approver, expires, found {shown(raw)}"]
    found = [f"{key}: there is no such key; known: {', '.join(_KNOWN)}" for key in raw if key not in _KNOWN]
    for key in (*_TEXTS, *(["ticket"] if "ticket" in raw else [])):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            found.append(f"{key}: expected a text, found {shown(raw.get(key))}; add it")
    if raw.get("kind", WAIVER) not in (WAIVER, ATTESTATION):
        found.append(f"kind: expected {WAIVER} or {ATTESTATION}, found {shown(raw['kind'])}")
    if not _machines(raw.get("machines")):
        found.append(f"machines: expected a name, a pattern ('web*') or a list, found {shown(raw.get('machines'))}")
    if _date(raw.get("expires")) is None:
        found.append(f"expires: expected a date such as 2026-12-31, found {shown(raw.get('expires'))}")
    return found


def _entry(raw: Mapping[str, Any], names: Mapping[str, str]) -> Waiver:
    texts = {key: str(plain(raw.get(key, ""))) for key in (*_TEXTS, "ticket")}
    expires = _date(raw["expires"]) or date.min
    wanted = texts["requirement"]
    return Waiver(
        str(plain(raw.get("kind", WAIVER))),
        names.get(wanted, wanted),
        _machines(raw["machines"]),
        expires,
        Acceptance(texts["reason"], texts["approver"], expires.isoformat(), texts["ticket"]),
    )


def _machines(value: Any) -> tuple[str, ...]:
    """Read one pattern or a list of them; nothing where any is not a text."""
    patterns = value if isinstance(value, (list, tuple)) else [value]
    good = all(isinstance(each, str) and each.strip() for each in patterns)
    return tuple(str(plain(each)) for each in patterns) if good else ()


def _date(value: Any) -> date | None:
    """Read a date, as YAML gives it or as text; ``None`` for anything else."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day) if value.year < date.max.year else None
    if not isinstance(value, str) or len(value) != len("2026-12-31"):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if day.year < date.max.year else None
