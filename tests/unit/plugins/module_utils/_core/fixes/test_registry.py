# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import registry
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES, safeties, variants

SCRIPTS = Path(registry.__file__).parent
PLUGINS = SCRIPTS.parents[2]
every_name = pytest.mark.parametrize("name", safeties())
#: Whether these satisfy a requirement depends on the file that they are given: a remedy names them, no verdict does.
FROM_A_FILE = ("hotfix", "powershell_runtime")


@pytest.mark.parametrize("platform", FIXES)
def test_fix_is_named_as_its_key_and_says_why_it_is_safe(platform: str) -> None:
    for name, fix in FIXES[platform].items():
        assert (fix.name, fix.platform) == (name, platform)
        assert fix.safety in ("automatic", "opt_in", "weakening")
        # The page of all fixes says: runs by default, for it WHY.
        assert fix.why[0].islower(), name
        assert fix.why[-1] != ".", name
        # What is looked at may depend on files that the operator gives.
        assert fix.needs or fix.things({}, {}) or fix.files


@pytest.mark.parametrize("fix", FIXES["linux"].values(), ids=FIXES["linux"])
def test_scripts_bring_every_function_of_the_contract(fix: registry.Fix) -> None:
    text = "\n".join((SCRIPTS / script).read_text() for script in fix.scripts)
    for function in ("state", "prepare", "apply", "settle", "undo"):
        assert f"\n{fix.name}_{function}() {{\n" in text


@every_name
def test_fix_has_an_action_a_twin_with_its_options_and_a_place_in_the_group(name: str) -> None:
    documented = yaml.safe_load(_documentation((PLUGINS / "modules" / f"{name}.py").read_text()))
    assert f'FIX = "{name}"' in (PLUGINS / "action" / f"{name}.py").read_text()
    assert name in yaml.safe_load((PLUGINS.parent / "meta" / "runtime.yml").read_text())["action_groups"]["fixes"]
    options = documented["options"]
    declared_options = {option: declared for fix in variants(name) for option, declared in fix.options.items()}
    assert set(options) == {"state", *declared_options}
    for option, declared in declared_options.items():
        for key in ("type", "elements", "default", "choices"):
            assert options[option].get(key) == declared.get(key), (option, key)


@every_name
def test_fix_is_what_a_requirement_asks_for(name: str) -> None:
    requirements = [
        yaml.safe_load(path.read_text()) for path in (SCRIPTS.parent / "catalogue" / "requirements").rglob("*.yml")
    ]
    asked = [requirement["fix_safety"] for requirement in requirements if requirement.get("fix") == name]
    if name in FROM_A_FILE:
        assert not asked
        assert any(f"preflight.azure.{name} " in requirement["remedy"] for requirement in requirements)
        return
    own = {fix.safety for fix in variants(name)}
    assert own <= set(asked)
    # To install its package is for every fix another matter than to start what is there.
    assert set(asked) <= {*own, *(["opt_in"] if any("install" in fix.options for fix in variants(name)) else [])}


def _documentation(module: str) -> str:
    return module.partition('DOCUMENTATION = r"""')[2].partition('"""')[0]
