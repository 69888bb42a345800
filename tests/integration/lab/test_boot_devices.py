# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix boot_devices on real hosts, with boot loader configurations as their families write them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Refusal, Unchanged
from boot_samples import DATA, FILES, FSTAB, HASH, ROOT, SWAP
from contract_cases import (
    applies_and_restores,
    files,
    plan_of,
    planned,
    survives_being_killed,
    survives_two_runs_at_once,
)
from fix_hosts import CLONE, FAMILIES, KILL_EVERY, Host, clean_host
from initrd_hosts import copy_tree, packages
from lab_hosts import LAB, Lab

FIX = "boot_devices"
MODULE = f"preflight.azure.{FIX}"
HOSTS = [*FAMILIES, (f"rhel6{CLONE}", "none")]
every_host = pytest.mark.parametrize("host", HOSTS, indirect=True, ids=[name for name, _manager in HOSTS])
on_debian = pytest.mark.parametrize("host", FAMILIES[:1], indirect=True, ids=["debian"])
LINKS = {
    f"by-uuid/{ROOT}": "sda2",
    f"by-uuid/{SWAP}": "sda3",
    f"by-uuid/{DATA}": "sdb1",
    "by-id/ata-VMware_01-part3": "sda3",
}


def paths_of(host: Host) -> list[str]:
    return list(FILES[host.name.removesuffix(CLONE)])


def put(host: Host, path: str, text: str) -> None:
    line = f"mkdir -p '{path.rpartition('/')[0]}' && cat >'{path}' && touch -d '2020-02-02 02:02:02' '{path}'"
    words = [str(LAB), "exec", host.name, "sh", "-c", line]
    subprocess.run(words, input=text.encode(), capture_output=True, check=True)


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    one = clean_host(lab, request.param)
    one.shell("cp -p /etc/fstab /run/fstab.kept")
    links = "; ".join(f"ln -sf ../../{device} /dev/disk/{name}" for name, device in LINKS.items())
    one.shell(f"mkdir -p /dev/disk/by-uuid /dev/disk/by-id; {links}")
    for path, text in FILES[one.name.removesuffix(CLONE)].items():
        put(one, path, text)
    if one.name.startswith("rhel6"):
        one.shell("ln -sf ./grub.conf /boot/grub/menu.lst; chmod 600 /boot/grub/grub.conf")
    yield one
    one.put_back()
    one.shell(
        "cat /run/fstab.kept >/etc/fstab; rm -rf /dev/disk /boot/grub /boot/grub2 /boot/loader /boot/efi "
        "/etc/default/grub /etc/kernel/cmdline"
    )


@every_host
def test_check_mode_shows_the_words_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check")  # the first login leaves traces
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff")[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned"), result
    assert set(result["before"]) == set(paths_of(host)) - {
        "/boot/efi/EFI/redhat/grub.cfg",
        "/boot/loader/entries/abc-0-rescue.conf",
    }
    assert result["after"]["/etc/fstab"] == [f"UUID={ROOT}", f"UUID={SWAP}", f"UUID={DATA}"]
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_host
def test_first_run_changes_the_words_alone_and_restore_brings_every_byte_back(host: Host) -> None:
    paths = paths_of(host)
    before = {path: host.shell(f"cat {path}") for path in paths}
    look = partial(files, host, *paths)
    first = host.lab.module(host.name, MODULE)[host.name]
    assert first["state"] == "applied", first
    assert "until the machine is started again" in first["reason"]
    for secret in (HASH, "$1$abc", "secret"):
        assert secret not in str(first)
    for path in paths:
        if path != "/etc/fstab":
            assert host.shell(f"cat {path}").rstrip("#") == by_uuid(before[path]).rstrip("#"), path
    assert host.shell("stat -c %s /boot/grub2/grubenv 2>/dev/null || echo none").strip() in ("1024", "none")
    assert host.shell("cat /etc/fstab").splitlines() == [
        FSTAB.splitlines()[0],
        f"UUID={ROOT} /               ext4    errors=remount-ro 0 1",
        f"UUID={SWAP} none swap sw 0 0",
        "UUID=99 /boot ext4 defaults 0 2",
        f"\tUUID={DATA}\t/data vfat defaults,password=secret\t0 0",
        *FSTAB.splitlines()[5:],
    ]
    assert host.lab.module(host.name, MODULE)[host.name]["state"] == "unchanged"
    assert host.lab.module(host.name, "preflight.azure.restore")[host.name]["changed"]
    assert {path: host.shell(f"cat {path}") for path in paths} == before
    assert "2020-02-02 02:02:02" in look()


def by_uuid(text: str) -> str:
    """The same change by plain means."""
    lines = []
    for line in text.split("\n"):
        if not line.startswith("# "):
            line = line.replace("root=/dev/sda2", f"root=UUID={ROOT}").replace("/dev/sda3", f"UUID={SWAP}")
            line = line.replace("/dev/disk/by-id/ata-VMware_01-part3", f"UUID={SWAP}")
            line = line.replace("GRUB_DISABLE_LINUX_UUID=true", "GRUB_DISABLE_LINUX_UUID=false")
        lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize("host", [HOSTS[0], HOSTS[1]], indirect=True, ids=["debian", "rhel9"])
def test_the_requirements_hold_afterwards(host: Host) -> None:
    only = {"requirements": ["linux.boot_device_names", "linux.fstab_device_names"]}
    findings = host.lab.module(host.name, "preflight.azure.audit", arguments=only)[host.name]["findings"]
    assert [finding["id"] for finding in findings] == only["requirements"], findings
    assert host.apply("audit", plan=plan_of(host, FIX)).state == "applied"
    # Findings that pass are not in a task's result.
    assert host.lab.module(host.name, "preflight.azure.audit", arguments=only)[host.name]["findings"] == []


@every_host
def test_contract(host: Host) -> None:
    plan, look = plan_of(host, FIX), partial(files, host, *paths_of(host))
    applies_and_restores(host, plan, partial(planned, host, FIX), look)
    survives_two_runs_at_once(host, plan, look)


@every_host
def test_killed_before_any_step_nothing_is_lost(host: Host) -> None:
    index = [name for name, _manager in HOSTS].index(host.name)
    plan, look = plan_of(host, FIX), partial(files, host, *paths_of(host))
    replan = partial(planned, host, FIX)
    survives_being_killed(host, plan, look, first_step=index * 7, every=3 * KILL_EVERY, replan=replan)


@on_debian
@pytest.mark.parametrize("shell", [("bash", "--posix"), ("dash",), ("mksh",), ("busybox", "sh")], ids=" ".join)
def test_every_shell_of_the_host_does_the_same(host: Host, shell: tuple[str, ...]) -> None:
    if not host.lab.inside(host.name, "sh", "-c", f"command -v {shell[0]}", check=False):
        pytest.skip(f"{host.name} has no {shell[0]}")
    look = partial(files, host, *paths_of(host))
    before, plan = look(), plan_of(host, FIX)
    assert host.apply("shell", shell=shell, plan=plan).state == "applied"
    assert isinstance(planned(host, FIX), Unchanged)
    assert [each.state for each in host.restore(shell=shell)] == ["restored"]
    assert look() == before


@on_debian
@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (f"rm /dev/disk/by-uuid/{ROOT}", "has no link to /dev/sda2"),
        (f"ln -sf ../../sda2 /dev/disk/by-uuid/{ROOT[::-1]}", "has 2 links"),
        ("sed -i 's/root=.dev.sda2/root=801/' /boot/grub/grub.cfg", "by its number"),
        ("sed -i /initrd16/d /boot/grub/grub.cfg", "without an initial RAM disk"),
        ("echo GRUB_DISABLE_UUID=true >>/etc/default/grub", "remove it"),
        ("ln /boot/grub/grub.cfg /boot/grub/same.cfg", "hard links"),
        ("chattr +i /boot/grub/grub.cfg", "immutable"),
    ],
    ids=["no UUID", "two UUIDs", "number", "no initrd", "UUIDs forbidden", "hard link", "immutable"],
)
def test_what_cannot_be_done_safely_is_refused(host: Host, spoil: str, found: str) -> None:
    host.lab.inside(host.name, "sh", "-c", spoil, check=False)
    if "chattr" in spoil and "i" not in host.lab.inside(
        host.name, "sh", "-c", "lsattr -d /boot/grub/grub.cfg | cut -d' ' -f1", check=False
    ):
        pytest.skip("the file system of the lab has no attributes")
    before = files(host, *paths_of(host))
    try:
        result = host.lab.module(host.name, MODULE)[host.name]
    finally:
        host.lab.inside(host.name, "sh", "-c", "chattr -i /boot/grub/grub.cfg; rm -f /boot/grub/same.cfg", check=False)
    assert result["failed"], result
    assert result["state"] == "refused"
    assert found in result["msg"]
    assert files(host, *paths_of(host)).replace(" ", "") == before.replace(" ", "")


@on_debian
def test_grubs_own_checker_has_the_last_word(host: Host) -> None:
    copy_tree(packages("grub-common", "libdevmapper1.02.1", "libfreetype6", "libfuse2"), host)
    plan, look = plan_of(host, FIX), partial(files, host, *paths_of(host))
    before = look()
    host.shell("ldconfig; grub-script-check /boot/grub/grub.cfg")
    broken = 'END { print "menuentry {{{ ("; if (!bad && ended)'
    refused = host.apply("checked", plan=plan, edit=lambda script: script.replace("END { if (!bad && ended)", broken))
    assert (refused.state, "GRUB would not understand" in refused.reason) == ("refused", True), refused
    assert look() == before
    assert host.apply("checked", plan=plan).state == "applied"
    host.shell("grub-script-check /boot/grub/grub.cfg")


@on_debian
def test_a_line_without_uuid_is_left_and_told(host: Host) -> None:
    host.shell(f"rm /dev/disk/by-uuid/{DATA}")
    plan = plan_of(host, FIX)
    assert isinstance(plan.after, dict)
    assert "has no link to /dev/sdb1" in str(plan.after["left as they are"])
    assert host.apply("left", plan=plan).state == "applied"
    assert "\n\t/dev/sdb1\t/data" in host.shell("cat /etc/fstab")
    assert isinstance(planned(host, FIX), Refusal)


@on_debian
def test_a_menu_that_was_written_anew_is_not_undone(host: Host) -> None:
    assert host.apply("anew", plan=plan_of(host, FIX)).state == "applied"
    host.shell("echo '# new kernel' >>/boot/grub/grub.cfg")
    refused = host.lab.module(host.name, "preflight.azure.restore")[host.name]
    assert refused["failed"]
    assert "was changed since" in str(refused)
    assert ROOT in host.shell("cat /etc/fstab")
    host.shell("sed -i '$d' /boot/grub/grub.cfg")


@on_debian
def test_a_file_system_that_becomes_full_puts_everything_back(host: Host) -> None:
    plan = plan_of(host, FIX)
    look = partial(files, host, *paths_of(host))
    before = look()
    broken = host.apply(
        "broken",
        plan=plan,
        edit=lambda script: script.replace(
            "\nreplace_file() {\n",
            '\nreplace_file() {\n[ "$1" != /etc/fstab ] || { file_error="no space left"; return 1; }\n',
            1,
        ),
    )
    assert (broken.state, "no space left" in broken.reason) == ("failed", True), broken
    assert look() == before
