# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the fact paths that requirements use to what must be collected. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from ..collector.read import Read
from .fact import Fact, Subject


class UnknownFactError(LookupError):
    """A requirement uses a fact that does not exist; the message says which and what comes near."""


@dataclass(frozen=True)
class Selection:
    """The subjects, narrowed to the facts needed, and the reads of these facts; the order is always the same."""

    subjects: tuple[Subject, ...]
    reads: tuple[Read, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts needed."""
        return tuple(fact for subject in self.subjects for fact in subject.facts)


def select(paths: Iterable[str], subjects: Sequence[Subject]) -> Selection:
    """Return what must be collected for the paths.

    A path is ``os.major``, ``storage.disks[].size_bytes`` (whatever stands in the brackets) or a whole subject,
    ``storage``. Subjects, facts and reads come in the order in which they are declared, each once.

    Raises:
        UnknownFactError: there is no such subject, fact or key of its elements.
    """
    wanted = {fact_path for path in paths for fact_path in _fact_paths(path, subjects)}
    narrowed = []
    for subject in subjects:
        facts = tuple(fact for fact in subject.facts if fact.path in wanted)
        if facts:
            narrowed.append(replace(subject, facts=facts))
    reads = dict.fromkeys(read for subject in narrowed for fact in subject.facts for read in fact.reads)
    return Selection(tuple(narrowed), tuple(reads))


def _fact_paths(path: str, subjects: Sequence[Subject]) -> list[str]:
    names = re.sub(r"\[[^\]]*\]", "", path).split(".")
    subject = next((subject for subject in subjects if subject.name == names[0]), None)
    if subject is None:
        raise _unknown(path, "subject", names[0], [subject.name for subject in subjects])
    if len(names) == 1:
        return [fact.path for fact in subject.facts]
    fact_path = ".".join(names[:2])
    fact = next((fact for fact in subject.facts if fact.path == fact_path), None)
    if fact is None:
        raise _unknown(path, "fact", fact_path, [fact.path for fact in subject.facts])
    keys = [element.name for element in fact.elements]
    if len(names) > 2 and names[2] not in keys:
        raise _unknown(path, f"key in {fact_path}", names[2], keys)
    return [fact_path]


def _unknown(path: str, kind: str, name: str, existing: list[str]) -> UnknownFactError:
    near = ", ".join(get_close_matches(name, existing, 3) or existing)
    known = f"there is {near}" if near else "there is none"
    return UnknownFactError(f"{path}: there is no {kind} named {name!r}, {known}; correct the path")
