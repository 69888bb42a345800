# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a host under names of their own: NAME-SUFFIX has NAME's root and settings, and its own address."""

from __future__ import annotations

import json
import os
import re

from preflight_lab.locks import held
from preflight_lab.places import CLONES, CLONES_FIRST, CLONES_MOST
from preflight_lab.shell import LabError

NAME = re.compile(r"(?P<of>[a-z0-9]+)-(?P<suffix>[a-z0-9]{1,24})")


def number(name: str) -> int:
    """The last number of a clone's address; 0 while it has none."""
    return _known().get(name, 0)


def reserve(name: str) -> None:
    """Give a clone the lowest free number, unless it has one."""
    with held("clones"):
        known = _known()
        if name in known:
            return
        free = set(range(CLONES_FIRST, CLONES_FIRST + CLONES_MOST)) - set(known.values())
        if not free:
            raise LabError(f"{CLONES_MOST} clones are up; take some down first: {', '.join(sorted(known))}")
        _write({**known, name: min(free)})


def give_back(name: str) -> None:
    """Forget the number of a clone that is down."""
    with held("clones"):
        known = _known()
        if known.pop(name, 0):
            _write(known)


def forget() -> None:
    """Forget all numbers: no host is up."""
    CLONES.unlink(missing_ok=True)


def _known() -> dict[str, int]:
    try:
        return dict(json.loads(CLONES.read_text(encoding="ascii")))
    except (FileNotFoundError, ValueError):
        return {}


def _write(known: dict[str, int]) -> None:
    new = CLONES.with_suffix(".new")
    new.write_text(json.dumps(known), encoding="ascii")
    os.replace(new, CLONES)
