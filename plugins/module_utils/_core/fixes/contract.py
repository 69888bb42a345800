# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fix is: one planner, one short script, and what comes back. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Union

from ..facts.fact import Facts, Json
from .windows.thing import Change, Thing

Safety = Literal["automatic", "opt_in", "weakening"]


#: How long a machine may take for one change, where the operator does not say.
DEFAULT_SECONDS = 300


@dataclass(frozen=True)
class Plan:
    """One change that is to be made.

    ``before`` and ``after`` are for people and the diff; ``found`` and ``wanted`` the words by which the fix's script
    names these states (``NAME_state``); ``arguments`` go to its ``NAME_prepare``. None of them is a secret.
    ``timeout_seconds`` is how long the machine may take; what takes longer goes on there, and is told as running.
    On Windows ``changes`` are made, in order, with the lines of ``secrets`` that they name; these are sent as data;
    then ``actions`` follow, each a function of the fix's files and its words.
    """

    fix: str
    before: Json
    after: Json
    found: str
    wanted: str
    arguments: tuple[str, ...] = ()
    timeout_seconds: int = DEFAULT_SECONDS
    changes: tuple[Change, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    actions: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Unchanged:
    """Nothing has to be done; ``state`` is what stands there, for people and the diff."""

    state: Json
    reason: str


@dataclass(frozen=True)
class Refusal:
    """The fix cannot or must not be made; ``reason`` says why and what to do."""

    reason: str


#: What a fix that installs a package names before its own script.
PACKAGE_SCRIPTS = ("package_words.sh", "packages.sh")
#: What a fix that changes files names before its own script.
FILE_SCRIPTS = ("files_look.sh", "files.sh", "files_undo.sh")
#: What a fix that enables or starts a service names before its own script.
SERVICE_SCRIPTS = ("service_state.sh", "services.sh", "service_undo.sh")

Planned = Union[Plan, Unchanged, Refusal]
Planner = Callable[[Facts, Mapping[str, Json], Mapping[str, Json]], Planned]
#: Returns what a fix on Windows has to look at, from the options and the settings.
Looker = Callable[[Mapping[str, Json], Mapping[str, Json]], tuple[Thing, ...]]


def _no_things(_options: Mapping[str, Json], _settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    return ()


def _owns_nothing(_thing: Thing, _state: str) -> bool:
    return False


def _makes_nothing(_change: Change) -> bool:
    return False


@dataclass(frozen=True)
class Fix:
    """One fix, as its module declares it.

    ``plan(facts, options, settings)`` is pure. ``needs`` are the fact paths that it plans with; where one is not known
    :func:`plan` refuses before it is called; those of ``wishes`` are collected too and may stay unknown. ``scripts``
    are the shell files that bring the functions which ``change.sh`` calls, in order; files that several fixes name are
    sent once. ``options`` is what an operator may choose, as Ansible's argument specification; its names are the keys
    of ``options`` in the planner.
    ``carries_connection`` says that undoing it may close the way by which the machine is reached.
    ``files`` are those of its options that name a file on the controller; the planner gets the content, as base64.
    On Windows ``scripts`` are the files that know the states of its ``things``, ``actions`` what follows when a change
    is undone (a function of these files, and its words), and ``owns(thing, state)`` says whether the fix may ever put
    a thing back into a state that a journal tells of, ``makes(change)`` whether it may ever make that change.
    """

    name: str
    safety: Safety
    why: str
    needs: tuple[str, ...]
    scripts: tuple[str, ...]
    planner: Planner
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    carries_connection: bool = False
    wishes: tuple[str, ...] = ()
    platform: str = "linux"
    things: Looker = _no_things
    owns: Callable[[Thing, str], bool] = _owns_nothing
    actions: tuple[tuple[str, ...], ...] = ()
    files: tuple[str, ...] = ()
    makes: Callable[[Change], bool] = _makes_nothing

    def plan(self, facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> Planned:
        """Return what the fix would do on a machine with these facts."""
        for path in self.needs:
            subject, _dot, name = path.partition(".")
            if not _known(facts.tree.get(subject), name):
                reason = facts.reasons.get(path, f"{path} was not collected")
                return Refusal(f"{path} is not known: {reason}; make it readable and audit again")
        return self.planner(facts, options, settings)


@dataclass(frozen=True)
class FixResult:
    """What became of one plan.

    ``state`` is applied, unchanged, already_done, refused, failed or running; ``journal`` the copy of the machine's
    record, ``log`` the end of what the machine's own tools said.
    """

    fix: str
    state: str
    reason: str
    before: Json
    after: Json
    journal: Mapping[str, Any] | None = None
    log: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the machine is another than before, or may become so."""
        return self.state in ("applied", "running")

    @property
    def succeeded(self) -> bool:
        """Whether the machine is now as wanted."""
        return self.state in ("applied", "unchanged", "already_done")


def timeout_seconds(options: Mapping[str, Json]) -> int:
    """Return how long the operator lets the machine take for the change."""
    seconds = options.get("timeout_seconds")
    return seconds if isinstance(seconds, int) else DEFAULT_SECONDS


def _known(branch: Json, name: str) -> bool:
    return isinstance(branch, dict) and branch.get(name) is not None
