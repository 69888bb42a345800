# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.account_rules import name_problem
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.shown import shown
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.update_wish import (
    WishError,
    read_wish,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\\server\share\a.msu", r"'\\server\share\a.msu'"),
        ("", "''"),
        ("a\nb", r"'a\nb'"),
        ("x" * 300, f"'{'x' * 120}…'"),
    ],
)
def test_text_is_shown_as_it_was_written(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_share_is_shown_with_its_own_backslashes() -> None:
    with pytest.raises(WishError, match="copy the file to a disk of the machine") as caught:
        read_wish({"path": r"\\server\share\a.msu", "sha256": "0" * 64})
    assert r"found '\\server\share\a.msu';" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("x" * 27, "of 1 to 20 characters, found 27 characters;"),
        (r"DOMAIN\user", r"found 'DOMAIN\user': not allowed are '\';"),
    ],
)
def test_name_of_an_account_is_told_with_what_is_wrong(name: str, told: str) -> None:
    assert told in name_problem(name)
