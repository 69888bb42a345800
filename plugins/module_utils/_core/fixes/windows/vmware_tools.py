# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets the service of VMware Tools start with Windows and run. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...facts.fact import Facts, Json
from ..contract import Fix, Planned, Refusal, Unchanged
from . import service_wanted, states
from .thing import Thing

_TOOLS = Thing("service", "VMTools")


def _running(state: str) -> str:
    return service_wanted.started(state, good=("automatic", "delayed"))


def _things(_options: Mapping[str, Json], _settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    return (_TOOLS,)


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    hardware = facts.tree["hardware"]
    virtualization = hardware["virtualization"] if isinstance(hardware, dict) else None
    if virtualization != "vmware":
        return Refusal(
            f"expected a virtual machine of VMware, found the virtualization {virtualization}; VMware Tools neither "
            "start nor help here"
        )
    try:
        if states.state_of(facts, _TOOLS) == "absent":
            return Refusal("VMware Tools are not installed; install them from vCenter or with VMware's installer")
        made = states.changes(facts, [(_TOOLS, _running)])
    except states.StateUnknown as error:
        return error.refusal
    if not made:
        return Unchanged({str(_TOOLS): states.state_of(facts, _TOOLS)}, "VMware Tools start with Windows and run")
    return states.plan_of("vmware_tools", ("without running tools", "running the tools"), made, options)


FIX = Fix(
    name="vmware_tools",
    safety="automatic",
    why="enables and starts tools that are installed",
    needs=("hardware.virtualization",),
    scripts=service_wanted.SCRIPTS[:1],
    planner=_plan,
    platform="windows",
    things=_things,
    owns=lambda thing, state: thing == _TOOLS and service_wanted.owned(thing, state),
    makes=states.maker([(_TOOLS, _running)]),
)
