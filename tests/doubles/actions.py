# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What follows a change besides states, on a model: each returns what the machine says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.preflight.azure.tests.doubles import states_time_service
from ansible_collections.preflight.azure.tests.doubles.states_update import restart_told


def _tell(_model: dict[str, Any], sentence: str) -> str:
    return sentence


ACTIONS: dict[str, Callable[..., str]] = {
    "tell": _tell,
    "restart_told": restart_told,
    "time_update": states_time_service.time_update,
    "time_resync": states_time_service.time_resync,
}


def happened(model: dict[str, Any], action: str, *words: str) -> None:
    """Note an action, so that a test can see that it took place."""
    model.setdefault("actions", []).append(" ".join((action, *words)))
