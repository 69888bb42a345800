# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix hyperv_drivers with the real dracut and the real initramfs-tools; their own programs look into the images."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Refusal, Unchanged
from contract_cases import applies_and_restores, plan_of, planned, survives_being_killed, survives_two_runs_at_once
from fix_hosts import CLONE, FAMILIES, KILL_EVERY, Host, before_every_step, clean_host
from initrd_hosts import provide
from lab_hosts import Lab

FIX = "hyperv_drivers"
MODULE = f"preflight.azure.{FIX}"
HOSTS = [*FAMILIES, (f"rhel6{CLONE}", "none")]
every_host = pytest.mark.parametrize("host", HOSTS, indirect=True, ids=[name for name, _manager in HOSTS])
on_two = pytest.mark.parametrize("host", HOSTS[:2], indirect=True, ids=["debian", "rhel9"])
on_debian = pytest.mark.parametrize("host", HOSTS[:1], indirect=True, ids=["debian"])
DRIVERS = {"hv_vmbus", "hv_storvsc", "hv_netvsc"}
RUNNING = os.uname().release


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    one = clean_host(lab, request.param)
    provide(one)
    yield one
    one.put_back()


def look(host: Host) -> str:
    """Every file that could be concerned, and nothing left over beside them."""
    return host.shell(
        "for f in /boot/.[!.]* /boot/* /etc/dracut.conf.d/* /etc/initramfs-tools/modules /var/lib/initramfs-tools/*; "
        "do "
        "[ -f $f ] || continue; stat -c '%n %a %u %g %s %y' $f; sha256sum <$f; done"
    )


def drivers(host: Host, release: str = RUNNING) -> set[str]:
    """The Hyper-V drivers in an image, as the system's own program lists them."""
    names = host.shell(
        f"if [ -e /boot/initrd.img-{release} ]; then lsinitramfs /boot/initrd.img-{release}; "
        f"else lsinitrd /boot/initramfs-{release}.img; fi 2>/dev/null | grep -o 'hv_[a-z]*[.]ko' || :"
    )
    return {name.removesuffix(".ko") for name in names.split()}


def releases(host: Host) -> list[str]:
    """The kernels that are installed: on Debian also one that is newer than the running one."""
    return host.shell("ls /lib/modules").split()


@on_two
def test_check_mode_shows_the_images_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check")  # the first login leaves traces
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff")[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned"), result
    images = [path for path in result["after"] if path.startswith("/boot/")]
    assert len(images) == len(releases(host))
    assert all(set(result["after"][path]) == DRIVERS and not result["before"][path] for path in images)
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_host
def test_contract(host: Host) -> None:
    assert not drivers(host) & DRIVERS
    plan = plan_of(host, FIX)
    applies_and_restores(host, plan, partial(planned, host, FIX), partial(look, host))


@on_two
def test_first_run_puts_them_in_and_the_requirement_holds(host: Host) -> None:
    before = look(host)
    only = {"requirements": ["linux.hyperv_drivers_in_initrd"], "settings": {"check_initrd": True}}
    assert host.lab.module(host.name, "preflight.azure.audit", arguments=only)[host.name]["findings"]
    first = host.lab.module(host.name, MODULE)[host.name]
    assert (first["changed"], first["state"]) == (True, "applied"), first
    assert all(drivers(host, release) >= DRIVERS for release in releases(host))
    assert "2020-02-02" not in host.shell("ls -l --full-time /boot/init*")
    assert host.lab.module(host.name, MODULE)[host.name]["state"] == "unchanged"
    assert host.lab.module(host.name, "preflight.azure.audit", arguments=only)[host.name]["findings"] == []
    assert host.lab.module(host.name, "preflight.azure.restore")[host.name]["changed"]
    assert look(host) == before


@on_debian
def test_two_runs_at_once(host: Host) -> None:
    survives_two_runs_at_once(host, plan_of(host, FIX), partial(look, host))


@on_two
def test_killed_before_any_step_nothing_is_lost(host: Host) -> None:
    functions = ("make_image", "put_image", "bring_images_back", "replace_file", "hyperv_drivers")
    # dracut takes long; initramfs-tools takes the same way.
    every = KILL_EVERY * (2 if host.manager == "apt" else 6)
    survives_being_killed(
        host,
        plan_of(host, FIX),
        partial(look, host),
        first_step=5,
        every=every,
        functions=functions,
        replan=partial(planned, host, FIX),
    )


@on_two
@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("exit 3", "code 3"),
        ("cp /boot/init*$release* $new", "expected the drivers"),
        ("echo nonsense >$new", "no program init"),
        (":", "could not make an image"),
    ],
    ids=["fails", "without them", "nonsense", "nothing"],
)
def test_a_bad_image_is_not_used_and_all_is_put_back(host: Host, program: str, found: str) -> None:
    before = look(host)
    plan = plan_of(host, FIX)

    def edit(script: str) -> str:
        for words in ('transaction dracut -f "$new" "$release"', 'transaction mkinitramfs -o "$new" "$release"'):
            script = script.replace(words, f"export new release; transaction sh -c '{program}'")
        return script

    failed = host.apply("bad", plan=plan, edit=edit)
    assert failed.state == "failed", failed
    assert found in failed.reason
    assert look(host) == before


@on_debian
def test_an_image_that_lacks_modules_of_the_old_one_is_not_used(host: Host) -> None:
    host.shell(f"cp -p /boot/initrd.img-{RUNNING} /run/kept-image; echo crc32_generic >>/etc/initramfs-tools/modules")
    host.shell(f"mkinitramfs -o /boot/initrd.img-{RUNNING} {RUNNING} 2>&1; sed -i '$d' /etc/initramfs-tools/modules")
    try:
        failed = host.apply("lacks", plan=plan_of(host, FIX))
    finally:
        host.put_back()
        host.shell(f"cp -p /run/kept-image /boot/initrd.img-{RUNNING}")
    assert failed.state == "failed"
    assert "crc32_generic" in failed.reason


@on_debian
def test_old_memory_of_initramfs_tools_stays_right(host: Host) -> None:
    memory = f"/var/lib/initramfs-tools/{RUNNING}"
    host.shell(f"mkdir -p /var/lib/initramfs-tools; sha1sum /boot/initrd.img-{RUNNING} >{memory}")
    try:
        before = look(host)
        assert host.apply("memory", plan=plan_of(host, FIX)).state == "applied"
        host.shell(f"sha1sum -c {memory}")
        host.put_back()
        assert look(host) == before
    finally:
        host.shell(f"rm -f {memory}")


@on_debian
def test_too_little_space_is_refused(host: Host) -> None:
    kept = "ls /var/lib/preflight.azure/journal 2>/dev/null | grep old || :"
    before, kept_before = look(host), host.shell(kept)
    plan = plan_of(host, FIX)
    refused = host.apply("space", plan=plan, edit=lambda script: script.replace("+ 10240))", "+ 99999999999))"))
    assert refused.state == "refused"
    assert "are needed in the file system of /boot" in refused.reason
    assert look(host) == before
    assert host.shell(kept) == kept_before


@on_debian
def test_missing_modules_are_refused_with_their_package(host: Host) -> None:
    modules = f"/lib/modules/{RUNNING}/modules.dep"
    host.shell(f"mv {modules} /run/dep; grep -v hv_storvsc /run/dep >{modules}")
    try:
        refusal = planned(host, FIX)
    finally:
        host.shell(f"mv /run/dep {modules}")
    assert isinstance(refusal, Refusal)
    assert f"install linux-image-{RUNNING}" in refusal.reason


@on_debian
def test_an_image_that_was_made_anew_since_is_not_undone(host: Host) -> None:
    assert host.apply("anew", plan=plan_of(host, FIX)).state == "applied"
    image = f"/boot/initrd.img-{RUNNING}"
    host.shell(f"cp -p {image} /run/made; echo more >>{image}")
    (refused,) = host.restore()
    assert refused.state == "refused"
    assert "was changed since" in refused.reason
    assert drivers(host, "99.1-newer") >= DRIVERS
    (forced,) = host.restore(force=True)
    assert forced.state == "restored"
    assert not drivers(host) & DRIVERS


@on_debian
def test_killed_connection_does_not_stop_the_builder(host: Host) -> None:
    before = look(host)
    at_work = 'case $1 in close_transaction:*) [ ! -s "$record.process" ] || kill -9 $step_pid ;; esac'
    kill = before_every_step("apply_change", at_work)
    host.apply("cut", plan=plan_of(host, FIX), edit=kill, shell=("bash",))
    assert not isinstance(planned(host, FIX), Unchanged)
    host.put_back()
    assert look(host) == before
