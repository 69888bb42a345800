# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix hosts_entry on real hosts: their own resolver says what it finds, sha256sum and stat what comes back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contract_cases import (
    applies_and_restores,
    files,
    plan_of,
    planned,
    survives_being_killed,
    survives_two_runs_at_once,
)
from fix_hosts import FAMILIES, KILL_EVERY, Host, clean_host, every_family, on_debian
from lab_hosts import Lab

MODULE = "preflight.azure.hosts_entry"
FIX = "hosts_entry"
JOURNAL = "/var/lib/preflight.azure/journal"
SECOND = "192.0.2.9"
#: What each family's hosts file is like before; {name} is the host's, {address} its own.
TEXTS = (
    b"127.0.0.1\tlocalhost\n127.0.1.1\t{name}.example.com\t{name}\n\n# caf\xe9\n::1     ip6-localhost ip6-loopback",
    b"127.0.0.1   localhost localhost.localdomain localhost4\n::1         localhost localhost6\n",
    b"# old\r\n127.0.0.1   localhost\r\n{address}  {name}.example.com   # this host\r\n",
    b"#\n# hosts\n127.0.0.1\tlocalhost\n{address}\tdb.example.com db\n\n",
)


def own_address(host: Host) -> str:
    return host.shell("ip -o -4 addr show dev eth0 | sed 's/.*inet //; s,/.*,,' | head -n 1").strip()


def write_hosts(host: Host, text: bytes) -> None:
    words = {b"{name}": host.name.encode(), b"{address}": own_address(host).encode()}
    for word, value in words.items():
        text = text.replace(word, value)
    host.shell(f"echo {base64.b64encode(text).decode()} | base64 -d >/etc/hosts")


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    """A host with a second address, neither of them in its hosts file."""
    one = clean_host(lab, request.param)
    one.shell(f"cp -a /etc/hosts /run/hosts.kept; ip addr add {SECOND}/24 dev eth0 2>/dev/null || :")
    write_hosts(one, TEXTS[[name for name, _manager in FAMILIES].index(one.name)])
    yield one
    one.put_back()
    one.shell(f"cp -a /run/hosts.kept /etc/hosts; ip addr del {SECOND}/24 dev eth0")


def look(host: Host) -> str:
    return files(host, "/etc/hosts") + host.shell("ls -A /etc | grep preflight || :")


def full(host: Host) -> dict[str, str]:
    return {"full_name": f"{host.name}.example.com"}


def refusal(host: Host, **options: Any) -> str:
    result = host.lab.module(host.name, MODULE, arguments={**full(host), **options})[host.name]
    assert (result["failed"], result["changed"]) == (True, False), result
    assert result["state"] == "refused", result
    return str(result["msg"])


@every_family
def test_check_mode_shows_the_lines_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check", arguments=full(host))
    host.lab.snapshot(host.name, tmp_path / "first")  # the first listing of a changed directory stamps it
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff", arguments=full(host))[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned"), result
    assert result["before"]["without_entry"] == [own_address(host), SECOND]
    assert any(SECOND in line and host.name in line for line in result["after"]["lines"])
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_family
def test_name_resolves_to_every_address_and_restore_brings_back_every_byte(host: Host) -> None:
    before = look(host)
    first = host.lab.module(host.name, MODULE, arguments=full(host))[host.name]
    assert (first["changed"], first["state"]) == (True, "applied"), first
    found = {line.split()[0] for line in host.shell(f"getent ahostsv4 {host.name}").splitlines()}
    assert {own_address(host), SECOND} <= found
    assert f"{host.name}.example.com" in host.shell(f"getent hosts {SECOND}")
    host.shell("iconv -f latin1 -t utf-8 /etc/hosts >/dev/null")
    second = host.lab.module(host.name, MODULE, arguments=full(host))[host.name]
    assert (second["changed"], second["state"]) == (False, "unchanged")
    undone = host.lab.module(host.name, "preflight.azure.restore", arguments={"run": first["journal"]["run"]})
    assert undone[host.name]["changed"]
    assert look(host) == before
    assert not host.lab.module(host.name, "preflight.azure.restore")[host.name]["changed"]


@every_family
def test_contract_of_a_fix_holds(host: Host) -> None:
    plan = plan_of(host, FIX, full(host))
    applies_and_restores(host, plan, lambda: planned(host, FIX, full(host)), lambda: look(host))
    survives_two_runs_at_once(host, plan, lambda: look(host))


@every_family
def test_killed_before_a_step_nothing_is_lost(host: Host) -> None:
    index = [name for name, _manager in FAMILIES].index(host.name)
    plan = plan_of(host, FIX, full(host))
    # The other steps are those of every fix; the unit tests of files.sh try all of these, too.
    ours = ("replace_file", "write_temporary", "bring_back", "file_settle", "file_sweep")
    every = max(1, KILL_EVERY // 3)
    survives_being_killed(host, plan, lambda: look(host), first_step=index, every=every, functions=ours)


@every_family
@pytest.mark.parametrize(
    ("spoil", "mend", "found"),
    [
        (
            "mv /etc/hosts /etc/hosts.real; ln -s hosts.real /etc/hosts",
            "mv /etc/hosts.real /etc/hosts",
            "symbolic link",
        ),
        ("ln /etc/hosts /etc/hosts.twin", "rm /etc/hosts.twin", "2 hard links"),
        ("cp /etc/hosts /run/other; mount --bind /run/other /etc/hosts", "umount /etc/hosts", "mount point"),
        ("mount --bind /etc /etc; mount -o remount,ro,bind /etc", "umount /etc", "read-only"),
        ("chattr +i /etc/hosts", "chattr -i /etc/hosts", "immutable"),
        ("chattr +a /etc/hosts", "chattr -a /etc/hosts", "append-only"),
    ],
    ids=["symlink", "hard-link", "bind-mount", "read-only", "immutable", "append-only"],
)
def test_file_that_must_not_be_replaced_is_refused(host: Host, spoil: str, mend: str, found: str) -> None:
    content = host.shell("sha256sum </etc/hosts")
    if "chattr" in spoil and "no" in host.shell(f"{{ {spoil}; }} 2>/dev/null || echo no"):
        pytest.skip(f"{host.name}: this file system knows no such flags")
    try:
        if "chattr" not in spoil:
            host.shell(spoil)
        assert found in refusal(host)
        assert host.shell("sha256sum </etc/hosts") == content
    finally:
        host.shell(mend)


@on_debian
def test_full_disk_leaves_the_old_file(host: Host) -> None:
    host.shell("echo '# long' >>/etc/hosts; for i in 1 2 3 4 5 6 7 8 9; do cat /etc/hosts; done >/run/long; "
               "for i in 1 2 3 4 5 6 7 8 9; do sed 's/^/#/' /run/long; done >>/etc/hosts; "
               "mkdir -p /run/etc; cp -a /etc/. /run/etc; "
               "mount -t tmpfs -o mode=755,size=$(($(du -sk /etc | cut -f 1) * 2 + 512))k none /etc; "
               "cp -a /run/etc/. /etc; cat /dev/zero >/etc/filler 2>/dev/null || :; rm -rf /run/etc")  # fmt: skip
    try:
        before = look(host)
        result = host.lab.module(host.name, MODULE, arguments=full(host))[host.name]
        assert (result["failed"], result["state"]) == (True, "failed"), result
        assert "No space left on device" in result["msg"]
        assert look(host) == before
    finally:
        host.put_back()
        host.shell("umount /etc")


@on_debian
def test_file_edited_between_look_and_change_is_refused(host: Host) -> None:
    plan = plan_of(host, FIX, full(host))
    host.shell("echo '10.9.9.9 mine' >>/etc/hosts")
    before = look(host)
    refused = host.apply("late", plan=plan)
    assert refused.state == "refused"
    assert "audit it again" in refused.reason
    assert look(host) == before


@on_debian
def test_file_edited_since_is_restored_only_with_force(host: Host) -> None:
    before = look(host)
    host.lab.module(host.name, MODULE, arguments=full(host))
    host.shell("echo '10.9.9.9 mine' >>/etc/hosts")
    edited = look(host)
    refused = host.lab.module(host.name, "preflight.azure.restore")[host.name]
    assert refused["failed"]
    assert "changed since" in refused["msg"]
    assert look(host) == edited
    assert host.lab.module(host.name, "preflight.azure.restore", arguments={"force": True})[host.name]["changed"]
    assert look(host) == before


@on_debian
def test_kept_copy_that_was_tampered_with_is_refused(host: Host) -> None:
    run = host.lab.module(host.name, MODULE, arguments=full(host))[host.name]["journal"]["run"]
    kept = host.shell(f"echo {JOURNAL}/*.{run}.old1").strip()
    host.shell(f"cp -a {kept} /run/kept-copy; echo '10.6.6.6 bank' >>{kept}")
    try:
        refused = host.lab.module(host.name, "preflight.azure.restore", arguments={"force": True})[host.name]
        assert refused["failed"]
        assert "is not what was kept" in refused["msg"]
        assert host.shell("grep -c bank /etc/hosts || :") == "0\n"
    finally:
        host.shell(f"cp -a /run/kept-copy {kept}")


@on_debian
def test_record_that_names_another_file_is_not_believed(host: Host) -> None:
    before = look(host)
    shadow = files(host, "/etc/shadow")
    run = host.lab.module(host.name, MODULE, arguments=full(host))[host.name]["journal"]["run"]
    host.shell(f"echo 'file: 1 none 1-1 /etc/shadow' >>$(ls {JOURNAL}/*.{run}.record)")
    result = host.lab.module(host.name, "preflight.azure.restore", arguments={"force": True})[host.name]
    assert result["restored"][0]["state"] == "restored", result
    assert "left /etc/shadow alone" in result["restored"][0]["reason"]
    assert files(host, "/etc/shadow") == shadow
    assert look(host) == before


@on_debian
def test_file_that_cloud_init_writes_is_left_alone(host: Host) -> None:
    host.shell("mkdir /etc/cloud; echo 'manage_etc_hosts: true' >/etc/cloud/cloud.cfg")
    try:
        said = refusal(host)
        assert "cloud-init writes /etc/hosts anew" in said
        assert host.lab.module(host.name, MODULE, arguments={**full(host), "despite_cloud_init": True})[host.name][
            "changed"
        ]
        host.put_back()
        host.shell("echo 'manage_etc_hosts: localhost' >/etc/cloud/cloud.cfg")
        assert host.lab.module(host.name, MODULE, "--check", arguments=full(host))[host.name]["state"] == "planned"
    finally:
        host.shell("rm -r /etc/cloud")


@on_debian
def test_host_that_calls_itself_localhost_is_refused(host: Host) -> None:
    host.shell("hostname localhost")
    try:
        assert "belongs to the loopback address" in refusal(host)
    finally:
        host.shell(f"hostname {host.name}")
