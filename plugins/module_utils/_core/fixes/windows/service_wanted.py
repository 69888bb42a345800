# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service is made of: how it starts, and whether it runs. Private to this collection."""

from __future__ import annotations

import re

from .states import StateUnknown
from .thing import Thing

MODES = ("automatic", "delayed", "manual", "disabled")
_STATE = re.compile(rf"({'|'.join(MODES)}) (running|stopped)")
#: The files that scripts need for services.
SCRIPTS = ("service_state.ps1", "service_start_state.ps1")


def started(state: str, good: tuple[str, ...] = MODES[:3], otherwise: str = "automatic") -> str:
    """Return the state of a service that runs: it goes on starting as it does where that is good enough.

    Raises:
        StateUnknown: the state is none that it could be put back into.
    """
    found = _STATE.fullmatch(state)
    if found is None:
        raise StateUnknown(f"expected a service that runs or is stopped, found {state!r}")
    mode = found[1]
    return f"{mode if mode in good else otherwise} running"


def can_start(mode: str) -> str:
    """Return how a service starts that others start when they need it: by hand at least.

    Raises:
        StateUnknown: Windows starts it in a way that it could not be put back into.
    """
    if mode not in MODES:
        raise StateUnknown(f"expected a service that starts as {', '.join(MODES)}, found {mode!r}")
    return "manual" if mode == "disabled" else mode


def owned(thing: Thing, state: str) -> bool:
    """Whether a state is one that a change of a service may have found."""
    if thing.kind == "service_start":
        return state in MODES
    return thing.kind == "service" and _STATE.fullmatch(state) is not None
