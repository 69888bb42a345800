# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import CatalogueError, Setting
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.settings import (
    read_declared,
    resolve,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import our_catalogue

DECLARED = (
    Setting("quick", "bool", True, ""),
    Setting("count", "int", 3, ""),
    Setting("zone", "str", "a", ""),
    Setting("names", "list", [], ""),
)


def test_our_settings_have_defaults() -> None:
    assert resolve(our_catalogue().settings, {}) == {
        "ssh_after_failover": True,
        "multi_vm_consistency": False,
        "push_installation": True,
        "check_initrd": False,
        "push_with_domain_account": False,
        "push_account": "",
        "remote_desktop_after_failover": True,
        "hyperv_hosts": [],
        "vmm_servers": 1,
        "azure_subscription": "",
        "management_certificate": "",
        "replicated_machines": 99,
        "daily_change_gib": 500,
    }


def test_chosen_values_win_and_become_plain() -> None:
    class Tagged(str):
        pass

    found = resolve(DECLARED, {"zone": Tagged("b"), "count": 4})
    assert found == {"quick": True, "count": 4, "zone": "b", "names": []}
    assert found["zone"].__class__ is str


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"qiuck": True},
            "setting qiuck: there is no such setting; did you mean quick? known: quick, count, zone, names",
        ),
        ({"quick": "yes"}, "setting quick: expected bool, found 'yes'"),
        ({"quick": 1}, "setting quick: expected bool, found 1"),
        ({"count": True}, "setting count: expected int, found True"),
        ({"names": "a"}, "setting names: expected list, found 'a'"),
        ({"zone": None}, "setting zone: expected str, found nothing"),
    ],
)
def test_wrong_setting_is_explained(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(CatalogueError) as error:
        resolve(DECLARED, given)
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], "expected a mapping of settings"),
        ({"a": 1}, "a: expected a mapping of keys, found 1"),
        ({"a": {"type": "float", "default": 1.0}}, "a.type: expected one of bool, int, str, list, found 'float'"),
        ({"a": {"type": "bool", "default": "no"}}, "a.default: expected bool, found 'no'"),
        ({"a": {"type": "bool", "defalt": True}}, "a.defalt: there is no such key"),
    ],
)
def test_wrong_declaration_is_explained(document: Any, expected: str) -> None:
    settings, problems = read_declared(document, "settings.yml")
    assert settings == ()
    assert any(problem.startswith("settings.yml: ") and expected in problem for problem in problems)
