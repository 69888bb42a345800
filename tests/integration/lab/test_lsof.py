# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix lsof on real hosts with their real package managers."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fix_hosts import FAMILIES, KILL_EVERY, Host, before_every_step, clean_host, every_family, on_debian, on_rpm
from lab_hosts import LAB, Lab

MODULE = "preflight.azure.lsof"


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    one = clean_host(lab, request.param)
    assert lab.inside(one.name, "sh", "-c", "command -v lsof", check=False) == ""
    yield one
    one.put_back()


@every_family
def test_check_mode_shows_the_difference_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check")  # the first login leaves traces
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff")[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned")
    assert (result["before"], result["after"]) == ({"lsof": "missing"}, {"lsof": "installed"})
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_family
def test_first_run_changes_second_does_not_and_restore_brings_the_same_packages(host: Host) -> None:
    before = host.packages()
    first = host.lab.module(host.name, MODULE)[host.name]
    assert (first["changed"], first["state"]) == (True, "applied"), first
    added = host.packages() - before
    assert before < host.packages()
    assert len(added) == len(first["journal"]["details"]["added"])
    assert host.shell("lsof -v 2>&1 | head -n 1")
    second = host.lab.module(host.name, MODULE)[host.name]
    assert (second["changed"], second["state"]) == (False, "unchanged")
    undone = host.lab.module(host.name, "preflight.azure.restore", arguments={"run": first["journal"]["run"]})
    assert undone[host.name]["changed"]
    assert host.packages() == before
    assert not host.lab.module(host.name, "preflight.azure.restore")[host.name]["changed"]


@every_family
@pytest.mark.parametrize(
    "shell", [("bash",), ("bash", "--posix"), ("dash",), ("mksh",), ("busybox", "sh")], ids=" ".join
)
def test_every_shell_of_the_host_does_the_same(host: Host, shell: tuple[str, ...]) -> None:
    if not host.lab.inside(host.name, "sh", "-c", f"command -v {shell[0]}", check=False):
        pytest.skip(f"{host.name} has no {shell[0]}")
    before = host.packages()
    assert host.apply("shell", shell=shell).state == "applied"
    assert host.apply("shell", shell=shell).state == "already_done"
    assert [each.state for each in host.restore(shell=shell)] == ["restored"]
    assert host.packages() == before


@every_family
def test_three_runs_at_once_install_it_once(host: Host) -> None:
    before = host.packages()
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(host.apply, ("at-once-1", "at-once-2", "at-once-3")))
    assert sorted(each.state for each in results) == ["applied", "unchanged", "unchanged"], results
    host.put_back()
    assert host.packages() == before


@every_family
def test_killed_before_any_step_nothing_is_lost(host: Host) -> None:
    before = host.packages()
    host.shell("rm -f /run/steps")
    host.apply(
        f"steps-{time.time_ns()}", edit=before_every_step("apply_change", 'echo "$1" >>/run/steps'), shell=("bash",)
    )
    host.put_back()
    steps = list(dict.fromkeys(host.shell("cat /run/steps").split()))
    assert len(steps) > 150
    for index, step in enumerate(steps[index_of_family(host) :: KILL_EVERY]):
        run = f"kill-{index}-{time.time_ns()}"
        kill = before_every_step("apply_change", f'[ "$1" != {step} ] || kill -9 $step_pid')
        killed = host.apply(run, edit=kill, shell=("bash",))
        assert killed.state != "applied" or step.startswith("conclude:"), step
        if index % 2:
            assert host.apply(run).succeeded, step
        elif host.packages() != before:
            assert [record for record in host.records() if record.state in ("planned", "done")], step
        host.put_back()
        assert host.packages() == before, step
        assert all(record.state == "restored" for record in host.records()), step


def index_of_family(host: Host) -> int:
    """Each family is killed at other steps."""
    return [name for name, _manager in FAMILIES].index(host.name)


@on_debian
def test_killed_connection_does_not_stop_the_package_manager(host: Host) -> None:
    before = host.packages()
    host.shell("echo 'DPkg::Pre-Invoke {\"sleep 4\";};' >/etc/apt/apt.conf.d/99slow")
    try:
        with subprocess.Popen(
            [str(Path(sys.executable).with_name("ansible")), "-i", str(host.lab.inventory), host.name, "-m", MODULE],
            env={**os.environ, "ANSIBLE_SSH_ARGS": "-o ControlMaster=no"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as running:
            wait_for(host, "ls /var/lib/preflight.azure/journal/*.process")
            for process in [*descendants(running.pid), running.pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        wait_for(host, "command -v lsof")
    finally:
        host.shell("rm /etc/apt/apt.conf.d/99slow")
    host.put_back()
    assert host.packages() == before


def descendants(parent: int) -> list[int]:
    text = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    ).stdout
    children = [int(word) for word in text.split()]
    return [*(each for child in children for each in descendants(child)), *children]


def wait_for(host: Host, command: str) -> None:
    for _attempt in range(150):
        if host.lab.inside(host.name, "sh", "-c", command, check=False):
            return
        time.sleep(0.2)
    pytest.fail(f"{host.name}: waited in vain for: {command}")


@on_debian
def test_what_takes_too_long_is_running_and_settled_by_the_next_run(host: Host) -> None:
    host.shell("echo 'DPkg::Pre-Invoke {\"sleep 6\";};' >/etc/apt/apt.conf.d/99slow")
    try:
        running = host.apply("slow", plan=replace(host.plan, timeout_seconds=2))
        assert running.state == "running"
        assert "not interrupted" in running.reason
        assert host.apply("slow").state == "already_done"
    finally:
        host.shell("rm /etc/apt/apt.conf.d/99slow")


@on_debian
def test_locked_package_manager_is_named(host: Host) -> None:
    lock = (
        'use Fcntl; open(F, ">>", "/var/lib/dpkg/lock-frontend"); '
        "my $lock = pack('s s l! l! i', F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die; "
        "$| = 1; print qq(locked\\n); <STDIN>"
    )
    words = [str(LAB), "exec", host.name, "perl", "-e", lock]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        result = host.lab.module(host.name, MODULE)[host.name]
    assert result["failed"]
    assert "package manager is locked" in result["msg"]
    assert "lock-frontend" in result["msg"]


CANDIDATE = """Package: lsof
Version: 99
Architecture: amd64
{more}
Filename: ./lsof.deb
Size: 1
SHA256: 0000000000000000000000000000000000000000000000000000000000000000

Package: {other}
Version: 99
Architecture: amd64
Filename: ./other.deb
Size: 1
SHA256: 0000000000000000000000000000000000000000000000000000000000000000
"""


@on_debian
@pytest.mark.parametrize(
    ("more", "other", "found"),
    [
        ("Depends: grep (>= 99)", "grep", "upgrade grep"),
        ("Conflicts: mksh\nDepends: xyzzy", "xyzzy", "remove mksh"),
        ("Depends: xyzzy", "xyzzy", "does not own and could not take away again: xyzzy"),
    ],
)
def test_what_would_change_more_than_is_owned_is_refused(host: Host, more: str, other: str, found: str) -> None:
    packages = CANDIDATE.format(more=more, other=other)
    host.shell(
        f"mkdir -p /run/offer && cat >/run/offer/Packages <<'END'\n{packages}END\n"
        "echo 'deb [trusted=yes] file:/run/offer ./' >/etc/apt/sources.list.d/offer.list\n"
        "apt-get update -q -o Dir::Etc::SourceList=/dev/null >/dev/null"
    )
    before = host.packages()
    try:
        result = host.lab.module(host.name, MODULE)[host.name]
    finally:
        host.shell("rm /etc/apt/sources.list.d/offer.list; apt-get update -q >/dev/null")
    assert result["failed"]
    assert result["state"] == "refused"
    assert found in result["msg"]
    assert host.packages() == before


@on_rpm
def test_unreachable_repository_is_named(host: Host) -> None:
    files = "/etc/zypp/repos.d/*.repo" if host.manager == "zypper" else "/etc/yum.repos.d/*.repo"
    host.shell(
        f"for file in {files}; do cp $file $file.kept; sed -i s,^baseurl=.*,baseurl=http://127.0.0.1:9/, $file; done; "
        "rm -rf /var/cache/dnf/* /var/cache/yum/* /var/cache/zypp/*"
    )
    try:
        result = host.lab.module(host.name, MODULE)[host.name]
    finally:
        host.shell(f"for file in {files}; do mv $file.kept $file; done")
    assert result["failed"]
    assert "repository could not be reached" in result["msg"]
    assert "127.0.0.1:9" in result["msg"]


@every_family
@pytest.mark.parametrize(
    ("prepare", "found"),
    [
        ("mkdir -m 700 $D; chown 1000 $D", "belongs to user 1000"),
        ("mkdir -m 700 $D; chmod 777 $D", "written by others"),
        ("ln -s /tmp $D", "symbolic link"),
        ("mkdir -m 700 $D; mount -t tmpfs -o size=4k,mode=700 none $D; cat /dev/zero >$D/zeros || :", "0 KiB left"),
        ("mkdir -m 700 $D; mount -t tmpfs -o ro,mode=700 none $D", "Read-only file system"),
    ],
    ids=["owner", "rights", "symlink", "full", "read-only"],
)
def test_journal_that_cannot_be_kept_or_trusted_refuses_the_change(host: Host, prepare: str, found: str) -> None:
    before = host.packages()
    host.shell("mv /var/lib/preflight.azure /run/kept-journal")
    try:
        host.shell(f"D=/var/lib/preflight.azure; {{ {prepare}; }} 2>/dev/null")
        result = host.lab.module(host.name, MODULE)[host.name]
    finally:
        host.shell("D=/var/lib/preflight.azure; umount $D 2>/dev/null; rm -rf $D; mv /run/kept-journal $D")
    assert result["failed"]
    assert found in result["msg"]
    assert host.packages() == before
