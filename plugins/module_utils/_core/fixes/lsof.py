# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lsof, which the Mobility service's installer calls, installed from the machine's own repositories. Private."""

from __future__ import annotations

from collections.abc import Mapping

from ..facts.fact import Facts, Json
from .contract import PACKAGE_SCRIPTS, Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    commands, packages = facts.tree["commands"], facts.tree["packages"]
    if not isinstance(commands, dict) or not isinstance(packages, dict):
        return Refusal("commands and packages were not collected; audit again")
    if commands["lsof"]:
        return Unchanged({"lsof": "installed"}, "the command lsof is there")
    manager = packages["manager"]
    if manager == "none":
        return Refusal("lsof is missing, and no package manager (apt, dnf, yum, zypper) was found; install it by hand")
    return Plan(
        fix="lsof",
        before={"lsof": "missing"},
        after={"lsof": "installed"},
        found="missing",
        wanted="installed",
        arguments=(str(manager),),
        timeout_seconds=timeout_seconds(options),
    )


FIX = Fix(
    name="lsof",
    safety="automatic",
    why="adds one program that nothing else depends on",
    needs=("commands.lsof", "packages.manager"),
    scripts=(*PACKAGE_SCRIPTS, "lsof.sh"),
    planner=_plan,
)
