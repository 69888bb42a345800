# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.quote import quote_posix
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(alphabet=st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=60))
def test_every_text_stays_one_word(text: str) -> None:
    done = subprocess.run(
        ["/bin/sh"], input=f"printf %s {quote_posix(text)}".encode(), capture_output=True, timeout=10, check=True
    )
    assert done.stdout == text.encode()


@pytest.mark.parametrize("text", ["$(touch x)", "`id`", "a'b", '"', "\\", "a\nb", "$HOME", "-n", ""])
def test_hostile_text_stays_one_word(text: str) -> None:
    script = f"set -- {quote_posix(text)}; printf '%s:%s' $# \"$1\""
    done = subprocess.run(["/bin/sh"], input=script.encode(), capture_output=True, timeout=10, check=True)
    assert done.stdout == f"1:{text}".encode()


def test_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote_posix("a\0b")
