# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong values that may be secrets, found before Ansible's own message repeats them. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

_NOT_SHOWN = "which is not shown here, for it may be a secret"


def mistakes(specification: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the values of those options that say whether they are secret; no part of a value."""
    found = []
    for name, option in specification.items():
        if "no_log" not in option or given.get(name) is None:
            continue
        value = given[name]
        if option["type"] == "bool":
            # One that is called password gets a password by mistake.
            if not _is_boolean(value):
                found.append(
                    f"{name}: expected true or false, found something else, {_NOT_SHOWN}; {_advice(specification)}"
                )
        elif not all(isinstance(each, (str, bytes, int)) for each in _texts(option, value)):
            # It would be taken by what Python shows of it.
            found.append(f"{name}: expected text, found something else, {_NOT_SHOWN}; give the text itself")
    return found


def _texts(option: Mapping[str, Any], value: Any) -> list[Any]:
    return list(value) if option["type"] == "list" and isinstance(value, (list, tuple)) else [value]


def _is_boolean(value: Any) -> bool:
    try:
        boolean(value)
    except TypeError:
        return False
    return True


def _advice(specification: Mapping[str, Mapping[str, Any]]) -> str:
    secret = [name for name, option in specification.items() if option.get("no_log")]
    return f"a password belongs into {' or '.join(secret)}" if secret else "correct it"
