# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix ssh_server on real hosts with their real systemd and SysV init."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Refusal, Unchanged
from contract_cases import (
    applies_and_restores,
    plan_of,
    planned,
    survives_being_killed,
    survives_two_runs_at_once,
)
from fix_hosts import KILL_EVERY, Host, on_debian
from lab_hosts import Lab
from service_cases import (
    SERVICE_HOSTS,
    clean_service_host,
    every_host,
    has_systemd,
    look,
    on_debian_and_rhel6,
    on_debian_and_rhel9,
    on_systemd,
    on_sysv,
)

MODULE = "preflight.azure.ssh_server"
RESTORE = "preflight.azure.restore"
_SETTINGS = "[ ! -e /run/sshd_config.kept ] || mv /run/sshd_config.kept /etc/ssh/sshd_config"
_INSTALL = {
    "apt": "DEBIAN_FRONTEND=noninteractive apt-get -q -y install {} >/dev/null",
    "dnf": "dnf -q -y install {}",
    "yum": "yum -q -y install {}",
    "zypper": "zypper -q -n install {}",
}
UNITS = ("ssh.service", "sshd.service", "ssh.socket")


def unit(host: Host) -> str:
    return "ssh.service" if host.name.startswith("debian") else "sshd.service"


def seen(host: Host) -> str:
    return look(host, UNITS, "sshd")


def disable(host: Host) -> None:
    """The server runs, but does not start with the machine."""
    host.shell(f"systemctl disable -q {unit(host)}" if has_systemd(host) else "chkconfig sshd off")


def stop(host: Host) -> None:
    # A SysV script returns before its daemon has ended.
    gone = "while kill -0 $pid; do sleep 0.1; done 2>/dev/null"
    service = f"pid=$(cat /run/sshd.pid 2>/dev/null); service sshd stop; {gone}; :"
    host.shell(f"systemctl stop {unit(host)} ssh.socket 2>/dev/null; :" if has_systemd(host) else service)


def bring_back(host: Host) -> None:
    if has_systemd(host):
        host.shell(
            f"rm -rf /etc/systemd/system/{unit(host)}.d; systemctl unmask -q {unit(host)} ssh.socket 2>/dev/null; "
            f"rm -f /etc/ssh/sshd_not_to_be_run; {_SETTINGS}; systemctl daemon-reload; "
            f"systemctl disable -q --now ssh.socket 2>/dev/null; systemctl enable -q {unit(host)}; "
            f"systemctl reset-failed; systemctl restart {unit(host)}"
        )
    else:
        host.shell(f"{_SETTINGS}; chkconfig sshd on; service sshd start")


def wait_for(host: Host, command: str) -> None:
    for _attempt in range(100):
        if host.lab.inside(host.name, "sh", "-c", command, check=False):
            return
        time.sleep(0.1)
    pytest.fail(f"{host.name}: waited in vain for: {command}")


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    one = clean_service_host(lab, request.param)
    bring_back(one)
    yield one
    one.put_back()
    bring_back(one)


@every_host
def test_check_mode_shows_the_difference_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    disable(host)
    host.lab.module(host.name, MODULE, "--check")  # the first login leaves traces
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff")[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned"), result
    assert result["before"] == {"installed": True, "autostart": False, "running": True}
    assert result["after"] == {"installed": True, "autostart": True, "running": True}
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_host
def test_first_run_enables_it_second_does_not_and_restore_over_ssh_brings_the_links_back(host: Host) -> None:
    disable(host)
    before = seen(host)
    first = host.lab.module(host.name, MODULE)[host.name]
    assert (first["changed"], first["state"]) == (True, "applied"), first
    assert isinstance(planned(host, "ssh_server"), Unchanged)
    second = host.lab.module(host.name, MODULE)[host.name]
    assert (second["changed"], second["state"]) == (False, "unchanged")
    undone = host.lab.module(host.name, RESTORE)[host.name]
    assert undone["changed"], undone
    assert seen(host) == before
    assert not host.lab.module(host.name, RESTORE)[host.name]["changed"]


@every_host
def test_stopped_server_is_started_and_stopped_again_by_restore(host: Host) -> None:
    disable(host)
    stop(host)
    plan = plan_of(host, "ssh_server")
    assert plan.found == "package=yes autostart=no running=no"
    applies_and_restores(host, plan, lambda: planned(host, "ssh_server"), lambda: seen(host))


@on_debian_and_rhel6
def test_only_what_was_missing_is_done(host: Host) -> None:
    stop(host)
    before = seen(host)
    plan = plan_of(host, "ssh_server")
    assert plan.found == "package=yes autostart=yes running=no"
    run = f"start-{time.time_ns()}"
    assert host.apply(run, plan=plan).state == "applied"
    [record] = [record for record in host.records() if record.run == run]
    assert not [name for name in record.as_json()["details"] if name.startswith("link")]
    assert [each.state for each in host.restore()] == ["restored"]
    assert seen(host) == before


@on_debian_and_rhel6
def test_connections_that_outlive_the_server_do_not_pass_for_it(host: Host) -> None:
    """The process of a connection has the server's name and goes on when the server is stopped."""
    with ThreadPoolExecutor(1) as pool:
        connection = pool.submit(host.lab.command, "ansible", host.name, "-m", "raw", "-a", "sleep 6; echo alive")
        wait_for(host, "pgrep -f '^sleep 6'")
        stop(host)
        assert host.shell("pgrep -x sshd")
        plan = plan_of(host, "ssh_server")
        assert plan.found == "package=yes autostart=yes running=no"
        assert host.apply("beside", plan=plan).state == "applied"
        assert "alive" in connection.result().stdout


@on_debian_and_rhel6
def test_three_runs_at_once_do_it_once(host: Host) -> None:
    disable(host)
    stop(host)
    survives_two_runs_at_once(host, plan_of(host, "ssh_server"), lambda: seen(host))


@every_host
def test_killed_before_any_step_nothing_is_lost(host: Host) -> None:
    disable(host)
    stop(host)
    number = [name for name, _manager in SERVICE_HOSTS].index(host.name)
    survives_being_killed(
        host,
        plan_of(host, "ssh_server"),
        lambda: seen(host),
        first_step=7 * number,
        every=KILL_EVERY * 6,
        replan=lambda: planned(host, "ssh_server"),
    )


@on_debian_and_rhel6
def test_restore_over_ssh_never_stops_the_server_it_came_through(host: Host) -> None:
    disable(host)
    stop(host)
    assert host.apply("started", plan=plan_of(host, "ssh_server")).state == "applied"
    refused = host.lab.module(host.name, RESTORE, arguments={"force": True})[host.name]
    assert refused["failed"]
    assert "nothing was undone" in refused["msg"]
    assert "console" in refused["msg"]
    assert isinstance(planned(host, "ssh_server"), Unchanged)
    assert [each.state for each in host.restore()] == ["restored"]


@on_debian_and_rhel9
def test_server_that_does_not_come_up_is_failed_with_the_reason_and_nothing_is_left(host: Host) -> None:
    stop(host)
    drop_in = f"/etc/systemd/system/{unit(host)}.d"
    host.shell(f"mkdir {drop_in} && printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' >{drop_in}/bad.conf")
    host.shell(f"systemctl daemon-reload; systemctl disable -q {unit(host)}")
    before = seen(host)
    failed = host.apply("bad", plan=plan_of(host, "ssh_server"))
    assert failed.state == "failed"
    assert f"{unit(host)} could not be started (Job for {unit(host)} failed because" in failed.reason
    assert host.shell(f"systemctl is-enabled {unit(host)} || :").strip() == "disabled"
    # Not "activating": systemd does not go on trying.
    assert host.shell(f"systemctl show -p ActiveState {unit(host)}").strip().endswith(("=failed", "=inactive"))
    assert [each.state for each in host.restore()] in (["restored"], ["unchanged"])
    assert seen(host) == before


@on_debian_and_rhel9
def test_masked_unit_is_refused(host: Host) -> None:
    stop(host)
    host.shell(f"systemctl disable -q {unit(host)}; systemctl mask -q {unit(host)}")
    refusal = planned(host, "ssh_server")
    assert isinstance(refusal, Refusal)
    assert f"{unit(host)} is masked" in refusal.reason
    host.shell(f"systemctl unmask -q {unit(host)}")
    plan = plan_of(host, "ssh_server")
    host.shell(f"systemctl mask -q {unit(host)}")
    before = seen(host)
    refused = host.apply("masked", plan=plan)
    assert refused.state == "refused"
    assert f"{unit(host)} is masked" in refused.reason
    assert seen(host) == before


@on_debian_and_rhel6
def test_settings_that_the_server_does_not_accept_are_refused(host: Host) -> None:
    disable(host)
    stop(host)
    plan = plan_of(host, "ssh_server")
    host.shell("cp -p /etc/ssh/sshd_config /run/sshd_config.kept; echo 'Bad option' >>/etc/ssh/sshd_config")
    before = seen(host)
    refusal = planned(host, "ssh_server")
    assert isinstance(refusal, Refusal)
    assert "Bad configuration option" in refusal.reason
    refused = host.apply("not-accepted", plan=plan)
    assert refused.state == "refused"
    assert "/etc/ssh/sshd_config: line" in refused.reason
    assert seen(host) == before
    assert "not-accepted" not in [record.run for record in host.records()]


@on_debian_and_rhel6
def test_switched_off_server_is_refused(host: Host) -> None:
    disable(host)
    plan = plan_of(host, "ssh_server")
    host.shell("touch /etc/ssh/sshd_not_to_be_run")
    try:
        refusal = planned(host, "ssh_server")
        assert isinstance(refusal, Refusal)
        assert "sshd_not_to_be_run" in refusal.reason
        assert "sshd_not_to_be_run" in host.apply("off", plan=plan).reason
    finally:
        host.shell("rm -f /etc/ssh/sshd_not_to_be_run")


@on_debian
def test_socket_that_listens_counts_and_is_what_is_enabled(host: Host) -> None:
    disable(host)
    stop(host)
    host.shell("systemctl start ssh.socket")
    before = seen(host)
    plan = plan_of(host, "ssh_server")
    assert plan.found == "package=yes autostart=no running=yes"
    assert host.apply("socket", plan=plan).state == "applied"
    assert host.shell("systemctl is-enabled ssh.socket ssh.service || :").split() == ["enabled", "disabled"]
    assert host.shell("systemctl is-active ssh.service || :").strip() == "inactive"
    assert isinstance(planned(host, "ssh_server"), Unchanged)
    assert [each.state for each in host.restore()] == ["restored"]
    assert seen(host) == before


@on_debian
def test_socket_that_is_enabled_is_what_is_started(host: Host) -> None:
    disable(host)
    stop(host)
    host.shell("systemctl enable -q ssh.socket")
    before = seen(host)
    assert host.apply("socket", plan=plan_of(host, "ssh_server")).state == "applied"
    assert host.shell("systemctl is-active ssh.socket ssh.service || :").split() == ["active", "inactive"]
    assert [each.state for each in host.restore()] == ["restored"]
    assert seen(host) == before


@on_debian_and_rhel6
def test_server_that_was_started_by_hand_is_only_enabled(host: Host) -> None:
    disable(host)
    stop(host)
    host.shell("mkdir -p /run/sshd; /usr/sbin/sshd -o PidFile=/run/by-hand.pid")
    before = seen(host)
    try:
        plan = plan_of(host, "ssh_server")
        assert plan.found == "package=yes autostart=no running=yes"
        run = f"by-hand-{time.time_ns()}"
        assert host.apply(run, plan=plan).state == "applied"
        assert isinstance(planned(host, "ssh_server"), Unchanged)
        [record] = [record for record in host.records() if record.run == run]
        assert "started" not in record.as_json()["details"]
        assert [each.state for each in host.restore()] == ["restored"]
        assert seen(host) == before
    finally:
        host.shell("kill $(cat /run/by-hand.pid)")


@on_systemd
def test_package_is_installed_with_permission_and_restore_brings_the_same_packages(host: Host) -> None:
    stop(host)
    package = "openssh" if host.manager == "zypper" else "openssh-server"
    remove = "dpkg --purge" if host.manager == "apt" else "rpm -e --nodeps"
    host.shell(f"systemctl disable -q {unit(host)}; cp -a /etc/ssh /run/ssh.kept; {remove} {package} 2>&1")
    host.shell("systemctl daemon-reload; pkill -x sshd || :")
    before = (seen(host), host.packages())
    try:
        refusal = planned(host, "ssh_server")
        assert isinstance(refusal, Refusal)
        assert "set the option install of ssh_server, or name ssh_server in preflight_allow" in refusal.reason
        plan = plan_of(host, "ssh_server", {"install": True})
        assert plan.found == "package=no autostart=no running=no"
        applied = host.apply(f"package-{time.time_ns()}", plan=plan)
        assert applied.state == "applied", applied
        assert isinstance(planned(host, "ssh_server"), Unchanged)
        host.shell(f"cp -a /run/ssh.kept/. /etc/ssh/; systemctl restart {unit(host)}")  # with the keys that are known
        refused = host.lab.module(host.name, RESTORE)[host.name]
        assert "nothing was undone" in refused["msg"]
        assert [each.state for each in host.restore()] == ["restored"]
        assert (seen(host), host.packages()) == before
    finally:
        host.put_back()
        host.shell(_INSTALL[host.manager].format(package))
        host.shell("rm -rf /etc/ssh && mv /run/ssh.kept /etc/ssh")


@on_debian
@pytest.mark.parametrize(
    "shell", [("bash",), ("bash", "--posix"), ("dash",), ("mksh",), ("busybox", "sh")], ids=" ".join
)
def test_every_shell_of_the_host_does_the_same(host: Host, shell: tuple[str, ...]) -> None:
    if not host.lab.inside(host.name, "sh", "-c", f"command -v {shell[0]}", check=False):
        pytest.skip(f"{host.name} has no {shell[0]}")
    disable(host)
    stop(host)
    before = seen(host)
    run = f"shell-{time.time_ns()}"
    plan = plan_of(host, "ssh_server")
    assert host.apply(run, shell=shell, plan=plan).state == "applied"
    assert host.apply(run, shell=shell, plan=plan).state == "already_done"
    assert [each.state for each in host.restore(shell=shell)] == ["restored"]
    assert seen(host) == before


@on_sysv
def test_daemon_of_a_script_has_the_umask_of_the_machine(host: Host) -> None:
    stop(host)
    assert host.apply("umask", plan=plan_of(host, "ssh_server")).state == "applied"
    assert host.shell("grep Umask /proc/$(cat /run/sshd.pid)/status").split() == ["Umask:", "0022"]
