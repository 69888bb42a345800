# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.docs.generate import PAGES, pages


@pytest.mark.parametrize("name", pages())
def test_generated_page_is_what_the_code_says_today(name: str) -> None:
    assert (PAGES / name).read_text(encoding="utf-8") == pages()[name], "run: python docs/generate.py"
