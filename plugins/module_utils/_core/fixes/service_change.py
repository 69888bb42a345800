# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service that should be installed, start with the machine and run, as planners say it. Private to this collection.

Enabling and starting what is installed is automatic; installing its package is another matter, which every fix of a
service permits by its option ``install``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..facts.fact import Facts, Json
from .contract import Plan, Planned, Refusal, Unchanged, timeout_seconds

#: The option of a fix that may install a package; naming the fix in ``preflight_allow`` sets it, too.
INSTALL_OPTION: Mapping[str, Mapping[str, Any]] = {"install": {"type": "bool", "default": False}}


@dataclass(frozen=True)
class Service:
    """How a service was found, or should be."""

    installed: bool
    autostart: bool
    running: bool

    @property
    def words(self) -> str:
        """How the fix's script names this state."""
        yes = {True: "yes", False: "no"}
        return f"package={yes[self.installed]} autostart={yes[self.autostart]} running={yes[self.running]}"


WANTED = Service(installed=True, autostart=True, running=True)


@dataclass(frozen=True)
class Wish:
    """What a fix wants of its service: ``packages`` are the names of its package by package manager."""

    fix: str
    subject: str
    title: str
    packages: Mapping[str, str]


def plan_service(wish: Wish, facts: Facts, options: Mapping[str, Json]) -> Planned:
    """Return the plan by the facts ``SUBJECT.installed``, ``autostart``, ``running`` and ``obstacle``."""
    branch = facts.tree[wish.subject]
    if not isinstance(branch, dict):
        return Refusal(f"{wish.subject} was not collected; audit again")
    found = Service(bool(branch["installed"]), bool(branch["autostart"]), bool(branch["running"]))
    if found == WANTED:
        return Unchanged(asdict(found), f"{wish.title} is installed, starts with the machine and runs")
    if branch["obstacle"]:
        return Refusal(str(branch["obstacle"]))
    package = _package(wish, found, facts, options)
    if isinstance(package, Refusal):
        return package
    return Plan(
        fix=wish.fix,
        before=asdict(found),
        after=asdict(WANTED),
        found=found.words,
        wanted=WANTED.words,
        arguments=package,
        timeout_seconds=timeout_seconds(options),
    )


def _package(wish: Wish, found: Service, facts: Facts, options: Mapping[str, Json]) -> tuple[str, ...] | Refusal:
    """Return the package and its manager as the script takes them, nothing where it is installed."""
    if found.installed:
        return ()
    if not options.get("install"):
        return Refusal(
            f"{wish.title} is not installed, and packages are installed only with permission: set the option install "
            f"of {wish.fix}, or name {wish.fix} in preflight_allow"
        )
    packages = facts.tree["packages"]
    manager = str(packages["manager"]) if isinstance(packages, dict) else "none"
    if manager not in wish.packages:
        return Refusal(
            f"{wish.title} is not installed, and no package manager (apt, dnf, yum, zypper) was found; install it by "
            "hand"
        )
    return wish.packages[manager], manager
