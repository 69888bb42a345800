# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix firewall_port on real firewalls: what counts is whether a connection comes through."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal
from contract_cases import (
    files,
    plan_of,
    planned,
    survives_being_killed,
    survives_two_runs_at_once,
)
from fix_hosts import CLONE, Host, clean_host
from lab_hosts import Lab

MODULE = "preflight.azure.firewall_port"
RESTORE = "preflight.azure.restore"
PORT = 20004


@dataclass(frozen=True)
class Kind:
    """A host of the lab with one kind of firewall; ``other`` is a host from which connections come, too."""

    name: str
    service: str
    paths: str
    listing: str
    close_ssh: str
    open_ssh_now: str
    meddle: str
    other: str = "nftables"


KINDS = (
    Kind(
        "firewalld",
        "firewalld",
        "/etc/firewalld/zones/public.xml /etc/firewalld/zones/public.xml.old",
        "firewall-cmd --list-all-zones",
        "firewall-cmd -q --zone=public --remove-service=ssh; "
        "sed '/\"ssh\"/d' /usr/lib/firewalld/zones/public.xml >/etc/firewalld/zones/public.xml",
        "firewall-cmd -q --add-port=22/tcp",
        "for s in SOURCE/32 203.0.113.0/24; do firewall-cmd -q --zone=public --add-rich-rule="
        '"rule family=ipv4 source address=$s port port=20004 protocol=tcp accept"; done',
    ),
    Kind(
        "ufw",
        "ufw",
        "/etc/ufw/user.rules /etc/ufw/user6.rules",
        "iptables-save -t filter | sed 's/^#.*//; s/\\[.*//'; ip6tables-save -t filter | grep '^-A'",
        "ufw delete allow 22/tcp >/dev/null",
        "iptables -I INPUT -p tcp --dport 22 -j ACCEPT",
        "ufw allow 9/tcp >/dev/null",
    ),
    Kind(
        "nftables",
        "nftables",
        "/etc/nftables.conf",
        "nft list ruleset",
        "sed -i '/dport 22/d' /etc/nftables.conf; systemctl restart nftables",
        "nft insert rule inet filter input tcp dport 22 accept",
        "nft insert rule inet filter input tcp dport 9 accept",
        "iptables",
    ),
    Kind(
        "iptables",
        "netfilter-persistent",
        "/etc/iptables/rules.v4",
        "iptables-save -t filter | sed 's/^#.*//; s/\\[.*//'",
        "sed -i '/dport 22/d' /etc/iptables/rules.v4; systemctl restart netfilter-persistent",
        "iptables -I INPUT -p tcp --dport 22 -j ACCEPT",
        "iptables -I INPUT -p tcp --dport 9 -j ACCEPT",
    ),
    Kind(
        "iptservice",
        "iptables",
        "/etc/sysconfig/iptables",
        "iptables-save -t filter | sed 's/^#.*//; s/\\[.*//'",
        "sed -i '/dport 22/d' /etc/sysconfig/iptables; systemctl restart iptables",
        "iptables -I INPUT -p tcp --dport 22 -j ACCEPT",
        "iptables -I INPUT -p tcp --dport 9 -j ACCEPT",
    ),
)
LISTENER = (
    "use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => 20004, Listen => 50, ReuseAddr => 1) or die; "
    "while (my $c = $s->accept) { close $c }"
)


@dataclass
class Machine:
    """One host, its firewall and a listener on the port of multi-VM consistency."""

    host: Host
    kind: Kind

    @property
    def address(self) -> str:
        return str(self.host.lab.document["all"]["children"]["lab"]["hosts"][self.host.name]["ansible_host"])

    @property
    def options(self) -> dict[str, Any]:
        """Let in this machine, and a network that nobody here is in."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((self.address, 9))
            return {"ports": ["multi_vm"], "sources": [probe.getsockname()[0], "203.0.113.0/24"]}

    def plan(self) -> Plan:
        return plan_of(self.host, "firewall_port", self.options)

    def look(self) -> str:
        return files(self.host, *self.kind.paths.split()) + self.host.shell(self.kind.listing)

    def reached(self, port: int = PORT) -> bool:
        try:
            socket.create_connection((self.address, port), timeout=0.7).close()
        except OSError:
            return False
        return True

    def reached_from_other(self) -> bool:
        words = ("timeout", "0.7", "bash", "-c", f"</dev/tcp/{self.address}/{PORT} && echo yes")
        return self.host.lab.inside(f"{self.kind.other}{CLONE}", *words, check=False) == "yes\n"

    def restart(self) -> None:
        # firewalld says that it has started before its rules hold.
        wait = "until firewall-cmd -q --state; do sleep 0.2; done" if self.kind.name == "firewalld" else ":"
        self.host.shell(f"systemctl restart {self.kind.service}; {wait}")

    def module(self, name: str, *options: str, **arguments: Any) -> dict[str, Any]:
        return self.host.lab.module(self.host.name, name, *options, arguments=arguments)[self.host.name]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def machine(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Machine]:
    kind = request.param
    host = clean_host(lab, (f"{kind.name}{CLONE}", "apt"))
    if f"{kind.other}{CLONE}" not in lab.hosts:
        pytest.skip(f"{kind.other}{CLONE} is not up in the lab")
    paths = " ".join(path for path in kind.paths.split())
    host.shell(f"mkdir -p /run/kept; for f in {paths}; do [ ! -e $f ] || cp -a $f /run/kept/; done")
    host.shell(
        "[ -e /run/listener ] && kill -0 $(cat /run/listener) 2>/dev/null || "
        f"{{ setsid perl -e '{LISTENER}' </dev/null >/dev/null 2>&1 & echo $! >/run/listener; sleep 0.2; }}"
    )
    one = Machine(host, kind)
    yield one
    host.restore(force=True)
    host.shell(f"for f in {paths}; do rm -f $f; cp -a /run/kept/${{f##*/}} $f 2>/dev/null || :; done; rm -r /run/kept")
    one.restart()


def collected(host: Host, subject: str) -> Any:
    selection = select([subject], SUBJECTS)
    return assemble(host.send(compose(selection.reads)), selection.subjects).tree[subject]


def test_check_mode_shows_the_lines_and_writes_nothing(machine: Machine, tmp_path: Path) -> None:
    machine.module(MODULE, "--check", **machine.options)  # the first login leaves traces
    machine.host.lab.snapshot(machine.host.name, tmp_path / "before")
    result = machine.module(MODULE, "--check", "--diff", **machine.options)
    machine.host.lab.snapshot(machine.host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned"), result
    assert result["before"]["now"] == [
        f"TCP 20004 from {machine.options['sources'][0]}/32: refused",
        "TCP 20004 from 203.0.113.0/24: refused",
    ]
    assert any("20004" in line for key, lines in result["after"].items() if key.startswith("/etc") for line in lines)
    assert machine.host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


def test_port_is_reached_from_the_named_source_only_also_after_a_restart_and_not_after_restore(
    machine: Machine,
) -> None:
    before = machine.look()
    assert not machine.reached()
    assert machine.reached(22)
    first = machine.module(MODULE, **machine.options)
    assert (first["changed"], first["state"]) == (True, "applied"), first
    assert machine.reached()
    assert not machine.reached_from_other()
    facts = collected(machine.host, "firewall")
    assert (facts["multi_vm_allowed_now"], facts["multi_vm_allowed_after_reboot"]) == (True, True)
    assert sorted(source.removesuffix("/32") for source in facts["multi_vm_sources"]) == machine.options["sources"]
    machine.restart()
    assert machine.reached()
    assert not machine.reached_from_other()
    second = machine.module(MODULE, **machine.options)
    assert (second["changed"], second["state"]) == (False, "unchanged"), second
    undone = machine.module(RESTORE, run=first["journal"]["run"])
    assert undone["changed"], undone
    assert not machine.reached()
    assert machine.look() == before
    machine.restart()
    assert not machine.reached()
    assert machine.look() == before
    assert not machine.module(RESTORE)["changed"]


def test_two_runs_at_once_add_each_rule_once(machine: Machine) -> None:
    survives_two_runs_at_once(machine.host, machine.plan(), machine.look)


def test_killed_before_any_step_nothing_is_lost(machine: Machine) -> None:
    survives_being_killed(
        machine.host,
        machine.plan(),
        machine.look,
        first_step=KINDS.index(machine.kind) * 3,
        every=48 if machine.kind.name == "firewalld" else 16,
        functions=("firewall", "file_apply", "append_state", "nft", "iptables", "settle"),
        replan=lambda: planned(machine.host, "firewall_port", machine.options),
    )


def test_every_shell_does_the_same(machine: Machine) -> None:
    shells = {"ufw": ("busybox", "sh"), "nftables": ("dash",), "iptables": ("bash", "--posix")}
    shell = shells.get(machine.kind.name, ("mksh",))
    if not machine.host.lab.inside(machine.host.name, "sh", "-c", f"command -v {shell[0]}", check=False):
        pytest.skip(f"{machine.host.name} has no {shell[0]}")
    before = whole_seconds(machine.look())  # busybox's cp knows no fractions
    applied = machine.host.apply("shell", shell=shell, plan=machine.plan())
    assert applied.state == "applied", applied
    assert machine.reached()
    assert [each.state for each in machine.host.restore(shell=shell)] == ["restored"]
    assert whole_seconds(machine.look()) == before


def whole_seconds(text: str) -> str:
    return re.sub(r"(:\d\d)\.\d{9} ", r"\1 ", text)


def test_closed_ssh_is_opened_and_restore_does_not_cut_the_way_in(machine: Machine) -> None:
    machine.host.shell(machine.kind.close_ssh)
    before = machine.look()
    assert not machine.reached(22)
    assert machine.host.apply("ssh", plan=plan_of(machine.host, "firewall_port")).state == "applied"
    assert machine.reached(22)
    refused = machine.module(RESTORE)
    assert refused["failed"]
    assert "by which this connection came" in refused["msg"]
    assert machine.reached(22)
    assert [each.state for each in machine.host.restore()] == ["restored"]  # past ssh, as from the console
    assert not machine.reached(22)
    assert machine.look() == before


def test_ssh_that_is_open_now_but_not_after_a_reboot_is_only_written(machine: Machine) -> None:
    machine.host.shell(f"{machine.kind.close_ssh}; {machine.kind.open_ssh_now}")
    before = machine.look()
    assert machine.reached(22)
    plan = plan_of(machine.host, "firewall_port")
    assert plan.found.startswith("none live=- /")
    first = machine.module(MODULE)
    assert first["state"] == "applied", first
    assert machine.module(MODULE)["state"] == "unchanged"
    undone = machine.module(RESTORE)
    assert undone["changed"], undone
    assert machine.look() == before
    assert machine.host.apply("later", plan=plan).state == "applied"
    machine.restart()
    assert machine.reached(22)


def test_refusals_name_the_reason_and_change_nothing(machine: Machine) -> None:
    if machine.kind.name not in ("nftables", "iptservice"):
        pytest.skip("the same everywhere")
    before = machine.look()
    without = machine.module(MODULE, ports=["multi_vm"])
    assert "open to everybody" in without["msg"]
    wrong = machine.module(MODULE, ports=["multi_vm"], sources=["10.1.2.3/8"])
    assert "expected networks such as" in wrong["msg"]
    machine.host.shell("mkdir -p /etc/csf; : >/etc/csf/csf.conf")
    foreign = machine.module(MODULE, **machine.options)
    machine.host.shell("rm -r /etc/csf")
    assert "/etc/csf/csf.conf" in foreign["msg"]
    for result in (without, wrong, foreign):
        assert (result["failed"], result["state"]) == (True, "refused")
    machine.host.shell(f"systemctl disable -q {machine.kind.service}")
    nobody = planned(machine.host, "firewall_port", machine.options)
    machine.host.shell(f"systemctl enable -q {machine.kind.service}")
    assert isinstance(nobody, Refusal), nobody
    assert "what set the present firewall rules" in nobody.reason
    assert machine.look() == before


def test_what_somebody_changes_between_look_and_change_is_left_alone(machine: Machine) -> None:
    plan = machine.plan()
    machine.host.shell(machine.kind.meddle.replace("SOURCE", machine.options["sources"][0]))
    before = machine.look()
    refused = machine.host.apply("late", plan=plan)
    assert refused.state == "refused"
    assert "changed since the audit" in refused.reason
    assert machine.look() == before
