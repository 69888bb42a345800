# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of things in a model, as the files ``*_state.ps1`` read and set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import ABSENT, ReadEndedError

Model = dict[str, Any]
_MODES = {2: "automatic", 3: "manual", 4: "disabled"}


def get(model: Model, kind: str, name: str) -> str:
    """Return the state of a thing.

    Raises:
        ReadEndedError: Windows would refuse, or not know this kind.
    """
    if kind not in KINDS:
        raise ReadEndedError("1", f"The term 'Get-{kind.replace('_', '')}State' is not recognized")
    _refuse(model, "unreadable_states", kind, name)
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


def _refuse(model: Model, part: str, kind: str, name: str) -> None:
    """Raise what a machine file says of a thing that must not be read or set."""
    said = (model.get(part) or {}).get(f"{kind} {name}")
    if said:
        raise ReadEndedError("1", str(said))


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


def _service(model: Model, name: str) -> str:
    services = model.get("services") or {}
    found = services.get(_spelled(services, name), ABSENT)
    if found == ABSENT:
        return "absent"
    mode = _MODES.get(int(found["start"]), "")
    mode = "delayed" if mode == "automatic" and found.get("delayed") else mode
    return f"{mode} {str(found['state']).lower()}"


def _set_service(model: Model, name: str, state: str, _secrets: Sequence[str]) -> None:
    mode, _space, run = state.partition(" ")
    service = model["services"][_spelled(model["services"], name)]
    if mode == "disabled" and run == "running":
        raise ReadEndedError("1", f"Cannot start service {name} on computer '.'.")
    service["start"] = {"automatic": 2, "delayed": 2, "manual": 3, "disabled": 4}[mode]
    if mode == "delayed":
        service["delayed"] = 1
    elif service.get("delayed"):
        service["delayed"] = 0
    service["state"] = run.capitalize()


Getter = Callable[[Model, str], str]
Setter = Callable[[Model, str, str, Sequence[str]], None]
KINDS: dict[str, tuple[Getter, Setter]] = {
    "registry_key": (_registry_key, _set_registry_key),
    "registry": (_registry, _set_registry),
    "service": (_service, _set_service),
}
