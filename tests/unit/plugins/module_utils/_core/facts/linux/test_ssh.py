# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the facts about the SSH server."""

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import (
    commands,
    processes,
    ssh,
    sshd_config,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import (
    BTIME,
    process,
    running,
    systemd,
    sysv,
    unit,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
)

AnswerDict = dict[Read, "str | Status | Printed"]
UNKNOWN = "unknown"

#: OpenSSH 9.2, shortened.
EFFECTIVE = """\
port 22
addressfamily any
listenaddress [::]:22
listenaddress 0.0.0.0:22
usepam yes
permitrootlogin without-password
passwordauthentication yes
kbdinteractiveauthentication no
subsystem sftp /usr/lib/openssh/sftp-server
permitlisten any
"""
MAIN = """\
# $OpenBSD: sshd_config,v 1.104 2021/07/02 05:11:21 dtucker Exp $
Include /etc/ssh/sshd_config.d/*.conf
Port 22
#PermitRootLogin prohibit-password
PermitRootLogin yes
PasswordAuthentication yes
Subsystem\tsftp\t/usr/libexec/openssh/sftp-server
"""


def machine(**reads: str | Status | Printed) -> AnswerDict:
    answers = systemd(unit("sshd.service", MainPID="77"), processes_found=running(process(77, "sshd")))
    return {
        **answers,
        commands.PROGRAMS: "/usr/sbin/sshd\n",
        sshd_config.EFFECTIVE: reads.get("effective", EFFECTIVE),
        sshd_config.MAIN: reads.get("main", MAIN),
        sshd_config.VENDOR: reads.get("vendor", Status.ABSENT),
        sshd_config.PARTS: reads.get("parts", ""),
        ssh.TIMES: reads.get("times", f"{BTIME} 2023-11-03 08:26:40.250000000 +0000 /etc/ssh/sshd_config\n"),
        ssh.OFF: "",
        ssh.TEST: "",
    }


def parse(answers: AnswerDict, user: int = 0) -> dict[str, object]:
    facts = dict(ssh.SUBJECT.parse(recording(answers, user=user)))
    return {name: UNKNOWN if isinstance(value, Unknown) else value for name, value in facts.items()}


def by_files(main: str, parts: str = "") -> dict[str, object]:
    refused = Printed("", 1)
    return parse(machine(effective=refused, main=main, parts=parts), user=1000)


def test_a_server_as_it_describes_itself() -> None:
    assert parse(machine()) == {
        "installed": True,
        "running": True,
        "autostart": True,
        "obstacle": "",
        "ports": [22],
        "password_authentication": True,
        "permit_root_login": "prohibit-password",
        "sftp_subsystem": "/usr/lib/openssh/sftp-server",
        "configuration_newer_than_daemon": False,
    }


def test_files_tell_what_the_server_does_not() -> None:
    facts = by_files(MAIN)
    assert facts["ports"] == [22]
    assert facts["permit_root_login"] == "yes"
    assert facts["sftp_subsystem"] == "/usr/libexec/openssh/sftp-server"


@pytest.mark.parametrize(
    ("main", "parts", "password", "root"),
    [
        ("PasswordAuthentication no\nPasswordAuthentication yes\n", "", False, UNKNOWN),
        ("passwordauthentication no # why\nPermitRootLogin=no\n", "", False, "no"),
        ("", "", True, UNKNOWN),
        ("PermitRootLogin yes\nMatch User backup,web*\n PasswordAuthentication no\n", "", UNKNOWN, "yes"),
        ("PermitRootLogin yes\nMatch User backup\n PasswordAuthentication no\n", "", True, "yes"),
        ("PermitRootLogin yes\nMatch Address 10.0.0.0/8\n PermitRootLogin no\n", "", True, UNKNOWN),
        ("PermitRootLogin no\nMatch Address 10.0.0.0/8\n PermitRootLogin no\n", "", True, "no"),
        ("Match User root\nPermitRootLogin yes\n", "", True, UNKNOWN),
        (MAIN, "/etc/ssh/sshd_config.d/50.conf:PermitRootLogin no\n", True, "no"),
        (MAIN, "/etc/ssh/sshd_config.d/50.conf:Match User x\n/etc/ssh/sshd_config.d/50.conf:PermitRootLogin no\n",
         True, "yes"),
        (MAIN, "grep: /etc/ssh/sshd_config.d/50.conf: Permission denied\n", UNKNOWN, UNKNOWN),
        ("Include /srv/ssh.conf\nPermitRootLogin yes\n", "", UNKNOWN, UNKNOWN),
        ("PermitRootLogin yes\nInclude /srv/ssh.conf\n", "", UNKNOWN, "yes"),
        ("PasswordAuthentication=[redacted]\n", "", UNKNOWN, UNKNOWN),
    ],
)  # fmt: skip
def test_the_first_value_in_the_files_wins(main: str, parts: str, password: object, root: object) -> None:
    facts = by_files(main, parts)
    assert (facts["password_authentication"], facts["permit_root_login"]) == (password, root)


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        ("", [22]),
        ("Port 2222\nPort 22\n", [22, 2222]),
        ("ListenAddress 10.0.0.4:2022\n", [2022]),
        ("ListenAddress 10.0.0.4\nPort 2222\n", [2222]),
        ("ListenAddress [fe80::1]:2022\nListenAddress 10.0.0.4\n", [2022]),
    ],
)
def test_ports_of_the_files(main: str, expected: list[int]) -> None:
    assert by_files(main)["ports"] == expected


def test_the_vendors_file_stands_in_for_a_missing_one() -> None:
    answers = machine(effective=Printed("", 1), main=Status.ABSENT, vendor="PermitRootLogin no\n")
    assert parse(answers)["permit_root_login"] == "no"


def test_unreadable_settings_are_unknown_and_not_the_defaults() -> None:
    facts = parse(machine(effective=Printed("", 1), main=Status.UNREADABLE), user=1000)
    assert [facts[name] for name in ("ports", "password_authentication", "permit_root_login", "sftp_subsystem")] == [
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
    ]


def test_no_sftp_server_is_an_empty_text() -> None:
    assert by_files("Port 22\n")["sftp_subsystem"] == ""


def test_a_socket_decides_on_the_ports() -> None:
    answers = machine()
    listening = "[::]:2222 (Stream)\n0.0.0.0:2222 (Stream)"
    socket = unit("ssh.socket", Listen=listening.replace("\n", "\nListen="), WantedBy="sockets.target")
    answers |= systemd(unit("ssh.service", UnitFileState="disabled", WantedBy=""), socket)
    facts = parse(answers)
    assert (facts["ports"], facts["running"], facts["autostart"]) == ([2222], True, True)


@pytest.mark.parametrize(
    ("ticks", "modified", "expected"),
    [
        (100_000, f"{BTIME + 2000} 2023-11-03 09:00:00.250000000 +0000", True),
        (100_000, f"{BTIME + 500} 2023-11-03 09:00:00.250000000 +0000", False),
        (100_000, f"{BTIME + 500} 2023-11-03 09:00:00", UNKNOWN),
        (100_000, f"{BTIME + 1000} 2023-11-03 09:00:00.300000000 +0000", UNKNOWN),
        (100_000, f"{BTIME + 2000} 2023-11-03 09:00:00 +0000", True),
    ],
)
def test_a_file_changed_after_the_server_started(ticks: int, modified: str, expected: object) -> None:
    answers = machine(times=f"{modified} /etc/ssh/sshd_config\nstat: cannot stat 'x': No such file or directory\n")
    answers[processes.PROCESSES] = running(process(77, "sshd", 1, ticks))
    assert parse(answers)["configuration_newer_than_daemon"] == expected


def test_a_reload_counts_as_having_read_the_settings() -> None:
    times = f"{BTIME + 2000} 2023-11-03 09:00:00.0 +0000 /etc/ssh/sshd_config\n"
    answers = machine(times=times)
    server = unit("sshd.service", MainPID="77", StateChangeTimestampMonotonic="3000000000")
    answers |= systemd(server, processes_found=running(process(77, "sshd")))
    assert parse(answers)["configuration_newer_than_daemon"] is False


@pytest.mark.parametrize(
    ("number", "written", "expected"),
    [("77", 3000, False), ("77", 1500, True), ("90", 3000, True), ("4711", 3000, True)],
)
def test_without_systemd_the_file_with_its_number_tells_of_a_reload(number: str, written: int, expected: bool) -> None:
    """That of another process, or of one that is gone, tells nothing."""
    times = (
        f"{BTIME + 2000} 2023-11-03 09:00:00.0 +0000 /etc/ssh/sshd_config\n"
        f"{BTIME + written} 2023-11-03 09:00:00.5 +0000 /var/run/sshd.pid\n/var/run/sshd.pid:{number}\n"
    )
    listener, child = process(77, "sshd", 1, 100_000), process(90, "sshd", 77, 900_000)
    answers = {**machine(times=times), **sysv("/etc/rc3.d/S55sshd", processes_found=running(child, listener))}
    assert parse(answers)["configuration_newer_than_daemon"] is expected


def test_children_for_connections_are_not_the_server() -> None:
    times = f"{BTIME + 2000} 2023-11-03 09:00:00.0 +0000 /etc/ssh/sshd_config\n"
    listener, child = process(77, "sshd", 1, 100_000), process(90, "sshd", 77, 900_000)
    answers = {**machine(times=times), **sysv("/etc/rc3.d/S55sshd", processes_found=running(child, listener))}
    assert parse(answers)["configuration_newer_than_daemon"] is True


def test_a_server_that_does_not_run_has_no_older_settings() -> None:
    answers = {**machine(), **systemd(unit("sshd.service", ActiveState="inactive"))}
    facts = parse(answers)
    assert (facts["running"], facts["configuration_newer_than_daemon"]) == (False, False)


def test_debians_mark_keeps_the_server_from_starting() -> None:
    assert parse({**machine(), ssh.OFF: Printed("", 1)})["autostart"] is False


def test_a_machine_without_a_server() -> None:
    answers = {
        **machine(main=Status.ABSENT, effective=Printed("", 127)),
        **systemd(),
        commands.PROGRAMS: "/usr/bin/lsof\n",
    }
    facts = parse(answers)
    assert (facts["installed"], facts["running"], facts["autostart"], facts["ports"]) == (False, False, False, UNKNOWN)


def test_nothing_collected_is_all_unknown() -> None:
    assert set(parse({}).values()) == {UNKNOWN}


@pytest.mark.parametrize(
    ("off", "test", "expected"),
    [
        ("", "", ""),
        (Printed("", 1), "", "/etc/ssh/sshd_not_to_be_run is there"),
        ("", Printed("Missing privilege separation directory: /run/sshd\n", 255), ""),
        ("", Printed("sshd: no hostkeys available -- exiting.\n", 1), ""),
        (
            "",
            Printed(
                "/etc/ssh/sshd_config: line 3: Bad configuration option: Foo\n"
                "/etc/ssh/sshd_config: terminating, 1 bad configuration options\n",
                255,
            ),
            "(/etc/ssh/sshd_config: line 3: Bad configuration option: Foo)",
        ),
        ("", Printed("/etc/ssh/sshd_config: No such file or directory\n", 1), "No such file"),
        ("", Printed("", 1), "(code 1)"),
        (Status.TIMED_OUT, "", UNKNOWN),
        ("", Status.TIMED_OUT, UNKNOWN),
    ],
)
def test_obstacle_is_what_stands_against_a_start(
    off: str | Status | Printed, test: str | Status | Printed, expected: str
) -> None:
    found = parse({**machine(), ssh.OFF: off, ssh.TEST: test})["obstacle"]
    assert isinstance(found, str)
    assert expected in found
    assert bool(found) == bool(expected)


def test_masked_server_is_an_obstacle() -> None:
    masked = systemd(unit("sshd.service", LoadState="masked", UnitFileState="masked"))
    assert "sshd.service is masked" in str(parse({**machine(), **masked, ssh.TEST: ""})["obstacle"])
