# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix ca_certificates on real hosts, with the real tools of the families (p11-kit, update-ca-certificates)."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Planned, Unchanged
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.sample_certificates import (
    certificate,
    private_key,
)
from contract_cases import applies_and_restores, plan_of, planned, survives_being_killed, survives_two_runs_at_once
from fix_hosts import CLONE, FAMILIES, KILL_EVERY, Host, clean_host, every_family, on_debian
from lab_hosts import Lab

FIX = "ca_certificates"
MODULE = f"preflight.azure.{FIX}"


@dataclass(frozen=True)
class Store:
    """Where a family keeps its roots."""

    anchors: str
    bundle: str
    tool: str


STORES = {
    "apt": Store(
        "/usr/local/share/ca-certificates", "/etc/ssl/certs/ca-certificates.crt", "/usr/sbin/update-ca-certificates"
    ),
    "dnf": Store(
        "/etc/pki/ca-trust/source/anchors",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/usr/bin/update-ca-trust",
    ),
    "zypper": Store(
        "/etc/pki/trust/anchors", "/var/lib/ca-certificates/ca-bundle.pem", "/usr/sbin/update-ca-certificates"
    ),
}
STORES["yum"] = STORES["dnf"]


@functools.cache
def root(name: str = "Preflight Lab Root") -> str:
    return certificate(name)


def options(*texts: str) -> dict[str, Any]:
    return {"certificates": list(texts or (root(),))}


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    one = clean_host(lab, request.param)
    yield one
    one.put_back()


def look(one: Host) -> str:
    """The bundle, its links, the anchors and the packages, by the host's own programs."""
    store = STORES[one.manager]
    return one.shell(
        f"sha256sum {store.bundle} /etc/ca-certificates.conf; stat -c '%a %u %g' {store.bundle}; "
        f"ls -l {store.anchors} /usr/share/ca-certificates /etc/pki/ca-trust/extracted/*/ "
        "| sed 's/ [A-Z][a-z][a-z] .*:.. / /'; "
        "find /etc/ssl/certs/ /var/lib/ca-certificates/ -type l -printf '%p %l\n' | sort; true"
    ) + "\n".join(sorted(one.packages()))


def trusts(one: Host, text: str) -> bool:
    """Whether OpenSSL on the host finds the root by the bundle."""
    one.shell(f"cat >/run/root.pem <<'END'\n{text}END\n")
    bundle = STORES[one.manager].bundle
    return one.lab.inside(one.name, "openssl", "verify", "-CAfile", bundle, "/run/root.pem", check=False).endswith(
        "OK\n"
    )


@every_family
def test_check_mode_shows_the_roots_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check", arguments=options())
    host.lab.snapshot(host.name, tmp_path / "first")
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff", arguments=options())[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned")
    assert list(result["before"]["roots"].values()) == ["not trusted"]
    assert list(result["after"]["roots"].values()) == ["trusted"]
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_family
def test_given_roots_are_trusted_and_taken_away_again(host: Host) -> None:
    other = certificate("Preflight Lab Root", kind="rsa2048")  # the same name, hence the same hash link
    plan = plan_of(host, FIX, options(root() + other))

    def again() -> Planned:
        assert trusts(host, root())
        assert trusts(host, other)
        return planned(host, FIX, options(root(), other))

    assert not trusts(host, root())
    applies_and_restores(host, plan, again, lambda: look(host))
    assert not trusts(host, root())


@every_family
def test_missing_package_and_given_root_come_and_go_together(host: Host) -> None:
    store = STORES[host.manager]
    whole = look(host)
    remove, install = {
        "apt": ("dpkg --purge ca-certificates", "apt-get -y -q --no-install-recommends install ca-certificates"),
        "zypper": (
            "rpm -e ca-certificates ca-certificates-mozilla p11-kit-tools",
            "zypper --non-interactive install ca-certificates-mozilla",
        ),
    }.get(host.manager, ("rpm -e ca-certificates p11-kit-trust", f"{host.manager} -y install ca-certificates"))
    host.shell(remove)
    try:
        without = host.packages()
        result = host.lab.module(host.name, MODULE, arguments=options())[host.name]
        assert (result["state"], result["changed"]) == ("applied", True), result
        assert trusts(host, root())
        assert without < host.packages()
        again = host.lab.module(host.name, MODULE, arguments=options())[host.name]
        assert (again["state"], again["changed"]) == ("unchanged", False)
        restored = host.restore()
        assert [each.state for each in restored] == ["restored"], restored
        assert host.packages() == without
        assert host.shell(f"ls {store.anchors}/preflight* 2>/dev/null || true") == ""
        alone = plan_of(host, FIX)
        assert host.apply("alone", plan=alone).state == "applied"
        assert isinstance(planned(host, FIX), Unchanged)
        assert [each.state for each in host.restore()] == ["restored"]
        assert host.packages() == without
    finally:
        host.shell(f"{install} >/dev/null 2>&1")
    assert look(host) == whole


@every_family
def test_two_runs_at_once_add_it_once(host: Host) -> None:
    survives_two_runs_at_once(host, plan_of(host, FIX, options()), lambda: look(host))


@every_family
def test_killed_before_any_step_it_can_be_restored(host: Host) -> None:
    first = [name for name, _manager in FAMILIES].index(host.name)
    beginnings = (
        "ca_certificates",
        "store",
        "anchors",
        "link",
        "rebuild",
        "remove",
        "file_",
        "keep",
        "tell",
        "compare",
    )
    survives_being_killed(
        host,
        plan_of(host, FIX, options()),
        lambda: look(host),
        first_step=first * 7,
        every=KILL_EVERY * 3,
        functions=beginnings,
        replan=lambda: planned(host, FIX, options()),
    )


@pytest.mark.parametrize("host", FAMILIES[::3], indirect=True, ids=[name for name, _manager in FAMILIES[::3]])
@pytest.mark.parametrize(
    "shell", [("bash",), ("bash", "--posix"), ("dash",), ("mksh",), ("busybox", "sh")], ids=" ".join
)
def test_every_shell_of_the_host_does_the_same(host: Host, shell: tuple[str, ...]) -> None:
    if not host.lab.inside(host.name, "sh", "-c", f"command -v {shell[0]}", check=False):
        pytest.skip(f"{host.name} has no {shell[0]}")
    before = look(host)
    plan = plan_of(host, FIX, options())
    assert host.apply("shell", shell=shell, plan=plan).state == "applied"
    assert trusts(host, root())
    assert [each.state for each in host.restore(shell=shell)] == ["restored"]
    assert look(host) == before


@every_family
def test_bundle_that_somebody_edited_is_not_made_anew(host: Host) -> None:
    store, plan = STORES[host.manager], plan_of(host, FIX, options())
    before = look(host)
    host.shell(f"cp -a {store.bundle} /run/kept-bundle; chmod u+w {store.bundle}")
    try:
        host.shell(f"cat >>{store.bundle} <<'END'\n{root('By hand')}END\n")
        refused = host.apply("edited", plan=plan)
        assert refused.state == "refused"
        assert "would take 1 certificates out of it" in refused.reason
        assert trusts(host, root("By hand"))
    finally:
        host.shell(f"rm {store.bundle}; cp -a /run/kept-bundle {store.bundle}")
    assert look(host) == before


@every_family
def test_restore_keeps_what_somebody_added_to_the_bundle_since(host: Host) -> None:
    store = STORES[host.manager]
    host.shell(f"cp -a {store.bundle} /run/kept-bundle")
    assert host.apply("since", plan=plan_of(host, FIX, options())).state == "applied"
    host.shell(f"chmod u+w {store.bundle}; cat >>{store.bundle} <<'END'\n{root('Since')}END\n")
    [refused] = host.restore()
    assert refused.state == "refused"
    assert "nothing was undone" in refused.reason
    assert trusts(host, root("Since"))
    assert trusts(host, root())
    assert [each.state for each in host.restore(force=True)] == ["restored"]
    assert host.shell(f"sha256sum <{store.bundle}") == host.shell("sha256sum </run/kept-bundle")


@every_family
def test_roots_of_others_survive_a_restore(host: Host) -> None:
    store, before = STORES[host.manager], look(host)
    assert host.apply("mine", plan=plan_of(host, FIX, options())).state == "applied"
    host.shell(f"cat >{store.anchors}/theirs.crt <<'END'\n{root('Theirs')}END\n{store.tool}")
    try:
        [restored] = host.restore()
        assert restored.state == "restored"
        assert "others changed since" in restored.reason
        assert trusts(host, root("Theirs"))
        assert not trusts(host, root())
    finally:
        host.shell(
            f"rm {store.anchors}/theirs.crt /etc/ssl/certs/theirs.pem 2>/dev/null; "
            f"[ {host.manager} != apt ] || openssl rehash /etc/ssl/certs 2>/dev/null; {store.tool}"
        )
    assert look(host) == before


@every_family
def test_anchor_that_was_never_activated_is_not_activated_in_passing(host: Host) -> None:
    store = STORES[host.manager]
    host.shell(f"cat >{store.anchors}/waiting.crt <<'END'\n{root('Waiting')}END\n")
    try:
        refused = host.apply("waiting", plan=plan_of(host, FIX, options()))
        assert refused.state == "refused"
        assert "would also begin to trust 1 certificates" in refused.reason
    finally:
        host.shell(f"rm {store.anchors}/waiting.crt")


@every_family
def test_root_that_somebody_distrusts_is_refused(host: Host) -> None:
    if host.manager == "apt":
        put = (
            "mkdir -p /usr/share/ca-certificates/lab; cat >/usr/share/ca-certificates/lab/bad.crt; "
            "echo '!lab/bad.crt' >>/etc/ca-certificates.conf"
        )
        take = "rm -r /usr/share/ca-certificates/lab; sed -i '/lab.bad.crt/d' /etc/ca-certificates.conf"
    else:
        list_of = STORES[host.manager].anchors.replace("anchors", "blacklist")
        put, take = f"mkdir -p {list_of}; cat >{list_of}/bad.crt", f"rm {list_of}/bad.crt"
    host.shell(f"{{ {put}; }} <<'END'\n{root()}END\n")
    try:
        refused = host.apply("distrusted", plan=plan_of(host, FIX, options()))
        assert refused.state == "refused"
        assert "decided on this machine not to trust" in refused.reason
    finally:
        host.shell(take)


@on_debian
def test_hooks_of_debian_hear_what_comes_and_what_goes(host: Host) -> None:
    hook = "/etc/ca-certificates/update.d/lab"
    host.shell(f"printf '%s\\n' '#!/bin/sh' 'cat >>/run/heard' >{hook}; chmod 755 {hook}; rm -f /run/heard")
    try:
        assert host.apply("hooks", plan=plan_of(host, FIX, options())).state == "applied"
        assert [each.state for each in host.restore()] == ["restored"]
    finally:
        host.shell(f"rm {hook}")
    heard = [line[:32] for line in host.shell("cat /run/heard").splitlines()]
    assert heard == ["+/etc/ssl/certs/preflight.azure-", "-/etc/ssl/certs/preflight.azure-"]


@on_debian
def test_record_that_somebody_forged_removes_nothing_else(host: Host) -> None:
    assert host.apply("forged", plan=plan_of(host, FIX, options())).state == "applied"
    host.shell(
        "cd /usr/local/share/ca-certificates; echo mine >mine.crt.kept; "
        "for file in /var/lib/preflight.azure/journal/*.forged.record; do "
        "echo \"file: 9 none $(cksum <mine.crt.kept | tr ' ' -) $PWD/mine.crt.kept\" >>$file; done"
    )
    try:
        [restored] = host.restore(force=True)
        assert restored.state == "restored"
        assert "which this fix does not own" in restored.reason
        assert host.shell("cat /usr/local/share/ca-certificates/mine.crt.kept") == "mine\n"
    finally:
        host.shell("rm /usr/local/share/ca-certificates/mine.crt.kept")


@on_debian
def test_bad_certificates_are_refused_and_a_key_is_never_shown(host: Host, tmp_path: Path) -> None:
    key = private_key()
    bad = {
        "key": (root() + key, "found a key"),
        "binary": ("0\\x82\\x01", "openssl x509 -inform der"),
        "server": (certificate("web01", authority=False), "not the certificate of a certification authority"),
        "expired": (certificate(days=(-20, -10)), "it expired on"),
        "garbage": (root().replace("M", "!", 1), "damaged"),
    }
    for name, (text, told) in bad.items():
        (tmp_path / f"{name}.pem").write_text(text)
        (tmp_path / "play.yml").write_text(
            json.dumps(
                [
                    {
                        "hosts": host.name,
                        "gather_facts": False,
                        "tasks": [
                            {MODULE: {"certificates": [f"{{{{ lookup('ansible.builtin.file', '{name}.pem') }}}}"]}}
                        ],
                    }
                ]
            )
        )
        done = host.lab.command("ansible-playbook", "play.yml", "-vvvv", "--diff", cwd=tmp_path)
        assert done.returncode != 0
        assert told in done.stdout, done.stdout
        assert key.splitlines()[1] not in done.stdout + done.stderr
    assert host.shell("ls /var/lib/preflight.azure/journal/*.new* 2>/dev/null || true") == ""


CLASSIC = "/etc/pki/tls/certs/ca-bundle.crt"


@pytest.fixture
def classic(lab: Lab) -> Iterator[Host]:
    """RHEL 6 as it comes: the bundle is a file of its own, and no tool is in use."""
    one = clean_host(lab, (f"rhel6{CLONE}", "none"))
    hide = "/usr/sbin/update-ca-certificates"
    one.shell(
        f"[ ! -e {hide} ] || mv {hide} {hide}.hidden; mkdir -p {CLASSIC.rpartition('/')[0]}; "
        f"[ -e {CLASSIC} ] || head -n -1 /etc/ssl/certs/ca-certificates.crt >{CLASSIC}; "
        f"printf %s '-----END CERTIFICATE-----' >>{CLASSIC}; touch -d 2015-02-03 {CLASSIC}; chmod 444 {CLASSIC}; "
        "[ ! -e /etc/ssl/certs/ca-certificates.crt ] || mv /etc/ssl/certs/ca-certificates.crt /etc/ssl/hidden.crt"
    )
    yield one
    one.put_back()
    one.shell(f"mv {hide}.hidden {hide}; rm -r /etc/pki/tls; mv /etc/ssl/hidden.crt /etc/ssl/certs/ca-certificates.crt")


@pytest.mark.lab_hosts("rhel6")
def test_classic_bundle_gets_the_roots_at_its_end(classic: Host) -> None:
    def state() -> str:
        return classic.shell(f"sha256sum {CLASSIC}; stat -c '%a %u %g %y' {CLASSIC}; ls /etc/pki/tls/certs")

    plan = plan_of(classic, FIX, options(root(), root("Second")))
    assert plan.wanted.startswith("store=redhat_classic")

    def again() -> Planned:
        text = classic.shell(f"cat {CLASSIC}")
        assert root() in text
        assert "\n-----END CERTIFICATE-----\n# preflight.azure-" in text
        assert len(text.split("-----BEGIN CERTIFICATE-----")) == len(text.split("-----END CERTIFICATE-----"))
        return planned(classic, FIX, options(root(), root("Second")))

    applies_and_restores(classic, plan, again, state)
    survives_being_killed(classic, plan, state, every=KILL_EVERY * 8)


@pytest.fixture
def old_suse(lab: Lab) -> Iterator[Host]:
    """SLES 11: a file and a hash link for each root, no bundle and no tool."""
    one = clean_host(lab, (f"sles12{CLONE}", "zypper"))
    one.shell(
        "mv /usr/sbin/update-ca-certificates /usr/sbin/hidden; mv /etc/ssl/certs /etc/ssl/hidden; "
        "mv /etc/ssl/ca-bundle.pem /etc/ssl/hidden.pem; mv /var/lib/ca-certificates/ca-bundle.pem /run/kept.pem; "
        "mkdir /etc/ssl/certs; cp /etc/ssl/hidden/*Global*.pem /etc/ssl/certs; openssl rehash /etc/ssl/certs"
    )
    yield one
    one.put_back()
    one.shell(
        "mv /usr/sbin/hidden /usr/sbin/update-ca-certificates; rm -r /etc/ssl/certs; "
        "mv /etc/ssl/hidden /etc/ssl/certs; mv /etc/ssl/hidden.pem /etc/ssl/ca-bundle.pem; "
        "mv /run/kept.pem /var/lib/ca-certificates/ca-bundle.pem"
    )


@pytest.mark.lab_hosts("sles12")
def test_old_suse_gets_a_file_and_its_link(old_suse: Host) -> None:
    def state() -> str:
        return old_suse.shell("ls -l /etc/ssl/certs | sed 1d; sha256sum /etc/ssl/certs/*.pem")

    plan: Plan = plan_of(old_suse, FIX, options(root(), certificate("Preflight Lab Root", kind="rsa2048")))
    assert plan.wanted.startswith("store=suse_classic")

    def again() -> Planned:
        old_suse.shell(f"cat >/run/root.pem <<'END'\n{root()}END\nopenssl verify -CApath /etc/ssl/certs /run/root.pem")
        return planned(old_suse, FIX, options())

    applies_and_restores(old_suse, plan, again, state)
    survives_being_killed(old_suse, plan, state, every=KILL_EVERY * 8)
