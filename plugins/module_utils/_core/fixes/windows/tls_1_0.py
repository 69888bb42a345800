# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Enables TLS 1.0, as the documents of 2017 ask. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...facts.fact import Json
from . import schannel
from .state_fix import state_fix
from .states import Target, owner
from .thing import Thing


def _wanted(_options: Mapping[str, Json], _settings: Mapping[str, Json]) -> list[tuple[Thing, Target]]:
    return schannel.enabled("TLS 1.0")


FIX = state_fix(
    "tls_1_0",
    "weakening",
    "lets clients and servers of this machine use a broken protocol: what they send can be read and changed on the way;"
    " only the documents of 2017 ask for it, and Azure refuses it",
    _wanted,
    ("registry_state.ps1", "tell.ps1"),
    ("without TLS 1.0", "offering TLS 1.0"),
    owns=owner(thing for thing, _target in _wanted({}, {})),
    actions=(("tell", schannel.RESTART_PROGRAMS), ("tell", schannel.RESTART_OLD_WINDOWS)),
    carries_connection=True,
)
