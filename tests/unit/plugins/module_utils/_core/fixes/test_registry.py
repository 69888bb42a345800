# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import registry
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES

SCRIPTS = Path(registry.__file__).parent


@pytest.mark.parametrize("fix", FIXES.values(), ids=FIXES)
def test_fix_is_named_as_its_key_and_says_why_it_is_safe(fix: registry.Fix) -> None:
    assert FIXES[fix.name] is fix
    assert fix.safety in ("automatic", "opt_in", "weakening")
    assert fix.why
    assert fix.needs


@pytest.mark.parametrize("fix", FIXES.values(), ids=FIXES)
def test_scripts_bring_every_function_of_the_contract(fix: registry.Fix) -> None:
    text = "\n".join((SCRIPTS / script).read_text() for script in fix.scripts)
    for function in ("state", "prepare", "apply", "settle", "undo"):
        assert f"\n{fix.name}_{function}() {{\n" in text
