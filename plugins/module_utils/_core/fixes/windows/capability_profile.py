# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives the clouds of VMM the capability profile of Hyper-V. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from ...facts.fact import Facts, Json
from ..contract import Fix, Planned, Refusal, Unchanged
from . import states
from .thing import Change, Thing

_KIND = "cloud_capability"
_PROFILE = "Hyper-V"
_IDENTITY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _owns(thing: Thing, state: str) -> bool:
    """Whether the fix can have made this: it only ever adds the one profile to a cloud."""
    identity, _bar, profile = thing.name.partition("|")
    known = _IDENTITY.fullmatch(identity) is not None and profile == _PROFILE
    return thing.kind == _KIND and known and state == "absent"


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    clouds = cast("list[dict[str, Any]]", cast(Any, facts.tree)["vmm"]["clouds"])
    names = [str(cloud["name"]) for cloud in clouds]
    chosen = cast("list[str]", options.get("clouds") or names)
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        shown = ", ".join(map(repr, names)) or "none"
        given = ", ".join(map(repr, unknown))
        return Refusal(f"clouds: expected names of clouds of this VMM server ({shown}), found {given}; correct them")
    lacking = [cloud for cloud in clouds if cloud["name"] in chosen and _PROFILE not in cloud["capability_profiles"]]
    if not lacking:
        shown_now = {str(cloud["name"]): ", ".join(cloud["capability_profiles"]) for cloud in clouds}
        return Unchanged(cast(Json, shown_now), f"every cloud has the capability profile {_PROFILE} already")
    odd = [cloud for cloud in lacking if not _IDENTITY.fullmatch(str(cloud["id"]).lower())]
    if odd:
        return Refusal(f"the cloud {odd[0]['name']!r} has no identity that is known; look at it in VMM by hand")
    made = tuple(
        Change(Thing(_KIND, f"{str(cloud['id']).lower()}|{_PROFILE}"), "absent", "present") for cloud in lacking
    )
    told = {"clouds": _told(lacking)}
    words = ("clouds without the profile", "every cloud with the profile")
    return states.plan_of("capability_profile", words, made, options, told=(told, told))


def _told(clouds: list[dict[str, Any]]) -> Json:
    """Return the names that belong to the identities, for people."""
    return {str(cloud["id"]).lower(): str(cloud["name"]) for cloud in clouds}


FIX = Fix(
    name="capability_profile",
    safety="opt_in",
    why="lets new virtual machines of a cloud use that profile, within its limits",
    needs=("vmm.clouds",),
    scripts=("cloud_capability_state.ps1",),
    planner=_plan,
    options={"clouds": {"type": "list", "elements": "str"}},
    platform="windows",
    owns=_owns,
    makes=lambda change: change.after == "present",
)
