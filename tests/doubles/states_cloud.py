# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clouds of a model of a VMM server, as ``cloud_capability_state.ps1`` reads and changes them.

They are what the cmdlet of the collector returns (``modules``); ``used_profiles`` of a cloud are names of profiles that
its virtual machines need, which VMM does not take away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import ABSENT, ReadEndedError

Model = dict[str, Any]
_PROFILES = "CapabilityProfiles.Name"
_BUILT_IN = [{"Name": "ESX Server"}, {"Name": "Hyper-V"}]


def cloud_capability(model: Model, name: str) -> str:
    """Return whether a cloud has a capability profile."""
    identity, _bar, wanted = name.partition("|")
    cloud = _find(model, identity)
    if cloud is None:
        return "no cloud"
    return "present" if wanted in _profiles(cloud) else "absent"


def set_cloud_capability(model: Model, name: str, state: str, _secrets: Sequence[str]) -> None:
    """Give a cloud a capability profile, or take it away."""
    identity, _bar, wanted = name.partition("|")
    cloud = _find(model, identity)
    if cloud is None:
        raise ReadEndedError("1", f"VMM has no cloud {identity} any more, or does not show it to this user")
    every = _lines(model).get("Get-SCCapabilityProfile -VMMServer localhost", _BUILT_IN)
    if wanted not in [each["Name"] for each in every]:
        raise ReadEndedError("1", f"expected one capability profile {wanted} in VMM, found 0")
    if state == "absent" and wanted in cloud.get("used_profiles", ()):
        raise ReadEndedError("1", f"VMM cannot remove the capability profile {wanted} while virtual machines use it.")
    others = [each for each in _profiles(cloud) if each != wanted]
    cloud[_PROFILES] = [*others, wanted] if state == "present" else others


def _lines(model: Model) -> dict[str, Any]:
    lines = (model.get("modules") or {}).get("virtualmachinemanager", ABSENT)
    if lines == ABSENT:
        raise ReadEndedError("1", "The specified module 'virtualmachinemanager' was not loaded")
    found: dict[str, Any] = lines
    return found


def _find(model: Model, identity: str) -> dict[str, Any] | None:
    clouds = _lines(model)["Get-SCCloud -VMMServer localhost"] or []
    return next((each for each in clouds if str(each["ID"]).lower() == identity.lower()), None)


def _profiles(cloud: dict[str, Any]) -> list[str]:
    return [str(each) for each in cloud.get(_PROFILES) or ()]
