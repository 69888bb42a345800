# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of things in a model, as the files ``*_state.ps1`` read and set them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles import (
    states_account,
    states_certificate,
    states_cloud,
    states_firewall,
    states_service,
    states_terminal_service,
    states_time_service,
    states_update,
)
from ansible_collections.preflight.azure.tests.doubles.model import ABSENT, ReadEndedError

Model = dict[str, Any]


def get(model: Model, kind: str, name: str) -> str:
    """Return the state of a thing.

    Raises:
        ReadEndedError: Windows would refuse, or not know this kind.
    """
    if kind not in KINDS:
        raise ReadEndedError("1", f"The term 'Get-{kind.replace('_', '')}State' is not recognized")
    _refuse(model, "unreadable_states", kind, name)
    if kind in ("registry", "registry_key"):
        _refuse_redirected(model, name.rpartition("|")[0] if kind == "registry" else name)
    return KINDS[kind][0](model, name)


def give(model: Model, kind: str, name: str, state: str, secrets: Sequence[str]) -> None:
    """Give a thing a state.

    Raises:
        ReadEndedError: Windows would refuse.
    """
    _refuse(model, "unwritable_states", kind, name)
    if f"{kind} {name}" in (model.get("reverted_states") or ()):
        return
    KINDS[kind][1](model, name, state, secrets)
    # What can be read until it is set, and not any more then.
    if "unreadable_after_set" in model:
        model["unreadable_states"] = model.pop("unreadable_after_set")


def _refuse(model: Model, part: str, kind: str, name: str) -> None:
    """Raise what a machine file says of a thing that must not be read or set."""
    said = (model.get(part) or {}).get(f"{kind} {name}")
    if said:
        raise ReadEndedError("1", str(said))


def _refuse_redirected(model: Model, path: str) -> None:
    """Raise what a 32-bit process is told of the keys that a 64-bit Windows hides from it."""
    environment = model["environment"]
    if str(environment.get("process_bits")) != "32" or environment.get("architecture") == "x86":
        return
    if re.match(r"hklm\\software\\(?!wow6432node\\|policies\\)", f"{path}\\".lower()):
        told = "a 32-bit PowerShell is led to another key of this 64-bit Windows; connect with the 64-bit PowerShell"
        raise ReadEndedError("1", told)


def _key(model: Model, path: str) -> Mapping[str, Any] | None:
    """Return the values of a key: ``None`` where it does not exist; one above others exists with them."""
    registry = model.setdefault("registry", {})
    lowered = path.lower()
    for key, values in registry.items():
        if key.lower() == lowered:
            return None if values == ABSENT else (values or {})
    return {} if any(key.lower().startswith(f"{lowered}\\") and registry[key] != ABSENT for key in registry) else None


def _spelled(mapping: Mapping[str, Any], name: str) -> str:
    return next((each for each in mapping if each.lower() == name.lower()), name)


def _registry_key(model: Model, path: str) -> str:
    return "absent" if _key(model, path) is None else "present"


def _set_registry_key(model: Model, path: str, state: str, _secrets: Sequence[str]) -> None:
    registry = model["registry"]
    spelled = _spelled(registry, path)
    if state == "present":
        if _key(model, path) is None:
            registry[spelled] = {}
        return
    below = [key for key in registry if key.lower().startswith(f"{path.lower()}\\") and registry[key] != ABSENT]
    if registry.get(spelled) or below:
        raise ReadEndedError("1", "the key is not empty: 1 keys and values were put there since")
    registry[spelled] = ABSENT


def _registry(model: Model, path: str) -> str:
    key, _bar, name = path.rpartition("|")
    values = _key(model, key)
    if values is None or _spelled(values, name) not in values:
        return "absent"
    ((kind, data),) = values[_spelled(values, name)].items()
    return f"{kind} {data}"


def _set_registry(model: Model, path: str, state: str, _secrets: Sequence[str]) -> None:
    key, _bar, name = path.rpartition("|")
    if _key(model, key) is None:
        raise ReadEndedError("1", "You cannot call a method on a null-valued expression.")
    registry = model["registry"]
    values = registry.setdefault(_spelled(registry, key), {})
    if state == "absent":
        values.pop(_spelled(values, name), None)
        return
    kind, _space, data = state.partition(" ")
    values[_spelled(values, name)] = {kind: int(data) if kind in ("DWord", "QWord") else data}


Getter = Callable[[Model, str], str]
Setter = Callable[[Model, str, str, Sequence[str]], None]
KINDS: dict[str, tuple[Getter, Setter]] = {
    "cloud_capability": (states_cloud.cloud_capability, states_cloud.set_cloud_capability),
    "firewall_group": (states_firewall.group, states_firewall.set_group),
    "firewall_rule": (states_firewall.rule, states_firewall.set_rule),
    "account": (states_account.account, states_account.set_account),
    "certificate": (states_certificate.certificate, states_certificate.set_certificate),
    "group_member": (states_account.group_member, states_account.set_group_member),
    "update": (states_update.update, states_update.set_update),
    "update_file": (states_update.update_file, states_update.set_update_file),
    "registry_key": (_registry_key, _set_registry_key),
    "registry": (_registry, _set_registry),
    "service": (states_service.service, states_service.set_service),
    "service_start": (states_service.service_start, states_service.set_service_start),
    "time_service": (states_time_service.time_service, states_time_service.set_time_service),
    "vmware_time_sync": (states_time_service.vmware_time_sync, states_time_service.set_vmware_time_sync),
    "terminal_service": (states_terminal_service.terminal_service, states_terminal_service.set_terminal_service),
}
