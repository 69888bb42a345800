# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which subjects are collected from which machine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording
from ansible_collections.preflight.azure.plugins.plugin_utils import machine_info
from ansible_collections.preflight.azure.plugins.plugin_utils.machine_info import MachineInfoAction


def facts(monkeypatch: pytest.MonkeyPatch, shell: str, subjects: list[str] | None) -> set[str]:
    monkeypatch.setattr(machine_info, "collect", lambda *_a, **_k: (Recording({}, user=0, complete=True), b""))
    action: Any = MachineInfoAction.__new__(MachineInfoAction)
    action._connection = SimpleNamespace(transport="ssh", _shell=SimpleNamespace(SHELL_FAMILY=shell))
    return set(action.answer({"subjects": subjects, "timeout_seconds": 60}, {})["facts"])


def test_subjects_of_other_parts_are_collected_by_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = facts(monkeypatch, "powershell", None)
    assert {"os", "storage", "tls"} <= usual
    assert not {"vmm", "mvmc", "endpoints", "hyperv_vms"} & usual
    assert facts(monkeypatch, "powershell", ["vmm", "os"]) == {"vmm", "os"}


def test_every_subject_of_linux_is_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"os", "ssh", "storage", "vmware_tools"} <= facts(monkeypatch, "sh", None)
