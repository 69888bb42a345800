# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets Windows bring disks online by itself. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...facts.fact import Json
from .state_fix import state_fix
from .states import Target, owner, registry_values
from .thing import Thing

_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\partmgr\Parameters"
_ONLINE_ALL = "DWord 1"
_LATER = (
    "Windows reads the SAN policy when it starts; a disk that is offline now stays so until somebody brings it online."
)


def _wanted(_options: Mapping[str, Json], _settings: Mapping[str, Json]) -> list[tuple[Thing, Target]]:
    return registry_values(_KEY, {"SanPolicy": _ONLINE_ALL}, 0)


FIX = state_fix(
    "san_policy",
    "opt_in",
    "lets Windows bring every disk online that it finds: where one is shared with other servers outside of a cluster,"
    " that can destroy what is on it",
    _wanted,
    ("registry_state.ps1", "tell.ps1"),
    ("leaving disks offline", "bringing disks online"),
    owns=owner(thing for thing, _target in _wanted({}, {})),
    actions=(("tell", _LATER),),
)
