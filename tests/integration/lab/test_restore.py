# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Restore on real hosts: what is undone, what is refused, and what a kill leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fix_hosts import KILL_EVERY, Host, before_every_step, clean_host, every_family, on_debian
from lab_hosts import Lab

MODULE = "preflight.azure.restore"
JOURNAL = "/var/lib/preflight.azure/journal"


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    """A host on which lsof was installed by the fix."""
    one = clean_host(lab, request.param)
    assert one.apply("to-restore").state == "applied"
    yield one
    one.put_back()


@every_family
def test_check_mode_lists_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check")
    # The lab's overlay file system itself stamps a changed directory when it is first listed.
    host.lab.snapshot(host.name, tmp_path / "first")
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff")[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert result["changed"]
    assert [(each["fix"], each["state"]) for each in result["restored"]] == [("lsof", "planned")]
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_family
def test_other_fix_or_run_is_left_alone(host: Host) -> None:
    result = host.lab.module(host.name, MODULE, arguments={"run": "another"})[host.name]
    assert (result["changed"], result["restored"]) == (False, [])
    result = host.lab.module(host.name, MODULE, arguments={"fix": "lsof", "run": "to-restore"})[host.name]
    assert [each["state"] for each in result["restored"]] == ["restored"]


@every_family
def test_what_was_removed_by_hand_is_nothing_to_undo(host: Host) -> None:
    if host.manager == "apt":
        host.shell("dpkg --purge lsof")
    else:
        host.shell("rpm -e lsof $(rpm -qa 'libtirpc*')")
    result = host.lab.module(host.name, MODULE)[host.name]
    assert (result["changed"], result["restored"][0]["state"]) == (False, "unchanged")
    assert "was removed since" in result["restored"][0]["reason"]
    assert not host.lab.module(host.name, MODULE)[host.name]["restored"]


@every_family
def test_killed_before_any_step_the_next_restore_finishes(host: Host) -> None:
    host.shell("rm -f /run/steps")
    installed = host.packages()
    host.restore(edit=before_every_step("undo_change", 'echo "$1" >>/run/steps'), shell=("bash",))
    before = host.packages()
    assert before < installed
    steps = list(dict.fromkeys(host.shell("cat /run/steps").split()))
    assert len(steps) > 80
    for step in steps[::KILL_EVERY]:
        assert host.apply("again").state == "applied", step
        kill = before_every_step("undo_change", f'[ "$1" != {step} ] || kill -9 $step_pid')
        host.restore(edit=kill, shell=("bash",))
        host.put_back()
        assert host.packages() == before, step
        assert all(record.state == "restored" for record in host.records()), step


@every_family
def test_package_that_the_fix_does_not_own_is_never_removed(host: Host) -> None:
    """A record that somebody forged may name what it likes."""
    victim = "grep:amd64 1" if host.manager == "apt" else "bash 1"
    host.shell(f"for file in {JOURNAL}/*.to-restore.record; do echo 'added: {victim}' >>$file; done")
    before = host.packages()
    result = host.lab.module(host.name, MODULE, arguments={"force": True})[host.name]
    assert result["restored"][0]["state"] == "restored"
    assert "does not own" in result["restored"][0]["reason"]
    gone = before - host.packages()
    assert gone
    assert all("lsof" in package or "libtirpc" in package for package in gone)


@every_family
def test_other_version_than_recorded_is_removed_only_with_force(host: Host) -> None:
    host.shell(f"sed -i '/^added: lsof/s/ [^ ]*$/ 0.0-0.x86_64/' {JOURNAL}/*.to-restore.record")
    refused = host.lab.module(host.name, MODULE)[host.name]
    assert refused["failed"]
    assert "changed since" in refused["msg"]
    assert host.shell("command -v lsof")
    forced = host.lab.module(host.name, MODULE, arguments={"force": True})[host.name]
    assert forced["restored"][0]["state"] == "restored"
    assert host.lab.inside(host.name, "sh", "-c", "command -v lsof", check=False) == ""


@on_debian
def test_package_that_something_else_needs_stays(host: Host) -> None:
    host.shell(
        "mkdir -p /run/needs/DEBIAN && printf '%s\\n' 'Package: needs-lsof' 'Version: 1' 'Architecture: all' "
        "'Depends: lsof' 'Maintainer: lab <lab@example.com>' 'Description: needs lsof' >/run/needs/DEBIAN/control && "
        "dpkg-deb --build /run/needs /run/needs.deb >/dev/null && dpkg -i /run/needs.deb >/dev/null"
    )
    try:
        result = host.lab.module(host.name, MODULE)[host.name]
    finally:
        host.shell("dpkg --purge needs-lsof >/dev/null")
    assert result["failed"]
    assert "something else needs lsof" in result["msg"]
    assert "needs-lsof" in result["msg"]


@every_family
def test_journal_of_somebody_else_is_not_believed(host: Host) -> None:
    host.shell(f"chown 1000 {JOURNAL}/*.to-restore.record")
    listed = host.lab.module(host.name, MODULE)[host.name]
    assert (listed["changed"], listed["restored"]) == (False, [])
    host.shell(f"chown 0 {JOURNAL}/*.to-restore.record; chmod 757 {JOURNAL}")
    result = host.lab.module(host.name, MODULE)[host.name]
    host.shell(f"chmod 700 {JOURNAL}")
    assert "not trusted" in result["msg"]
    assert host.shell("command -v lsof")


@pytest.mark.lab_hosts("debian")
def test_no_root_rights_are_told(lab: Lab) -> None:
    for module in (MODULE, "preflight.azure.lsof"):
        result = lab.module("debian", module, "-b", "--become-user", "nobody")["debian"]
        assert result["failed"]
        assert "become: true" in result["msg"]
