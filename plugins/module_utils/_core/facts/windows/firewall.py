# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Windows Firewall lets in: file sharing, WMI, Remote Desktop, multi-VM consistency. Private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

from ...collector.recording import Recording
from ..fact import Element, Fact, Subject, Unknown, Value
from . import firewall_effective, registry_values
from .firewall_effective import INTERFACE, POLICIES, POLICY_RULES, Firewall, Profile
from .firewall_rules import DYNAMIC_RPC

RDP_PORT = registry_values.read(
    r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp", "PortNumber", "UserAuthentication"
)
MULTI_VM = 20004
#: What must be let in: port or name for ports, program and service that answer there.
Doors = tuple[tuple[Union[int, str], str, str], ...]
SHARING: Doors = ((445, "system", ""),)
WMI: Doors = ((135, "svchost.exe", "rpcss"), (DYNAMIC_RPC, "svchost.exe", "winmgmt"))


def _multi_vm(found: Firewall) -> bool | Unknown:
    """Whether TCP 20004 is open, be it to some addresses only."""
    answers = [found.lets_in(profile, MULTI_VM, "", "") for profile in found.active]
    if False in answers:
        return False
    blocked = any(not rule.allow and rule.covers(MULTI_VM) for each in found.active for rule in found.rules(each))
    if all(answer is True for answer in answers) or (found.sources(MULTI_VM) and not blocked):
        return True
    return next(answer for answer in answers if isinstance(answer, Unknown))


def _parse(recording: Recording) -> Mapping[str, Value]:
    found = firewall_effective.read(recording)
    if isinstance(found, Unknown):
        return dict.fromkeys([fact.path.partition(".")[2] for fact in _FACTS], found)
    port = registry_values.number(recording, RDP_PORT, "PortNumber", absent=3389)
    desktop: Value = port
    public: Value = port
    if not isinstance(port, Unknown):
        desktop = either(found, remote_desktop(port), found.active)
        public = either(found, remote_desktop(port), found.only("public"))
    return {
        "kind": "windows",
        "running": any(profile.enabled for profile in found.active),
        "profiles": [_plain(profile) for profile in found.profiles],
        "group_policy_rules": len(found.policy),
        "file_and_printer_sharing_allowed": found.allowed(SHARING, found.active),
        "wmi_allowed": found.allowed(WMI, found.active),
        "remote_desktop_allowed": desktop,
        "remote_desktop_allowed_in_public": public,
        "multi_vm_allowed_now": _multi_vm(found),
        "multi_vm_allowed_after_reboot": _multi_vm(found),
        "multi_vm_sources": [*found.sources(MULTI_VM)],
    }


def remote_desktop(port: int) -> tuple[Doors, ...]:
    """Return what lets Remote Desktop in: it is a service's port, and the kernel's on 2008 R2."""
    return ((port, "svchost.exe", "termservice"),), ((port, "system", ""),)


def either(found: Firewall, ways: tuple[Doors, ...], profiles: list[Profile]) -> bool | Unknown:
    """Whether all that one of the ways needs is let in."""
    answers = [found.allowed(way, profiles) for way in ways]
    if True in answers:
        return True
    doubts = [answer for answer in answers if isinstance(answer, Unknown)]
    return doubts[0] if doubts else False


def _plain(profile: Profile) -> Value:
    return {
        "name": profile.name,
        "enabled": profile.enabled,
        "active": profile.active,
        "blocks_all": profile.blocks_all,
        "local_rules_count": profile.local_rules_count,
    }


_READS = (INTERFACE, POLICY_RULES, *(read for reads in POLICIES.values() for read in reads))
_SOURCE = "the interface of Windows Firewall, and the rules of group policy in the registry"


def _flag(name: str, description: str, *reads: object) -> Fact:
    more = (RDP_PORT,) if reads else ()
    return Fact(f"firewall.{name}", "bool", description, _SOURCE, (*_READS, *more))


_FACTS = (
    Fact("firewall.kind", "str", "windows.", _SOURCE, _READS),
    _flag("running", "Whether the firewall is on in an active profile."),
    Fact(
        "firewall.profiles",
        "list",
        "The profiles as they take effect, group policy included.",
        _SOURCE,
        _READS,
        elements=(
            Element("name", "str", "domain, private or public."),
            Element("enabled", "bool", "Whether the firewall is on."),
            Element("active", "bool", "Whether a network of this kind is connected."),
            Element("blocks_all", "bool", "Whether it lets nothing in, whatever the rules say."),
            Element("local_rules_count", "bool", "Whether the machine's own rules count beside those of group policy."),
        ),
    ),
    Fact("firewall.group_policy_rules", "int", "How many inbound rules group policy sets.", _SOURCE, _READS),
    _flag("file_and_printer_sharing_allowed", "Whether the active profiles let file sharing in (TCP 445)."),
    _flag("wmi_allowed", "Whether the active profiles let WMI in (TCP 135 and the ports of its service)."),
    _flag("remote_desktop_allowed", "Whether the active profiles let Remote Desktop in.", RDP_PORT),
    _flag("remote_desktop_allowed_in_public", "Whether the public profile lets Remote Desktop in.", RDP_PORT),
    _flag("multi_vm_allowed_now", "Whether the active profiles let TCP 20004 in, be it from some addresses only."),
    _flag("multi_vm_allowed_after_reboot", "The same: rules of Windows Firewall stay."),
    Fact(
        "firewall.multi_vm_sources",
        "list",
        "From where TCP 20004 is let in; empty where anybody may come.",
        _SOURCE,
        _READS,
    ),
)

SUBJECT = Subject("firewall", _FACTS, _parse)
