# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service of Remote Desktop in a model, as ``terminal_service_state.ps1`` reads and sets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.states_service import entry, service, set_service

Model = dict[str, Any]
_HELPER = "UmRdpService"


def terminal_service(model: Model, name: str) -> str:
    """Return how it starts and whether it runs."""
    return service(model, name)


def set_terminal_service(model: Model, name: str, state: str, secrets: Sequence[str]) -> None:
    """Let it start so, and start or stop it; Windows starts and this stops its helper."""
    helper, before = entry(model, _HELPER), service(model, name)
    if helper is not None and state.endswith(" stopped"):
        helper["state"] = "Stopped"
    set_service(model, name, state, secrets)
    if helper is not None and state.endswith(" running") and not before.endswith(" running"):
        helper["state"] = "Running"
