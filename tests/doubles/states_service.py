# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services of a model, as ``service_state.ps1`` and ``service_start_state.ps1`` read and set them.

``start_error`` of a service is what Windows says when it cannot be started, ``used_by`` the name of one that depends on
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import ABSENT, ReadEndedError

Model = dict[str, Any]
_MODES = {2: "automatic", 3: "manual", 4: "disabled"}


def entry(model: Model, name: str) -> dict[str, Any] | None:
    """Return what a model says of a service, ``None`` where there is none of this name."""
    services = model.get("services") or {}
    found = next((service for known, service in services.items() if known.lower() == name.lower()), ABSENT)
    return None if found == ABSENT else found


def service(model: Model, name: str) -> str:
    """Return how a service starts and whether it runs."""
    found = entry(model, name)
    return "absent" if found is None else f"{_mode(found)} {str(found['state']).lower()}"


def set_service(model: Model, name: str, state: str, _secrets: Sequence[str]) -> None:
    """Let a service start so, and start or stop it; one that cannot be, or that others need, goes on as before."""
    mode, _space, run = state.partition(" ")
    found = _there(model, name)
    before = _mode(found)
    other = entry(model, str(found.get("used_by")))
    if run == "stopped" and found["state"] != "Stopped" and other is not None and other["state"] != "Stopped":
        raise ReadEndedError("1", f"the service {found['used_by']} depends on it and runs; it is left running")
    _set_mode(found, mode)
    if run == "running" and found["state"] != "Running":
        told = found.get("start_error") or (mode == "disabled" and f"Cannot start service {name} on computer '.'.")
        if told:
            _set_mode(found, before)
            raise ReadEndedError("1", str(told))
    found["state"] = run.capitalize()


def service_start(model: Model, name: str) -> str:
    """Return how a service starts."""
    found = entry(model, name)
    return "absent" if found is None else _mode(found)


def set_service_start(model: Model, name: str, state: str, _secrets: Sequence[str]) -> None:
    """Let a service start so."""
    _set_mode(_there(model, name), state)


def _there(model: Model, name: str) -> dict[str, Any]:
    found = entry(model, name)
    if found is None:
        raise ReadEndedError("1", "sc.exe ended with 1060: The specified service does not exist.")
    return found


def _mode(found: dict[str, Any]) -> str:
    mode = _MODES.get(int(found["start"]), "")
    return "delayed" if mode == "automatic" and found.get("delayed") else mode


def _set_mode(found: dict[str, Any], mode: str) -> None:
    numbers = {"automatic": 2, "delayed": 2, "manual": 3, "disabled": 4}
    if mode not in numbers:
        raise ReadEndedError("1", f"a service cannot be made to start as {mode}")
    if mode == _mode(found):
        return
    found["start"] = numbers[mode]
    if mode == "delayed":
        found["delayed"] = 1
    elif found.get("delayed"):
        found["delayed"] = 0
