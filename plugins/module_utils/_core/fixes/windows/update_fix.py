# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixes that install an update or a program from a file on the machine. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Union

from ...facts.fact import Facts, Json
from ..contract import Fix, Plan, Planned, Refusal, Unchanged
from . import states
from .thing import Change, Thing
from .update_wish import OPTIONS, Wish, WishError, owns, read_wish

#: Says why this machine must not or need not get it; ``None`` where it may.
Check = Callable[[Facts, Mapping[str, Json], Wish], Union[Refusal, Unchanged, None]]
#: What servicing has to finish with the next restart.
RESTART = Thing(
    "registry_key", r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
)
_SCRIPTS = ("registry_state.ps1", "update_codes.ps1", "update_state.ps1")
_ACTIONS = (("restart_told",),)
_GIB = 2**30


def _no_check(_facts: Facts, _options: Mapping[str, Json], _wish: Wish) -> None:
    return None


def update_fix(
    name: str,
    why: str,
    *,
    check: Check = _no_check,
    looks: tuple[Thing, ...] = (),
    options: Mapping[str, Mapping[str, Any]] | None = None,
    needs: tuple[str, ...] = (),
) -> Fix:
    """Return the fix that installs what the operator named.

    Args:
        check: what this fix asks of the machine beyond what every installation does.
        looks: keys and values of the registry that ``check`` wants to know the states of.
        needs: the facts that ``check`` uses.
    """

    def things(given: Mapping[str, Json], _settings: Mapping[str, Json]) -> tuple[Thing, ...]:
        try:
            wish = read_wish(given)
        except WishError:
            return (RESTART,)
        return (wish.update, wish.file, RESTART, *looks)

    def plan(facts: Facts, given: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
        try:
            wish = read_wish(given)
            settled = _settled(facts, wish) or check(facts, given, wish) or _file_refused(facts, wish)
        except WishError as error:
            return Refusal(f"{error}; correct the options of {name}")
        except states.StateUnknown as error:
            return error.refusal
        return settled or _planned(name, wish, given)

    return Fix(
        name=name,
        safety="opt_in",
        why=why,
        needs=needs,
        scripts=_SCRIPTS,
        planner=plan,
        options={**OPTIONS, **(options or {})},
        platform="windows",
        things=things,
        owns=owns,
        actions=_ACTIONS,
        makes=lambda change: (change.before, change.after) == ("absent", "installed"),
    )


def _settled(facts: Facts, wish: Wish) -> Refusal | Unchanged | None:
    """Say that it is there, or in a state from which nothing may be done."""
    state = states.state_of(facts, wish.update)
    if state == "installed":
        told = f"{wish.identity} is installed already"
        if states.state_of(facts, RESTART) == "present":
            told += "; Windows waits for a restart, which may be the end of this installation"
        return Unchanged({str(wish.update): state}, told)
    if state != "absent":
        return Refusal(
            f"expected {wish.identity} to be installed or absent, found it by Windows in {state} (CurrentState of"
            " Component Based Servicing); wait, restart the machine, and run again"
        )
    return None


def _file_refused(facts: Facts, wish: Wish) -> Refusal | None:
    state = states.state_of(facts, wish.file)
    if state == "absent":
        return Refusal(
            f"expected the file {wish.path} on the machine, found none that this account sees; copy it there"
        )
    told = re.fullmatch(r"([0-9a-f]{64}) ([0-9]{1,18}) ([0-9]{1,18})", state)
    if told is None:
        return Refusal(f"expected what the machine tells of {wish.path}, found {state[:80]!r}; look at it by hand")
    digest, size, free = told.groups()
    if digest != wish.sha256:
        return Refusal(
            f"expected {wish.path} to have the SHA-256 {wish.sha256}, found {digest}: it is another file, or sha256 is"
            " wrong; compare both with the publisher's"
        )
    # The copy, what is expanded, and what Windows keeps of it.
    wanted = 4 * int(size) + _GIB
    if int(free) < wanted:
        return Refusal(
            f"expected {wanted / _GIB:.1f} GiB of free space on the drive of ProgramData to install {wish.path}, found"
            f" {int(free) / _GIB:.1f} GiB; make room and run again"
        )
    return None


def _planned(name: str, wish: Wish, options: Mapping[str, Json]) -> Plan:
    made = (Change(wish.update, "absent", "installed"),)
    return states.plan_of(name, ("not installed", "installed"), made, options, actions=_ACTIONS)
