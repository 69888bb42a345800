# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix vmware_tools on real hosts. None is a virtual machine of VMware: the plan is made from facts that say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Planned, Refusal
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.vmware_tools import FIX
from contract_cases import applies_and_restores, survives_being_killed, survives_two_runs_at_once
from fix_hosts import FAMILIES, KILL_EVERY, Host
from lab_hosts import Lab
from service_cases import clean_service_host, look, on_debian_and_rhel9, on_systemd, on_sysv

MODULE = "preflight.azure.vmware_tools"
UNITS = ("vmtoolsd.service", "open-vm-tools.service", "vgauth.service", "vgauthd.service")
INSTALL: Mapping[str, Any] = MappingProxyType({"install": True})
#: What VMware's tarball brings, as far as the service goes.
TARBALL = r"""
mv /etc/rc.d/init.d/vmtoolsd /srv/
mkdir -p /etc/vmware-tools /usr/local/sbin
touch /etc/vmware-tools/locations
cp /bin/sleep /usr/local/sbin/vmtoolsd
cat >/etc/rc.d/init.d/vmware-tools <<'END'
#!/bin/sh
# chkconfig: 235 03 99
case $1 in
start) /usr/local/sbin/vmtoolsd 3600 </dev/null >/dev/null 2>&1 & ;;
stop) pkill -x vmtoolsd ;;
status) pgrep -x vmtoolsd >/dev/null && echo running ;;
esac
:
END
chmod 755 /etc/rc.d/init.d/vmware-tools
"""
AWAY = """
pkill -x vmtoolsd
rm -rf /etc/vmware-tools /usr/local/sbin/vmtoolsd /etc/rc.d/init.d/vmware-tools /etc/rc.d/rc?.d/*vmware-tools
mv /srv/vmtoolsd /etc/rc.d/init.d/ 2>/dev/null
:
"""


def planned(host: Host, options: Mapping[str, Any] = INSTALL) -> Planned:
    selection = select(FIX.needs, SUBJECTS)
    facts = assemble(host.send(compose(selection.reads)), selection.subjects)
    facts.tree["hardware"] = {"virtualization": "vmware"}
    return FIX.plan(facts, options, {})


def plan_of(host: Host, options: Mapping[str, Any] = INSTALL) -> Plan:
    found = planned(host, options)
    if not isinstance(found, Plan):
        pytest.fail(f"{host.name}: expected a plan, found {found}")
    return found


def seen(host: Host) -> str:
    packages = "\n".join(sorted(host.packages())) if host.manager != "none" else ""
    return look(host, UNITS, "vmware-tools" if host.manager == "none" else "") + packages


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    one = clean_service_host(lab, request.param)
    if one.manager == "none":
        one.shell(TARBALL)
    yield one
    one.put_back()
    if one.manager == "none":
        one.shell(AWAY)


@on_debian_and_rhel9
def test_other_virtualization_is_refused_in_check_mode_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check")  # the first login leaves traces
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff")[host.name]
    again = host.lab.module(host.name, MODULE, arguments=dict(INSTALL))[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    for each in (result, again):
        assert (each["failed"], each["changed"], each["state"]) == (True, False, "refused")
        assert "expected a virtual machine of VMware" in each["msg"]
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@on_debian_and_rhel9
def test_package_is_installed_only_with_permission(host: Host) -> None:
    refusal = planned(host, {})
    assert isinstance(refusal, Refusal)
    assert "set the option install of vmware_tools, or name vmware_tools in preflight_allow" in refusal.reason


@on_systemd
def test_package_is_installed_enabled_and_started_and_restore_brings_the_same_packages(host: Host) -> None:
    plan = plan_of(host)
    assert plan.found == "package=no autostart=no running=no"
    applies_and_restores(host, plan, lambda: planned(host), lambda: seen(host))


@on_systemd
def test_tools_that_are_there_are_only_enabled_and_started(host: Host) -> None:
    assert host.apply("tools", plan=plan_of(host)).state == "applied"
    unit = "open-vm-tools.service" if host.manager == "apt" else "vmtoolsd.service"
    host.shell(f"systemctl disable -q --now {unit}")
    packages = host.packages()
    plan = plan_of(host, {})
    assert (plan.found, plan.arguments) == ("package=yes autostart=no running=no", ())
    before = seen(host)
    started = host.apply("start", plan=plan)
    assert started.state == "applied", started
    assert host.packages() == packages
    host.lab.module(host.name, "preflight.azure.restore", arguments={"run": "start"})
    assert seen(host) == before


@on_debian_and_rhel9
def test_three_runs_at_once_do_it_once(host: Host) -> None:
    survives_two_runs_at_once(host, plan_of(host), lambda: seen(host))


@on_systemd
def test_killed_before_any_step_nothing_is_lost(host: Host) -> None:
    number = [name for name, _manager in FAMILIES].index(host.name)
    survives_being_killed(
        host,
        plan_of(host),
        lambda: seen(host),
        first_step=11 * number,
        every=KILL_EVERY * 6,
        replan=lambda: planned(host),
    )


@on_debian_and_rhel9
def test_package_is_never_installed_beside_what_is_left_of_vmwares_own(host: Host) -> None:
    plan = plan_of(host)
    host.shell("mkdir -p /etc/vmware-tools; touch /etc/vmware-tools/locations")
    try:
        refusal = planned(host)
        assert isinstance(refusal, Refusal)
        assert "VMware's own tools were installed here" in refusal.reason
        assert "/etc/vmware-tools/locations" in host.apply("beside", plan=plan).reason
    finally:
        host.shell("rm -r /etc/vmware-tools")


@on_sysv
def test_tarball_tools_are_enabled_and_started_by_their_own_script(host: Host) -> None:
    host.shell("chkconfig vmware-tools off")
    plan = plan_of(host, {})
    assert plan.found == "package=yes autostart=no running=no"
    applies_and_restores(host, plan, lambda: planned(host, {}), lambda: seen(host))
