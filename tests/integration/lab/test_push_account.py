# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix push_account on real SSH servers, with real logons."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from ansible_collections.preflight.azure.plugins.module_utils._core.journal.undo import (
    choose,
    compose_restores,
    parse_restores,
)
from contract_cases import files, plan_of, planned, survives_being_killed, survives_two_runs_at_once
from fix_hosts import Host, clean_host, on_debian
from lab_hosts import Lab
from push_cases import (
    CONFIGURATIONS,
    DROP_IN,
    HOSTS,
    MAIN,
    Logon,
    configure,
    configure_as_family,
    every_host,
    kind,
    reload,
    two_hosts,
)

MODULE = "preflight.azure.push_account"
RESTORE = "preflight.azure.restore"
FIX = "push_account"
on_main_file = pytest.mark.parametrize("host", HOSTS[2:3], indirect=True, ids=["rhel7"])


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    """A host that takes no password, set as its family is."""
    one = clean_host(lab, request.param)
    one.shell("rm -rf /run/kept-ssh; cp -a /etc/ssh /run/kept-ssh")
    configure_as_family(one)
    yield one
    one.put_back()
    one.shell(f"rm -rf {MAIN} /etc/ssh/sshd_config.d; cp -a /run/kept-ssh/. /etc/ssh/")
    reload(one)


def look(host: Host) -> str:
    parts = host.shell("cd /etc/ssh && find sshd_config sshd_config.d -type f -exec sha256sum {} + | sort")
    return files(host, MAIN, DROP_IN) + parts + host.shell("cat /run/sshd.pid")


def write_main(host: Host, content: bytes) -> None:
    """Write the main file; the server is not told."""
    escaped = "".join(f"\\{byte:03o}" for byte in content)
    host.shell(f"printf '{escaped}' >{MAIN}")


def seen(host: Host, *paths: str, shell: tuple[str, ...] = ("/bin/sh",)) -> Facts:
    selection = select(paths, SUBJECTS)
    return assemble(host.send(compose(selection.reads), shell), selection.subjects)


@every_host
def test_check_mode_shows_the_difference_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check")  # the first login leaves traces
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff")[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned"), result
    assert result["before"]["PasswordAuthentication"] == "no"
    assert (result["after"]["PasswordAuthentication"], result["after"]["PermitRootLogin"]) == ("yes", "yes")
    written = DROP_IN if kind(host) in ("debian", "rhel9") else MAIN
    assert "PasswordAuthentication yes; PermitRootLogin yes" in result["after"][written]
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_host
def test_root_can_log_on_with_a_password_until_it_is_restored(host: Host, tmp_path: Path) -> None:
    root = Logon(host, tmp_path)
    before = look(host)
    assert not root.works()
    first = host.lab.module(host.name, MODULE)[host.name]
    assert first["changed"], first
    assert (root.works(), root.sftp_works()) == (True, True)
    facts = seen(host, "ssh", "journal")
    found = facts.tree["ssh"]
    assert isinstance(found, dict)
    assert (found["password_authentication"], found["permit_root_login"], found["ports"]) == (True, "yes", [22])
    assert found["configuration_newer_than_daemon"] is False
    assert facts.tree["journal"]["weakenings"] == [FIX]  # type: ignore[index, call-overload]
    second = host.lab.module(host.name, MODULE)[host.name]
    assert (second["changed"], second["state"]) == (False, "unchanged"), second
    undone = host.lab.module(host.name, RESTORE)[host.name]
    assert "the next logon of root needs a key" in undone["restored"][0]["reason"], undone
    assert look(host) == before
    assert not root.works()
    facts = seen(host, "ssh.configuration_newer_than_daemon", "journal")
    assert facts.tree["ssh"] == {"configuration_newer_than_daemon": False}
    assert facts.tree["journal"] == {"weakenings": [], "open_records": []}
    assert not host.lab.module(host.name, RESTORE)[host.name]["changed"]


@two_hosts
def test_running_connections_outlive_the_reload(host: Host, tmp_path: Path) -> None:
    configure(host, "PermitRootLogin yes\nUsePAM yes\n")
    with Logon(host, tmp_path).open() as connection:
        assert connection.stdin is not None
        assert connection.stdout is not None
        assert connection.stdout.readline() == b"ready\n"
        plan = plan_of(host, FIX)
        assert plan.before["Subsystem sftp"] == "none"  # type: ignore[index, call-overload]
        assert host.apply(f"open-{time.time_ns()}", plan=plan).state == "applied"
        assert [each.state for each in host.restore()] == ["restored"]
        connection.stdin.write(b"still here\n")
        connection.stdin.flush()
        assert connection.stdout.readline() == b"got still here\n"


@every_host
def test_killed_before_a_step_it_leaves_the_old_state_or_a_record(host: Host) -> None:
    first = [name for name, _manager in HOSTS].index(host.name) * 97
    survives_being_killed(host, plan_of(host, FIX), lambda: look(host), first_step=first, every=499)


@two_hosts
def test_two_runs_at_once_open_it_once(host: Host) -> None:
    survives_two_runs_at_once(host, plan_of(host, FIX), lambda: look(host))


@on_debian
@pytest.mark.parametrize("shell", [("bash", "--posix"), ("dash",), ("mksh",), ("busybox", "sh")], ids=" ".join)
def test_every_shell_of_the_host_does_the_same(host: Host, shell: tuple[str, ...]) -> None:
    if not host.lab.inside(host.name, "sh", "-c", f"command -v {shell[0]}", check=False):
        pytest.skip(f"{host.name} has no {shell[0]}")
    before = look(host)
    assert host.apply(f"shell-{time.time_ns()}", shell=shell, plan=plan_of(host, FIX)).state == "applied"
    assert [each.state for each in host.restore(shell=shell)] == ["restored"]
    assert look(host) == before


@on_debian
def test_what_forbids_it_is_named_and_nothing_is_changed(host: Host) -> None:
    text = CONFIGURATIONS["debian"]
    for main, found in (
        ("Nonsense yes\n" + text, "Bad configuration option: Nonsense"),
        ("HostKey /etc/ssh/none\n" + text, "no hostkeys available"),
        ("AllowUsers operator\n" + text, "AllowUsers operator"),
        ("AllowGroups wheel\n" + text, "AllowGroups wheel"),
        ("AuthenticationMethods publickey\n" + text, "AuthenticationMethods publickey"),
        (text + "Match User root\nPermitRootLogin no\n", "Match User root in /etc/ssh/sshd_config"),
        (text + "Match LocalPort 22\nPermitRootLogin no\n", "a Match block decides otherwise"),
        ("Port 2222\n" + text, "waits on port 22"),
    ):
        write_main(host, main.encode())
        before = look(host)
        refused = planned(host, FIX)
        if not isinstance(refused, Refusal):
            assert isinstance(refused, Plan), found
            refused = Refusal(host.apply(f"forbidden-{time.time_ns()}", plan=refused).reason)
        assert found in refused.reason
        assert look(host) == before, found
        assert not [record for record in host.records() if record.state != "restored"], found


@on_debian
def test_odd_files_are_edited_where_it_counts(host: Host) -> None:
    for main, path in (
        (b"Match User nobody\n X11Forwarding no\n", MAIN),
        (b"Include /etc/ssh/does-not-exist.conf\nPasswordAuthentication no\n", MAIN),
        (b"Include sshd_config.d/*.conf\r\nPasswordAuthentication no\r\n", DROP_IN),
        (b"# caf\xe9\r\nPasswordAuthentication no\r\nUsePAM yes", MAIN),
    ):
        write_main(host, main)
        before = look(host)
        plan = plan_of(host, FIX)
        assert path in plan.before  # type: ignore[operator]
        made = host.apply(f"odd-{time.time_ns()}", plan=plan)
        assert made.state == "applied", made
        host.put_back()
        assert look(host) == before


@on_debian
def test_what_was_never_loaded_is_reloaded_and_nothing_else(host: Host, tmp_path: Path) -> None:
    host.shell(f"printf 'PermitRootLogin yes\\nUsePAM yes\\nSubsystem sftp internal-sftp\\n' >{MAIN}")
    before = look(host)
    assert seen(host, "ssh.configuration_newer_than_daemon").tree["ssh"] == {"configuration_newer_than_daemon": True}
    assert not Logon(host, tmp_path).works()
    made = host.lab.module(host.name, MODULE)[host.name]
    assert (made["changed"], made["state"]) == (True, "applied"), made
    assert look(host) == before
    assert Logon(host, tmp_path).works()
    assert isinstance(planned(host, FIX), Unchanged)
    undone = host.lab.module(host.name, RESTORE)[host.name]
    assert (undone["changed"], undone["restored"][0]["state"]) == (False, "unchanged")


@on_main_file
def test_main_file_that_somebody_changed_since_is_restored_only_with_force(host: Host) -> None:
    before = look(host)
    assert host.apply(f"since-{time.time_ns()}", plan=plan_of(host, FIX)).state == "applied"
    host.shell(f"echo '# mine' >>{MAIN}")
    assert "was changed since" in host.restore()[0].reason
    assert host.restore(force=True)[0].state == "restored"
    assert look(host) == before


@on_main_file
@pytest.mark.parametrize("spoil", [f"ln {MAIN} /etc/ssh/other", f"mv {MAIN} /etc/ssh/other; ln -s other {MAIN}"])
def test_file_that_cannot_be_replaced_is_left_alone(host: Host, spoil: str) -> None:
    host.shell(spoil)
    try:
        refusal = planned(host, FIX)
    finally:
        host.shell(f"rm -f /etc/ssh/other {MAIN}")
    assert isinstance(refusal, Refusal)
    assert "link" in refusal.reason


@on_debian
def test_the_way_back_of_the_present_connection_is_not_closed(host: Host, tmp_path: Path) -> None:
    root = Logon(host, tmp_path)
    assert host.apply(f"way-{time.time_ns()}", plan=plan_of(host, FIX)).state == "applied"
    records = choose(host.records(), FIXES["linux"], over_network=True)
    script = compose_restores(records, "undo-way", force=False, timeout_seconds=60).encode()
    host.shell("mv /root/.ssh/authorized_keys /root/.ssh/kept")
    try:
        [refused] = parse_restores(parse(root.run("/bin/sh -s", script).stdout), records)
    finally:
        host.shell("mv /root/.ssh/kept /root/.ssh/authorized_keys")
    assert refused.state == "refused"
    assert "no authorized key" in refused.reason
    assert root.works()
    [restored] = parse_restores(parse(root.run("/bin/sh -s", script).stdout), records)
    assert (restored.state, root.works()) == ("restored", False), restored


@on_debian
def test_root_that_could_not_come_back_at_all_is_told(host: Host, tmp_path: Path) -> None:
    configure(host, "PermitRootLogin no\n" + CONFIGURATIONS["debian"])
    root = Logon(host, tmp_path)
    assert host.apply(f"no-{time.time_ns()}", plan=plan_of(host, FIX)).state == "applied"
    result = host.lab.module(host.name, RESTORE)[host.name]
    assert result["failed"]
    assert "log on as another user" in result["msg"]
    assert root.works()
    assert host.restore()[0].state == "restored"


@two_hosts
def test_journal_that_cannot_be_read_is_unknown(host: Host) -> None:
    assert host.apply(f"journal-{time.time_ns()}", plan=plan_of(host, FIX)).state == "applied"
    known = seen(host, "journal")
    assert known.tree["journal"]["weakenings"] == [FIX]  # type: ignore[index, call-overload]
    unknown = seen(host, "journal", shell=("su", "-s", "/bin/sh", "nobody", "-c", "/bin/sh"))
    assert unknown.tree["journal"] == {"weakenings": None, "open_records": None}
    assert "become: true" in unknown.reasons["journal.weakenings"]
