# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit says where no requirement was chosen for a machine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording
from ansible_collections.preflight.azure.plugins.plugin_utils import audit
from ansible_collections.preflight.azure.plugins.plugin_utils.audit import AuditAction


def audited(monkeypatch: pytest.MonkeyPatch, shell: str, **arguments: Any) -> Any:
    empty = Recording({}, user=0, complete=True)
    monkeypatch.setattr(audit, "collect", lambda *_a, **_k: (empty, b""))
    action: Any = AuditAction.__new__(AuditAction)
    action._connection = SimpleNamespace(transport="ssh", _shell=SimpleNamespace(SHELL_FAMILY=shell))
    given = {"scenario": "vmware_to_azure", "machine": "source", "baseline": "current", "requirements": None}
    given |= {"settings": {}, "waivers": [], "catalogue": [], "output_dir": None, "timeout_seconds": 60}
    return action.answer({**given, **arguments}, {"inventory_hostname": "vmm01"})


def test_part_that_has_no_place_in_the_scenario_is_told_where_it_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    result = audited(monkeypatch, "powershell", machine="vmm_server")
    assert result["verdict"] == "unknown"
    [warning] = result["warnings"]
    assert warning.endswith("the scenario vmware_to_azure; expected one of the scenarios vmm_to_azure, vmm_to_site")


def test_part_that_no_platform_has_is_told_to_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    [warning] = audited(monkeypatch, "sh", machine="vmm_server", scenario="vmm_to_azure")["warnings"]
    assert "for a vmm_server on linux" in warning


@pytest.mark.parametrize("requirements", [None, []])
def test_nothing_is_said_where_something_is_judged_or_nothing_was_asked(
    monkeypatch: pytest.MonkeyPatch, requirements: Any
) -> None:
    assert audited(monkeypatch, "sh", requirements=requirements)["warnings"] == []
