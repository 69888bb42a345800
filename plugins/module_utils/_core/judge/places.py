# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places in the fact tree, and what is missing there. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

from ..facts.fact import Json

#: Stands in a path for every element of a list.
ELEMENTS = "[]"
Step = Union[str, int]


@dataclass(frozen=True)
class Path:
    """A place in the fact tree; of a ``shallow`` one only the presence counts (``length(storage.disks)``)."""

    steps: tuple[Step, ...]
    shallow: bool = False

    def __str__(self) -> str:
        return spelled(self.steps)


def spelled(steps: tuple[Step, ...]) -> str:
    """Write a path as people do: ``storage.disks[].size_bytes``, ``storage.os_disks[0]``."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += step if step == ELEMENTS or not text else f".{step}"
    return text


def missing(tree: Json, path: Path) -> list[str]:
    """Name every place on the path, or below its end, where the facts hold nothing."""
    if _complete(tree, path.steps, 0, path.shallow):
        return []
    return list(_gaps(tree, path.steps, 0, path.shallow, ()))


def _complete(value: Json, steps: tuple[Step, ...], at: int, shallow: bool) -> bool:
    """Say whether nothing is missing; the quick form of :func:`_gaps`, for most paths of most machines."""
    for position in range(at, len(steps)):
        step = steps[position]
        if step == ELEMENTS and isinstance(value, list):
            return all(_complete(element, steps, position + 1, shallow) for element in value)
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return False
    return value is not None and not _hollow(value, shallow)


def _hollow(value: Json, shallow: bool) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if None in inner:
        return True
    return not shallow and any(_hollow(each, shallow) for each in inner if isinstance(each, (dict, list)))


def _gaps(value: Json, steps: tuple[Step, ...], at: int, shallow: bool, here: tuple[Step, ...]) -> Iterator[str]:
    if value is None:
        yield spelled(here if len(here) > 1 else steps[:2])
    elif at < len(steps):
        step = steps[at]
        if step == ELEMENTS and isinstance(value, list):
            for position, element in enumerate(value):
                yield from _gaps(element, steps, at + 1, shallow, (*here, position))
        elif isinstance(value, dict) and isinstance(step, str):
            yield from _gaps(value.get(step), steps, at + 1, shallow, (*here, step))
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            yield from _gaps(value[step], steps, at + 1, shallow, (*here, step))
        else:
            yield spelled((*here, step))
    elif isinstance(value, dict):
        for key, each in value.items():
            if each is None or not shallow:
                yield from _gaps(each, steps, at, shallow, (*here, key))
    elif isinstance(value, list):
        for position, each in enumerate(value):
            if each is None or not shallow:
                yield from _gaps(each, steps, at, shallow, (*here, position))
