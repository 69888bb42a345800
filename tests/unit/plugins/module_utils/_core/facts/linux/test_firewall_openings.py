# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of what is known for opening a port of the firewall."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import firewall_openings, firewall_zones
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import systemd, unit
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.test_firewall import (
    AnswerDict,
    machine,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
)

RULES = """\
*filter
:INPUT DROP [0:0]
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
COMMIT
"""
ZONE = "<zone>\n  <service name='ssh'/>\n</zone>"


def facts(answers: AnswerDict) -> dict[str, Any]:
    own: AnswerDict = {read: "" for read in firewall_openings.READS if read not in answers}
    found = assemble(recording({**own, **answers}), [firewall_openings.SUBJECT]).tree["firewall_openings"]
    assert isinstance(found, dict)
    return found


def test_every_port_has_what_is_let_in_and_by_whom() -> None:
    found = facts(machine(systemd(unit("iptables.service")), legacy=RULES, iptables=RULES))
    ssh, multi_vm = found["connections"]
    assert (ssh["use"], ssh["port"], ssh["now"]["allowed"], ssh["later"]["allowed"]) == ("ssh", 22, "yes", "yes")
    assert (multi_vm["port"], multi_vm["now"]["allowed"]) == (20004, "no")
    assert multi_vm["keepers"] == [{"path": "/etc/sysconfig/iptables", "allowed": "no", "sources": [], "reason": ""}]
    assert (found["kernel"]["kind"], found["kernel"]["legacy"], found["kernel"]["interfaces"]) == (
        "iptables",
        RULES,
        ["eth0"],
    )


def test_rules_that_nothing_sets_at_boot_are_unknown_with_the_reason() -> None:
    multi_vm = facts(machine(legacy=RULES))["connections"][1]
    assert (multi_vm["later"]["allowed"], multi_vm["keepers"]) == ("unknown", [])
    assert "what set the present firewall rules" in multi_vm["later"]["reason"]


def test_unknown_ports_of_ssh_are_unknown() -> None:
    assert facts(machine(sshd=Printed("", 1)))["connections"] is None


def test_versions_and_other_firewalls_are_told() -> None:
    answers = machine()
    answers[firewall_openings.UFW_VERSION] = "ufw 0.36.2\nCopyright 2008-2023 Canonical Ltd.\n"
    answers[firewall_openings.OTHERS] = "/etc/csf/csf.conf\n"
    places = facts(answers)["places"]
    assert (places["ufw_comments"], places["others"]) == (True, ["/etc/csf/csf.conf"])
    answers[firewall_openings.UFW_VERSION] = "ufw 0.33-0ubuntu1\n"
    assert facts(answers)["places"]["ufw_comments"] is False


def zone_files(text: str, links: int = 1) -> str:
    crc, _dash, size = posix_cksum(text.encode()).partition("-")
    lines = "".join(f" {line}\n" for line in text.splitlines())
    return (
        f"file /etc/firewalld/zones/public.xml\n-rw-r--r-- {links} 0 0 1 Jan  1 12:00 /etc/firewalld/zones/public.xml\n"
        f"sum {crc} {size}\nflags --------------e------- /etc/firewalld/zones/public.xml\n{lines}\n"
        f"file /usr/lib/firewalld/zones/public.xml\nsum {crc} {size}\n{lines}\n"
        f"file /usr/lib/firewalld/zones/work.xml\nsum {crc} {size}\n{lines}\n"
    )


def zones(files: str, active: str = "public\n  interfaces: eth0\ndefault\npublic\n") -> dict[str, Any]:
    answers = machine()
    answers[firewall_zones.FILES] = files
    answers[firewall_zones.ACTIVE] = active
    return {zone["name"]: zone for zone in facts(answers)["zones"]}


def test_zones_are_read_byte_by_byte() -> None:
    for text in (ZONE, f"{ZONE}\n"):
        found = zones(zone_files(text))
        assert (found["public"]["text"], found["public"]["present"], found["public"]["obstacle"]) == (text, True, "")
        assert found["public"]["checksum"] == posix_cksum(text.encode())
        assert (found["work"]["text"], found["work"]["present"], found["work"]["vendor_text"]) == ("", False, text)


def test_zone_that_cannot_be_replaced_says_why() -> None:
    assert "2 hard links" in zones(zone_files(ZONE, links=2))["public"]["obstacle"]
    redacted = zone_files(ZONE).replace("ssh", "[redacted]")
    assert "byte by byte" in zones(redacted)["public"]["obstacle"]
    assert "cannot be written" in zones(f"unwritable\n{zone_files(ZONE)}")["work"]["obstacle"]


def test_zone_of_an_adapter_is_active_else_the_default_one() -> None:
    assert [name for name, zone in zones(zone_files(ZONE)).items() if zone["active"]] == ["public"]
    other = "docker\n  interfaces: docker0\ndefault\nwork\n"
    assert [name for name, zone in zones(zone_files(ZONE), other).items() if zone["active"]] == ["work"]
    assert not any(zone["active"] for zone in zones(zone_files(ZONE), "").values())
