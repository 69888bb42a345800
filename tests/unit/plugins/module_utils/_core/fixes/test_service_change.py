# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the fixes of services plan, for every state that can be found."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Fix, Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.ssh_server import FIX as SSH_SERVER
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.vmware_tools import FIX as VMWARE_TOOLS

SUBJECTS = {"ssh_server": "ssh", "vmware_tools": "vmware_tools"}
both = pytest.mark.parametrize("fix", [SSH_SERVER, VMWARE_TOOLS], ids=["ssh_server", "vmware_tools"])


def facts(fix: Fix, installed: Any, autostart: Any, running: Any, **other: Any) -> Facts:
    found = {"installed": installed, "autostart": autostart, "running": running, "obstacle": other.get("obstacle", "")}
    tree = {
        SUBJECTS[fix.name]: found,
        "packages": {"manager": other.get("manager", "apt")},
        "hardware": {"virtualization": other.get("virtualization", "vmware")},
    }
    return Facts(tree, other.get("reasons", {}))


@both
def test_service_that_is_as_wanted_is_left_alone_whatever_stands_against_a_start(fix: Fix) -> None:
    unchanged = fix.plan(facts(fix, True, True, True, obstacle="masked"), {}, {})
    assert isinstance(unchanged, Unchanged)
    assert unchanged.state == {"installed": True, "autostart": True, "running": True}


@both
@pytest.mark.parametrize(("autostart", "running"), [(False, False), (False, True), (True, False)])
@pytest.mark.parametrize("options", [{}, {"install": False}, {"install": True}])
def test_installed_service_is_enabled_and_started_without_a_package(
    fix: Fix, autostart: bool, running: bool, options: Any
) -> None:
    plan = fix.plan(facts(fix, True, autostart, running, manager="none"), options, {})
    assert isinstance(plan, Plan)
    words = {True: "yes", False: "no"}
    assert plan.found == f"package=yes autostart={words[autostart]} running={words[running]}"
    assert plan.wanted == "package=yes autostart=yes running=yes"
    assert (plan.before, plan.after) == (
        {"installed": True, "autostart": autostart, "running": running},
        {"installed": True, "autostart": True, "running": True},
    )
    assert plan.arguments == ()


@both
@pytest.mark.parametrize("options", [{}, {"install": False}])
def test_package_is_not_installed_without_permission(fix: Fix, options: Any) -> None:
    refusal = fix.plan(facts(fix, False, False, False), options, {})
    assert isinstance(refusal, Refusal)
    assert f"set the option install of {fix.name}, or name {fix.name} in preflight_allow" in refusal.reason


@pytest.mark.parametrize(
    ("fix", "manager", "package"),
    [
        *((SSH_SERVER, manager, "openssh-server") for manager in ("apt", "dnf", "yum")),
        (SSH_SERVER, "zypper", "openssh"),
        *((VMWARE_TOOLS, manager, "open-vm-tools") for manager in ("apt", "dnf", "yum", "zypper")),
    ],
)
def test_package_has_the_name_of_the_family(fix: Fix, manager: str, package: str) -> None:
    plan = fix.plan(facts(fix, False, False, False, manager=manager), {"install": True, "timeout_seconds": 900}, {})
    assert isinstance(plan, Plan)
    assert plan.arguments == (package, manager)
    assert (plan.found, plan.timeout_seconds) == ("package=no autostart=no running=no", 900)


@both
def test_no_package_manager_is_refused(fix: Fix) -> None:
    refusal = fix.plan(facts(fix, False, False, False, manager="none"), {"install": True}, {})
    assert isinstance(refusal, Refusal)
    assert "install it by hand" in refusal.reason


@both
@pytest.mark.parametrize("installed", [True, False])
def test_obstacle_is_the_refusal(fix: Fix, installed: bool) -> None:
    refusal = fix.plan(facts(fix, installed, False, False, obstacle="somebody masked it"), {"install": True}, {})
    assert refusal == Refusal("somebody masked it")


@pytest.mark.parametrize("virtualization", ["hyperv", "kvm", "none", "other", "container"])
@pytest.mark.parametrize("state", [*product([True, False], repeat=3)])
def test_vmware_tools_are_refused_on_every_other_virtualization(virtualization: str, state: tuple[bool, ...]) -> None:
    refusal = VMWARE_TOOLS.plan(facts(VMWARE_TOOLS, *state, virtualization=virtualization), {"install": True}, {})
    assert isinstance(refusal, Refusal)
    assert virtualization in refusal.reason


@both
@pytest.mark.parametrize("missing", ["installed", "autostart", "running", "obstacle"])
def test_unknown_fact_is_refused_with_its_reason(fix: Fix, missing: str) -> None:
    subject = SUBJECTS[fix.name]
    known = facts(fix, True, False, False)
    known.tree[subject][missing] = None  # type: ignore[index,call-overload]
    refusal = fix.plan(Facts(known.tree, {f"{subject}.{missing}": "cut off"}), {}, {})
    assert isinstance(refusal, Refusal)
    assert f"{subject}.{missing} is not known: cut off" in refusal.reason


@both
def test_facts_that_were_not_collected_are_refused(fix: Fix) -> None:
    assert isinstance(fix.plan(Facts(), {}, {}), Refusal)
