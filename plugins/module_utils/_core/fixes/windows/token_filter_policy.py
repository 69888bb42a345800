# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets local administrators use their rights over the network. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...facts.fact import Json
from .state_fix import state_fix
from .states import Target
from .thing import Thing

_KEY = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"


def _wanted(_options: Mapping[str, Json], _settings: Mapping[str, Json]) -> list[tuple[Thing, Target]]:
    return [(Thing("registry", f"{_KEY}|LocalAccountTokenFilterPolicy"), "DWord 1")]


FIX = state_fix(
    "token_filter_policy",
    "weakening",
    "lets every local administrator use all rights over the network, so that a stolen hash of a local password opens"
    " the machine; an account of a domain does not need it",
    _wanted,
    ("registry_state.ps1",),
    ("filtering", "not filtering"),
    carries_connection=True,
)
