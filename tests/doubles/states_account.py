# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts of a model and their membership in groups, as ``account_state.ps1`` and ``group_member_state.ps1`` do.

``accounts`` holds them by name (``sid``, ``enabled``, ``password_expires``, ``description``, ``password_sha256``), and
``groups`` the members of a group by its SID; ``group_names`` are names that no account may have, and
``password_policy: {length: 14}`` is what Windows asks of passwords.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import NotInFileError, ReadEndedError

Model = dict[str, Any]
Account = dict[str, Any]
_MARK = "Made by preflight.azure, whose restore deletes it: "
_MADE = "enabled, password never expires, made by preflight.azure"
_MACHINE = "S-1-5-21-1111111111-222222222-3333333333"


def account(model: Model, name: str) -> str:
    """Return the state of an account."""
    found = _find(model, name)
    if found is None:
        return "absent"
    state = "enabled" if found.get("enabled", True) else "disabled"
    state += "" if found.get("password_expires", True) else ", password never expires"
    return state + (", made by preflight.azure" if _made(found) else "")


def set_account(model: Model, name: str, state: str, secrets: Sequence[str]) -> None:
    """Make or delete an account."""
    found = _find(model, name)
    if state == "absent":
        _refuse_to_remove(model, name, found)
        model["accounts"] = {key: each for key, each in model["accounts"].items() if each is not found}
        for sid, members in (model.get("groups") or {}).items():
            model["groups"][sid] = [member for member in members if found is None or member[0] != found["sid"]]
        return
    if state != _MADE:
        raise ReadEndedError("1", f"an account cannot be given the state {state}")
    if found is not None:
        raise ReadEndedError("1", f"there is an account {name} already; its password is never changed")
    password = base64.b64decode(secrets[0], validate=True).decode()
    if len(password) < int((model.get("password_policy") or {}).get("length", 0)):
        told = "the policy of this machine refuses the password (its length, complexity or history); choose another one"
        raise ReadEndedError("1", told)
    if name.lower() in [str(each).lower() for each in model.get("group_names") or ()]:
        raise ReadEndedError("1", f"the name {name} is taken by an account or a group; choose another one")
    numbers = [int(str(each["sid"]).rpartition("-")[2]) for each in model["accounts"].values()]
    sid = f"{_MACHINE}-{max([1000, *numbers]) + 1}"
    model["accounts"][name] = {
        "sid": sid,
        "enabled": True,
        "password_expires": False,
        "description": _MARK + sid,
        "password_sha256": hashlib.sha256(password.encode()).hexdigest(),
    }


def group_member(model: Model, name: str) -> str:
    """Return whether an account is in a group."""
    group, _bar, who = name.partition("|")
    found = _find(model, who)
    if found is None:
        return "absent"
    return "present" if found["sid"] in [member[0] for member in _members(model, group)] else "absent"


def set_group_member(model: Model, name: str, state: str, _secrets: Sequence[str]) -> None:
    """Put an account into a group, or take it out."""
    group, _bar, who = name.partition("|")
    found = _find(model, who)
    if found is None:
        raise ReadEndedError("1", f"there is no account {who}")
    if state == "absent":
        _refuse_to_remove(model, who, found)
        model["groups"][group] = [member for member in _members(model, group) if member[0] != found["sid"]]
        return
    if not _made(found):
        raise ReadEndedError("1", f"the account {who} was not made by preflight.azure; it is given no rights")
    machine = (model.get("environment") or {}).get("machine", "MACHINE")
    model["groups"][group] = [*_members(model, group), [found["sid"], f"WinNT://WORKGROUP/{machine}/{who}"]]


def _find(model: Model, name: str) -> Account | None:
    accounts = model.get("accounts")
    if accounts is None:
        raise NotInFileError("accounts")
    return next((each for key, each in accounts.items() if str(key).lower() == name.lower()), None)


def _members(model: Model, group: str) -> list[Any]:
    if group not in (model.get("groups") or {}):
        raise ReadEndedError("1", "Some or all identity references could not be translated.")
    return list(model["groups"][group] or [])


def _made(found: Account) -> bool:
    return str(found.get("description", "")) == _MARK + str(found["sid"])


def _refuse_to_remove(model: Model, name: str, found: Account | None) -> None:
    if found is None or not _made(found):
        told = "was not made by preflight.azure, or was made anew since; it is left alone, look at it by hand"
        raise ReadEndedError("1", f"the account {name} {told}")
    if found["sid"] == (model.get("environment") or {}).get("user"):
        told = f"this connection uses the account {name}; connect as another administrator and run restore again"
        raise ReadEndedError("1", told)
