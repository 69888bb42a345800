# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.account_rules import (
    name_problem,
    password_problem,
)


@pytest.mark.parametrize("name", ["preflight-push", "x", "Über Nacht", "a.b", "x" * 20])
def test_names_that_windows_takes_are_taken(name: str) -> None:
    assert name_problem(name) == ""


@pytest.mark.parametrize("password", ["aB3$ef", "Übergrößen 1", "παρολα ΠΑ 1", "密碼 aB1", "x1-" * 40])
def test_passwords_that_windows_takes_are_taken(password: str) -> None:
    assert password_problem(password, "preflight-push") == ""


@pytest.mark.parametrize(
    "name", [None, 5, "", "x" * 21, " a", "a ", "a.", "..", "a/b", "a\\b", "a,b", "a|b", "a@b", "a\tb"]
)
def test_names_that_windows_does_not_take_are_told(name: object) -> None:
    assert name_problem(name).startswith("expected as account_name a name that Windows takes")


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("aB3$e", "6 to 127"),
        ("aB3$" * 40, "6 to 127"),
        ("aB3$ef\n", "printable"),
        ("Bob-secret-1", "name of the account"),
        ("sTrengthless", "three of these"),
        ("        aB", "three of these"),
    ],
)
def test_passwords_that_windows_does_not_take_are_told_without_them(password: str, told: str) -> None:
    assert told in password_problem(password, "bob")
    assert password not in password_problem(password, "bob")
