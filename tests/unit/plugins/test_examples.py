# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the documentation of fixes are tasks that their modules take."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import safeties
from ansible_collections.preflight.azure.plugins.plugin_utils import fix

MODULES = Path(inspect.getfile(fix)).parents[1] / "modules"
_KEYWORDS = {"name", "become", "check_mode", "diff", "register", "when", "delegate_to", "run_once", "loop", "vars"}


@pytest.mark.parametrize("name", safeties())
def test_examples_of_a_fix_are_tasks_that_its_module_takes(name: str) -> None:
    text = (MODULES / f"{name}.py").read_text(encoding="utf-8")
    tasks = yaml.safe_load(text.partition('EXAMPLES = r"""')[2].partition('"""')[0])
    taken = [task for task in tasks if f"preflight.azure.{name}" in task]
    assert taken
    for task in taken:
        assert set(task) <= {f"preflight.azure.{name}", *_KEYWORDS}, task["name"]
        given = task[f"preflight.azure.{name}"] or {}
        checked = ArgumentSpecValidator(fix.fix_arguments(name)).validate(given)
        assert checked.error_messages == [], task["name"]
