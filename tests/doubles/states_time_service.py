# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows Time and VMware Tools as keepers of a model's clock, as ``time_service_state.ps1`` and others see them.

``vmware_time_sync`` of a model is enabled or disabled; ``time_service_start_error`` is what Windows says where it does
not start the service that was just registered; ``time_source_offset_seconds`` is how far the clock is off once
Windows Time was told to ask its servers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import ABSENT, ReadEndedError
from ansible_collections.preflight.azure.tests.doubles.states_service import entry, service, set_service

Model = dict[str, Any]
_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time"
_BELOW = ("Config", "Parameters", "TimeProviders")


def time_service(model: Model, name: str) -> str:
    """Return how it starts, whether it runs and what it follows; or what is missing of it."""
    state = service(model, name)
    if state == ABSENT:
        return state
    if not all(_exists(model, rf"{_KEY}\{below}") for below in _BELOW):
        return "incomplete"
    values = _parameters(model)
    kind, servers = (next(iter(values.get(each, {"String": ""}).values())) for each in ("Type", "NtpServer"))
    return f"{state} {kind}" if kind.upper() == "NT5DS" else f"{state} {kind} {servers}"


def set_time_service(model: Model, name: str, state: str, secrets: Sequence[str]) -> None:
    """Register it, and let it start, run and follow so; or unregister it."""
    there = service(model, name)
    if state == ABSENT:
        set_service(model, name, f"{there.partition(' ')[0]} stopped", secrets)
        _unregister(model, name)
        return
    if there != ABSENT:
        raise ReadEndedError("1", "Windows Time is registered already, with other settings")
    mode, run, kind, *servers = state.split(" ")
    _register(model, name)
    try:
        _parameters(model)["Type"] = {"String": kind}
        if servers:
            _parameters(model)["NtpServer"] = {"String": " ".join(servers)}
        set_service(model, name, f"{mode} {run}", secrets)
    except ReadEndedError:
        _unregister(model, name)
        raise


def vmware_time_sync(model: Model, name: str) -> str:
    """Return whether VMware Tools keep the clock."""
    return ABSENT if entry(model, name) is None else str(model.get("vmware_time_sync", "disabled"))


def set_vmware_time_sync(_model: Model, _name: str, _state: str, _secrets: Sequence[str]) -> None:
    """Refuse: nobody may ask for it."""
    raise ReadEndedError("1", "whether VMware Tools keep the clock is only looked at")


def time_update(model: Model) -> str:
    """Let it read its settings anew; of no use where it does not run."""
    if service(model, "W32Time").endswith(" running"):
        model.setdefault("actions", []).append("time_update")
    return ""


def time_resync(model: Model) -> str:
    """Let it ask its servers."""
    model.setdefault("actions", []).append("time_resync")
    if "time_source_offset_seconds" in model:
        model["clock_offset_seconds"] = model["time_source_offset_seconds"]
    return "Windows Time was told to ask its servers now."


def _exists(model: Model, path: str) -> bool:
    wanted = path.lower()
    return any(
        (key.lower() == wanted or key.lower().startswith(f"{wanted}\\")) and values != ABSENT
        for key, values in (model.get("registry") or {}).items()
    )


def _parameters(model: Model) -> dict[str, Any]:
    """Return the values of the key Parameters, which is there."""
    return next(values for key, values in model["registry"].items() if key.lower() == rf"{_KEY}\Parameters".lower())


def _unregister(model: Model, name: str) -> None:
    model["services"][name] = ABSENT
    for key in model["registry"]:
        if key.lower().startswith(f"{_KEY}\\".lower()):
            model["registry"][key] = ABSENT


def _register(model: Model, name: str) -> None:
    """What ``w32tm /register`` writes outside of domains, as far as it is asked for."""
    told = model.get("time_service_start_error")
    model["services"][name] = {"state": "Stopped", "start": 3, **({"start_error": told} if told else {})}
    model["registry"].update(
        {
            rf"{_KEY}\Parameters": {
                "Type": {"String": "NTP"},
                "NtpServer": {"String": "time.windows.com,0x9"},
            },
            rf"{_KEY}\Config": {"MaxAllowedPhaseOffset": {"DWord": 1}},
            rf"{_KEY}\TimeProviders\NtpClient": {"Enabled": {"DWord": 1}},
            rf"{_KEY}\TimeProviders\VMICTimeProvider": {"Enabled": {"DWord": 1}},
        }
    )
