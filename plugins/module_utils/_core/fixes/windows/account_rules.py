# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows' rules for the names and passwords of accounts. Private to this collection."""

from __future__ import annotations

import string

from .shown import shown

_LONGEST_NAME = 20
_FORBIDDEN = frozenset('"/\\[]:;|=,+*?<>@%')
#: What Windows takes by every way; shorter than 6 characters are refused where passwords must be complex.
_LONGEST_PASSWORD = 127
_SHORTEST_PASSWORD = 6
_KINDS = 3


def name_problem(name: object) -> str:
    """Return why Windows would not take the name of an account; empty where it would."""
    told = "expected as account_name a name that Windows takes"
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        found = f"{len(name)} characters" if isinstance(name, str) else "no text"
        return f"{told}, of 1 to {_LONGEST_NAME} characters, found {found}; choose another one"
    bad = sorted({letter for letter in name if letter in _FORBIDDEN or not letter.isprintable()})
    if bad:
        return f"{told}, found {shown(name)}: not allowed are {' '.join(map(shown, bad))}; choose another one"
    if name != name.strip() or name.endswith(".") or not name.strip(". "):
        return f"{told}, found {shown(name)}: no space at its ends, no full stop at its end; choose another one"
    return ""


def password_problem(password: str, name: str) -> str:
    """Return why Windows refuses a password where passwords must be complex; empty where it takes it.

    What it returns never holds a part of the password.
    """
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD or not password.isprintable():
        return f"it needs {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} printable characters"
    if len(name) > 2 and name.lower() in password.lower():
        return "it contains the name of the account"
    kinds = {_kind(letter) for letter in password} - {""}
    if len(kinds) < _KINDS:
        return "it needs three of these: capital letters, small letters, digits, punctuation"
    return ""


def _kind(letter: str) -> str:
    if letter in string.digits:
        return "digit"
    if letter in string.punctuation:
        return "punctuation"
    if letter.isalpha():
        return "capital" if letter.isupper() else "small" if letter.islower() else "other letter"
    return ""
