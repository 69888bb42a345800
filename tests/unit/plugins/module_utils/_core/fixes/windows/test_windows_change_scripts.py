# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("tree_sitter", reason="needs the syntax trees of tree-sitter (tests/unit/requirements.txt)")
pytest.importorskip("tree_sitter_powershell", reason="needs the grammar of PowerShell (tests/unit/requirements.txt)")

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import changes
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_rules import (
    complaints,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_tree import (
    functions,
    parse,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.powershell_changes import (
    CHANGING,
)

SCRIPTS = {path.name: path.read_text(encoding="ascii") for path in Path(inspect.getfile(changes)).parent.glob("*.ps1")}
FUNCTIONS = {name for script in SCRIPTS.values() for name in functions(parse(script))}


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_keeps_to_powershell_2(name: str) -> None:
    assert complaints(SCRIPTS[name], replace(CHANGING, own={*CHANGING.own, *FUNCTIONS})) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_states_can_be_read_and_set(name: str) -> None:
    own = set(functions(parse(SCRIPTS[name])))
    getters = {each[4:] for each in own if each.startswith("Get-") and each.endswith("State") and each != "Get-State"}
    setters = {each[4:] for each in own if each.startswith("Set-") and each.endswith("State")}
    assert getters == setters or name in ("change.ps1", "journal.ps1")


def test_no_secret_is_bound_to_a_parameter() -> None:
    # PowerShell may log what is bound to parameters; a secret goes straight to a method of .NET or COM.
    of_kinds = "".join(script for name, script in SCRIPTS.items() if name != "change.ps1")
    assert "$data" not in of_kinds
    decoded = re.findall(r"FromBase64String\(\$change\.secrets\[\d\]\)", of_kinds)
    assert of_kinds.count("$change.secrets") == len(decoded) > 0
