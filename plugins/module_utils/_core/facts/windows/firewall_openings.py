# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must be known to let something in through Windows Firewall; no audit collects it. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ..fact import Element, Fact, Subject, Unknown, Value
from . import firewall, firewall_effective, firewall_rules, registry_values
from .firewall import Doors
from .firewall_effective import Firewall, Profile
from .firewall_rules import PROFILES

#: Windows Firewall, and the port of Remote Desktop.
_READS = tuple(
    dict.fromkeys(read for fact in firewall.SUBJECT.facts for read in fact.reads),
)


def _openings(found: Firewall, desktop: int | Unknown) -> list[Value]:
    uses: dict[str, tuple[tuple[Doors, ...], int | Unknown]] = {
        "file_and_printer_sharing": ((firewall.SHARING,), 0),
        "wmi": ((firewall.WMI,), 0),
        "remote_desktop": (() if isinstance(desktop, Unknown) else firewall.remote_desktop(desktop), desktop),
        "multi_vm": ((((firewall.MULTI_VM, "", ""),),), firewall.MULTI_VM),
    }
    return [
        _opening(found, use, ways, port, profile) for use, (ways, port) in uses.items() for profile in found.profiles
    ]


def _opening(found: Firewall, use: str, ways: tuple[Doors, ...], port: int | Unknown, profile: Profile) -> Value:
    allowed = port if isinstance(port, Unknown) else firewall.either(found, ways, [profile])
    rules, number = found.rules(profile), PROFILES[profile.name]
    sources = firewall_rules.sources_of(rules, number, firewall.MULTI_VM) if use == "multi_vm" else []
    return {
        "use": use,
        "port": 0 if isinstance(port, Unknown) else port,
        "profile": profile.name,
        "active": profile in found.active,
        "enabled": profile.enabled,
        "allowed": "unknown" if isinstance(allowed, Unknown) else "yes" if allowed else "no",
        "reason": allowed.reason if isinstance(allowed, Unknown) else "",
        "sources": [*sources],
        "obstacle": _obstacle(found, profile, [door for way in ways for door in way]),
    }


def _obstacle(found: Firewall, profile: Profile, doors: list[tuple[int | str, str, str]]) -> str:
    """Return why a rule of the machine that allows these doors would have no effect; empty where it has one."""
    if not profile.enabled:
        return ""
    if profile.blocks_all:
        return "the profile blocks all incoming connections, whatever the rules say; end that first"
    if not profile.local_rules_count:
        return "group policy lets only its own rules count (AllowLocalPolicyMerge); set the rule there"
    rules, number = found.rules(profile), PROFILES[profile.name]
    for port, program, service in doors:
        if firewall_rules.blocking_rules(rules, number, port, program, service):
            told = f"TCP {port}" if isinstance(port, int) else "the ports of RPC"
            return f"a rule that blocks {told} wins over every rule that allows it; look why it is there, and end it"
    return ""


def _parse(recording: Recording) -> Mapping[str, Value]:
    found = firewall_effective.read(recording)
    if isinstance(found, Unknown):
        return {"openings": found}
    desktop = registry_values.number(recording, firewall.RDP_PORT, "PortNumber", absent=3389)
    return {"openings": _openings(found, desktop)}


SUBJECT = Subject(
    "firewall_openings",
    (
        Fact(
            "firewall_openings.openings",
            "list",
            "For each profile what it lets in. Only for planning a fix: no audit collects it.",
            "the interface of Windows Firewall, and the rules of group policy in the registry",
            _READS,
            elements=(
                Element("use", "str", "file_and_printer_sharing, wmi, remote_desktop or multi_vm."),
                Element("port", "int", "The TCP port of Remote Desktop and of multi_vm; 0 for the others."),
                Element("profile", "str", "domain, private or public."),
                Element("active", "bool", "Whether the profile is in use."),
                Element("enabled", "bool", "Whether the firewall is on."),
                Element("allowed", "str", "yes, no or unknown."),
                Element("reason", "str", "Why that is not known."),
                Element("sources", "list", "From where TCP 20004 is let in, where that is limited."),
                Element("obstacle", "str", "Why a rule of the machine would change nothing; empty where it would."),
            ),
        ),
    ),
    _parse,
)
