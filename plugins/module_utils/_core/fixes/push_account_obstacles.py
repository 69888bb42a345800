# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would still keep root from logging on with a password. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .push_account_place import matches


@dataclass(frozen=True)
class Obstacles:
    """``certain`` ones forbid it from everywhere; ``by_address`` ones allow or forbid it from some addresses only."""

    certain: tuple[str, ...] = ()
    by_address: tuple[str, ...] = ()


def obstacles(
    values: Mapping[str, Sequence[str]], root: Mapping[str, object], *, root_login: bool, password: bool
) -> Obstacles:
    """Return what stands against a logon of root.

    Args:
        values: the settings for a logon of root, as ``sshd -T`` gives them.
        root: groups, shell and password of the account.
        root_login: whether root is to log on.
        password: whether a password is to be taken.
    """
    certain: list[str] = []
    by_address: list[str] = []
    if password:
        certain += _methods(values)
    if root_login:
        for name in ("forcecommand", "chrootdirectory"):
            certain += [f"{_NAMES[name]} {value}" for value in values[name] if value not in ("", "none")]
        groups = [str(group) for group in _list(root.get("groups"))]
        allowed, somewhere = _users(values["allowusers"])
        if values["allowusers"] and not allowed:
            (by_address if somewhere else certain).append(f"AllowUsers {' '.join(values['allowusers'])}")
        denied, somewhere = _users(values["denyusers"])
        if denied or somewhere:
            (certain if denied else by_address).append(f"DenyUsers {' '.join(values['denyusers'])}")
        if values["allowgroups"] and not _in_groups(values["allowgroups"], groups):
            certain.append(f"AllowGroups {' '.join(values['allowgroups'])}")
        if _in_groups(values["denygroups"], groups):
            certain.append(f"DenyGroups {' '.join(values['denygroups'])}")
        if str(root.get("shell")).rpartition("/")[2] in ("nologin", "false", "true", "sync"):
            certain.append(f"the shell of root, {root['shell']}")
    if root_login and password and root.get("password") in ("locked", "empty"):
        certain.append(_PASSWORDS[str(root["password"])])
    return Obstacles(tuple(certain), tuple(by_address))


_NAMES = {"forcecommand": "ForceCommand", "chrootdirectory": "ChrootDirectory"}
_PASSWORDS = {
    "locked": "root has no password (set one with passwd)",
    "empty": "the password of root is empty (set one with passwd)",
}


def _methods(values: Mapping[str, Sequence[str]]) -> list[str]:
    """AuthenticationMethods lists what is needed; a word of it may be several methods that are all needed."""
    methods = " ".join(values["authenticationmethods"]).split()
    if not methods or "any" in methods or "password" in methods:
        return []
    return [f"AuthenticationMethods {' '.join(methods)}"]


def _users(entries: Sequence[str]) -> tuple[bool, bool]:
    """Return whether a list of users has root from everywhere, and whether it has root from some addresses."""
    everywhere = somewhere = False
    for entry in " ".join(entries).split():
        user, _at, host = entry.partition("@")
        if matches(user, "root"):
            everywhere = everywhere or host in ("", "*")
            somewhere = somewhere or host not in ("", "*")
    return everywhere, somewhere


def _in_groups(entries: Sequence[str], groups: Sequence[str]) -> bool:
    return any(matches(entry, group) for entry in " ".join(entries).split() for group in groups)


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []
