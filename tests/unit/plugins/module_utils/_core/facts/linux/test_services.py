# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of whether services are there, run, and start with the machine."""

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import init, processes, services
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import (
    BTIME,
    process,
    running,
    systemd,
    sysv,
    unit,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Answers,
    Printed,
    recording,
    values,
)

UNKNOWN = "unknown"


def told(value: object) -> object:
    return UNKNOWN if isinstance(value, Unknown) else value


def ssh(answers: Answers, user: int = 0) -> services.ServiceState:
    units = ("sshd.service", "ssh.service", "sshd.socket", "ssh.socket")
    return services.state(recording(answers, user=user), units, ("sshd", "ssh"), ("sshd",))


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"UnitFileState": "enabled"}, True),
        ({"UnitFileState": "enabled-runtime"}, False),
        ({"UnitFileState": "disabled", "WantedBy": ""}, False),
        ({"UnitFileState": "disabled", "WantedBy": "multi-user.target"}, UNKNOWN),
        ({"UnitFileState": "masked", "LoadState": "masked"}, False),
        ({"UnitFileState": "masked-runtime", "LoadState": "masked"}, False),
        ({"UnitFileState": "masked-runtime", "LoadState": "loaded"}, UNKNOWN),
        ({"UnitFileState": "static", "WantedBy": ""}, False),
        ({"UnitFileState": "static", "WantedBy": "multi-user.target"}, True),
        ({"UnitFileState": "static", "WantedBy": "", "RequiredBy": "basic.target"}, True),
        ({"UnitFileState": "static", "WantedBy": "rescue.target"}, UNKNOWN),
        ({"UnitFileState": "indirect", "WantedBy": ""}, False),
        ({"UnitFileState": "alias", "WantedBy": "multi-user.target"}, True),
        ({"UnitFileState": "generated", "WantedBy": "multi-user.target graphical.target"}, True),
        ({"UnitFileState": "linked", "WantedBy": ""}, False),
        ({"UnitFileState": "unheard-of"}, UNKNOWN),
        ({"UnitFileState": "enabled", "LoadState": "error"}, UNKNOWN),
        ({"UnitFileState": "", "LoadState": "not-found"}, False),
    ],
)
def test_systemd_starts_what_it_says_it_starts(properties: dict[str, str], expected: object) -> None:
    assert told(ssh(systemd(unit("sshd.service", **properties))).autostart) == expected


def test_an_alias_is_found_under_both_names() -> None:
    answers = recording(systemd(unit("ssh.service", Names="ssh.service sshd.service")))
    assert services.unit(answers, "sshd.service") == services.unit(answers, "ssh.service")


def test_a_socket_counts_as_running_and_starting() -> None:
    disabled = unit("ssh.service", UnitFileState="disabled", WantedBy="", ActiveState="inactive")
    state = ssh(systemd(disabled, unit("ssh.socket", WantedBy="sockets.target")))
    assert state == services.ServiceState(True, True, True)


@pytest.mark.parametrize(("level", "expected"), [(3, True), (5, False)])
def test_a_script_under_systemd_starts_by_its_links(level: int, expected: bool) -> None:
    script = unit("sshd.service", UnitFileState="bad", WantedBy="", SourcePath="/etc/rc.d/init.d/sshd")
    answers = systemd(script)
    answers[init.INIT] = f"/run/systemd/system\n/etc/init.d/sshd\n/etc/rc{level}.d/S55sshd\n"
    assert ssh(answers).autostart is expected


def test_a_process_that_systemd_did_not_start_runs_all_the_same() -> None:
    answers = systemd(processes_found=running(process(77, "sshd")))
    assert ssh(answers) == services.ServiceState(False, True, False)


@pytest.mark.parametrize(
    ("paths", "inittab", "expected"),
    [
        (("/etc/rc3.d/S55sshd", "/etc/rc5.d/S55sshd"), "id:3:initdefault:\n", True),
        (("/etc/rc3.d/S55sshd",), "#id:3:initdefault:\nid:5:initdefault:\n", False),
        (("/etc/init.d/rc3.d/S11sshd", "/etc/init.d/rc5.d/S11sshd"), "id:5:initdefault:\n", True),
        (("/etc/rc2.d/S16ssh",), "id:2:initdefault:\n", True),
        (("/etc/rc3.d/S10network",), "id:3:initdefault:\n", False),
        (("/etc/rc3.d/S55sshd-keygen",), "id:3:initdefault:\n", False),
        (("/etc/rc3.d/S55sshd",), "", UNKNOWN),
        (("/etc/rc3.d/S10network",), "", False),
        (("/etc/init/rc-sysinit.conf", "/etc/rc2.d/S16ssh"), "", True),
        ((), "id:3:initdefault:\n", UNKNOWN),
    ],
)
def test_sysv_starts_what_is_linked_in_the_default_level(
    paths: tuple[str, ...], inittab: str, expected: object
) -> None:
    assert told(ssh(sysv(*paths, inittab=inittab)).autostart) == expected


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ("/etc/init/ssh.conf:start on runlevel [2345]\n", True),
        ("/etc/init/ssh.conf:start on filesystem or runlevel [2345]\n/etc/init/ssh.override:manual\n", False),
        ("/etc/init/ssh.override:manual\n/etc/init/ssh.conf:start on runlevel [2345]\n", False),
        ("/etc/init/ssh.conf:manual\n/etc/init/ssh.override:start on runlevel [2345]\n", True),
        ("/etc/init/other.conf:start on startup\n", False),
        ("grep: /etc/init/ssh.conf: Permission denied\n", UNKNOWN),
    ],
)
def test_upstart_starts_what_has_a_condition(jobs: str, expected: object) -> None:
    paths = ("/etc/init/rc-sysinit.conf", "/etc/rc2.d/S99rc.local")
    assert told(ssh(sysv(*paths, inittab="", jobs=jobs)).autostart) == expected


def test_sysv_scripts_and_upstart_jobs_are_installed_services() -> None:
    assert ssh(sysv("/etc/init.d/sshd")).installed is True
    assert ssh(sysv(jobs="/etc/init/ssh.conf:start on runlevel [2345]\n")).installed is True
    assert ssh(sysv("/etc/init.d/network")).installed is False


def test_links_tell_where_systemd_is_installed_and_does_not_run() -> None:
    answers = sysv("/usr/lib/systemd/systemd", "/etc/systemd/system/multi-user.target.wants/sshd.service")
    answers[init.PID_1] = values({"/proc/1/comm": "sleep"})
    assert ssh(answers).autostart is True
    answers[init.INIT] = "/usr/lib/systemd/systemd\n/etc/systemd/system/rescue.target.wants/sshd.service\n"
    assert ssh(answers).autostart is False


def test_hidden_processes_are_not_absent_ones() -> None:
    answers = sysv("/etc/rc3.d/S55sshd", processes_found=f"btime {BTIME}\n")
    assert told(ssh(answers, user=1000).running) == UNKNOWN


@pytest.mark.parametrize("status", [Status.TIMED_OUT, Status.NOT_RUN, Status.UNREADABLE, Printed("no bus", 1)])
def test_what_systemd_does_not_say_is_unknown(status: Status | Printed) -> None:
    answers = systemd()
    answers[services.UNITS] = status
    state = ssh(answers)
    assert (told(state.installed), told(state.running), told(state.autostart)) == (UNKNOWN, UNKNOWN, UNKNOWN)


def test_nothing_collected_is_all_unknown() -> None:
    state = ssh({})
    assert (told(state.installed), told(state.running), told(state.autostart)) == (UNKNOWN, UNKNOWN, UNKNOWN)


def test_processes_have_their_names_parents_and_start() -> None:
    text = running(process(90, "sshd", 77, 200), process(77, "sshd", 1, 100), process(5, "a) (sshd", 1, 1))
    found = processes.processes(recording({processes.PROCESSES: text}), "sshd")
    assert isinstance(found, list)
    assert [(one.pid, one.parent, one.started) for one in found] == [(77, 1, 1.0), (90, 77, 2.0)]


def test_connections_of_sshd_and_vmtoolsd_of_a_desktop_are_no_daemons() -> None:
    text = running(process(90, "sshd", 1), process(77, "vmtoolsd", 5), process(78, "vmtoolsd", 1))
    answers = {processes.PROCESSES: text, processes.NOT_DAEMONS: "/proc/90/cmdline\n/proc/77/cmdline\n"}
    assert processes.running(recording(answers), "sshd") is False
    found = processes.processes(recording(answers), "vmtoolsd")
    assert isinstance(found, list)
    assert [one.pid for one in found] == [78]


@pytest.mark.parametrize(("name", "expected"), [("sshd", UNKNOWN), ("vmtoolsd", False), ("chronyd", True)])
def test_which_process_is_the_daemon_is_unknown_where_that_could_not_be_read(name: str, expected: object) -> None:
    text = running(process(90, "sshd"), process(91, "chronyd"))
    answers = {processes.PROCESSES: text, processes.NOT_DAEMONS: Status.TIMED_OUT}
    assert told(processes.running(recording(answers), name)) == expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"ActiveState": "active", "SubState": "running"}, True),
        ({"ActiveState": "active", "SubState": "listening"}, True),
        ({"ActiveState": "activating", "SubState": "start"}, True),
        ({"ActiveState": "activating", "SubState": "auto-restart"}, False),
        ({"ActiveState": "active", "SubState": "exited"}, False),
    ],
)
def test_daemon_that_ended_does_not_run_whatever_its_unit_is(properties: dict[str, str], expected: bool) -> None:
    assert ssh(systemd(unit("sshd.service", **properties))).running is expected


def test_unit_without_a_daemon_is_active_when_it_has_ended() -> None:
    answers = recording(systemd(unit("ufw.service", SubState="exited")))
    assert services.active(answers, "ufw.service") is True


MASKED = {"UnitFileState": "masked", "LoadState": "masked"}


@pytest.mark.parametrize(
    ("units", "named"),
    [
        ([unit("ssh.service", **MASKED)], "ssh.service"),
        ([unit("ssh.service", **MASKED), unit("ssh.socket")], "ssh.service"),
        ([unit("ssh.service", UnitFileState="masked-runtime")], "ssh.service"),
        ([unit("ssh.service", **MASKED), unit("sshd.service")], ""),
        ([unit("ssh.service"), unit("ssh.socket", **MASKED)], ""),
        ([], ""),
    ],
)
def test_masked_service_is_the_obstacle(units: list[dict[str, str]], named: str) -> None:
    names_of_units = ("sshd.service", "ssh.service", "sshd.socket", "ssh.socket")
    found = services.obstacle(recording(systemd(*units)), names_of_units)
    assert isinstance(found, str)
    assert found.startswith(f"{named} is masked" if named else "")
    assert bool(found) == bool(named)


def test_obstacle_is_none_without_systemd_and_unknown_where_systemd_says_nothing() -> None:
    assert services.obstacle(recording(sysv("/etc/rc3.d/S55sshd")), ("sshd.service",)) == ""
    answers = {**systemd(), services.UNITS: Status.TIMED_OUT}
    assert told(services.obstacle(recording(answers), ("sshd.service",))) == UNKNOWN


def test_long_names_are_compared_as_the_kernel_cuts_them() -> None:
    answers = recording({processes.PROCESSES: running(process(9, "systemd-timesyn"))})
    assert processes.running(answers, "systemd-timesyncd") is True


def test_any_of_prefers_true_then_unknown() -> None:
    doubt = Unknown("?")
    assert services.any_of([False, doubt, True]) is True
    assert services.any_of([False, doubt]) == doubt
    assert services.any_of([]) is False
