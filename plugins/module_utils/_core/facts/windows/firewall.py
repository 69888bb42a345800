# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Windows Firewall lets in: file sharing, WMI, Remote Desktop, multi-VM consistency. Private."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...collector.recording import Recording
from ...collector.windows_read import firewall
from ..fact import Element, Fact, Subject, Unknown, Value
from . import firewall_rules, registry_values
from .firewall_rules import DYNAMIC_RPC, PROFILES, Rule

#: File and Printer Sharing, WMI, Remote Desktop: names that Windows does not translate.
INTERFACE = firewall("@FirewallAPI.dll,-28502", "@FirewallAPI.dll,-34251", "@FirewallAPI.dll,-28752")
_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
_SETTINGS = ("EnableFirewall", "AllowLocalPolicyMerge", "DoNotAllowExceptions", "DefaultInboundAction")
POLICY_RULES = registry_values.read(rf"{_POLICY}\FirewallRules", "*")
#: The private profile is still called the standard one in old policies.
POLICIES = {
    "domain": (registry_values.read(rf"{_POLICY}\DomainProfile", *_SETTINGS),),
    "private": (
        registry_values.read(rf"{_POLICY}\PrivateProfile", *_SETTINGS),
        registry_values.read(rf"{_POLICY}\StandardProfile", *_SETTINGS),
    ),
    "public": (registry_values.read(rf"{_POLICY}\PublicProfile", *_SETTINGS),),
}
RDP_PORT = registry_values.read(
    r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp", "PortNumber", "UserAuthentication"
)
_MULTI_VM = 20004
#: What must be let in: port or name for ports, program and service that answer there.
_SHARING = ((445, "system", ""),)
_WMI = ((135, "svchost.exe", "rpcss"), (DYNAMIC_RPC, "svchost.exe", "winmgmt"))


@dataclass(frozen=True)
class Profile:
    """One profile as it takes effect, group policy included."""

    name: str
    enabled: bool
    blocks_all: bool
    allows_by_default: bool
    active: bool
    local_rules_count: bool


def _profiles(recording: Recording, lines: list[list[str]]) -> list[Profile] | Unknown:
    current = next((words for words in lines if words[0] == "policy" and len(words) == 3), None)
    if current is None or not current[2].isdigit():
        return Unknown("the firewall does not tell which profiles are active")
    found: list[Profile] = []
    for name, number in PROFILES.items():
        row = next((words for words in lines if words[:2] == ["profile", str(number)] and len(words) == 5), None)
        if row is None:
            return Unknown(f"the firewall does not tell of its profile {name}")
        merged = _setting(recording, name, "AllowLocalPolicyMerge", 1)
        enabled = _setting(recording, name, "EnableFirewall", int(row[2] == "True"))
        blocks = _setting(recording, name, "DoNotAllowExceptions", int(row[3] == "True"))
        default = _setting(recording, name, "DefaultInboundAction", int(row[4] != "1"))
        for doubt in (merged, enabled, blocks, default):
            if isinstance(doubt, Unknown):
                return doubt
        active = bool(int(current[2]) & number)
        found.append(Profile(name, enabled != 0, blocks != 0, default == 0, active, merged != 0))
    return found


def _setting(recording: Recording, profile: str, name: str, local: int) -> int | Unknown:
    """Return what group policy says, else the setting of the machine itself."""
    for read in POLICIES[profile]:
        found = registry_values.number(recording, read, name, absent=-1)
        if found != -1:
            return found
    return local


class _Firewall:
    """The profiles and rules of one machine; asked for what they let in."""

    def __init__(self, profiles: list[Profile], local: list[Rule], policy: list[Rule]) -> None:
        self.profiles = profiles
        self.local = local
        self.policy = policy

    def rules(self, profile: Profile) -> list[Rule]:
        return self.policy + (self.local if profile.local_rules_count else [])

    def lets_in(self, profile: Profile, port: int | str, program: str, service: str) -> bool | Unknown:
        """Whether a profile lets a TCP port in."""
        if not profile.enabled:
            return True
        if profile.blocks_all:
            return False
        if profile.allows_by_default:
            blocked = any(not rule.allow and rule.covers(port) for rule in self.rules(profile))
            doubt = Unknown(
                f"the profile {profile.name} lets in what no rule blocks, and one blocks this port for some"
            )
            return doubt if blocked else True
        return firewall_rules.lets_in(self.rules(profile), PROFILES[profile.name], port, program, service)

    def allowed(self, wanted: tuple[tuple[int | str, str, str], ...], profiles: list[Profile]) -> bool | Unknown:
        """Whether all these profiles let all that is wanted in; one that certainly does not settles it."""
        answers = [self.lets_in(profile, *each) for profile in profiles for each in wanted]
        if False in answers:
            return False
        doubts = [answer for answer in answers if isinstance(answer, Unknown)]
        return doubts[0] if doubts else True

    def sources(self, port: int) -> list[str]:
        """The addresses that active profiles let in on a port; none where anybody may come."""
        found: list[str] = []
        for profile in self.active:
            given = firewall_rules.sources_of(self.rules(profile), PROFILES[profile.name], port)
            if not given or not profile.enabled:
                return []
            found.extend(given)
        return list(dict.fromkeys(found))

    @property
    def active(self) -> list[Profile]:
        """The profiles in use; all of them where no network is connected."""
        return [profile for profile in self.profiles if profile.active] or self.profiles

    def only(self, name: str) -> list[Profile]:
        return [profile for profile in self.profiles if profile.name == name]


def _read(recording: Recording) -> _Firewall | Unknown:
    answer = recording.answer(INTERFACE)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    lines = firewall_rules.parsed(answer.lines)
    profiles, local = _profiles(recording, lines), firewall_rules.local_rules(lines)
    by_policy = registry_values.present(recording, POLICY_RULES)
    if isinstance(profiles, Unknown):
        return profiles
    if isinstance(local, Unknown):
        return local
    if isinstance(by_policy, Unknown):
        return by_policy
    return _Firewall(profiles, local, firewall_rules.policy_rules([words[-1] for words in by_policy]))


def _multi_vm(found: _Firewall) -> bool | Unknown:
    """Whether TCP 20004 is open, be it to some addresses only."""
    answers = [found.lets_in(profile, _MULTI_VM, "", "") for profile in found.active]
    if False in answers:
        return False
    blocked = any(not rule.allow and rule.covers(_MULTI_VM) for each in found.active for rule in found.rules(each))
    if all(answer is True for answer in answers) or (found.sources(_MULTI_VM) and not blocked):
        return True
    return next(answer for answer in answers if isinstance(answer, Unknown))


def _parse(recording: Recording) -> Mapping[str, Value]:
    found = _read(recording)
    if isinstance(found, Unknown):
        return dict.fromkeys([fact.path.partition(".")[2] for fact in _FACTS], found)
    port = registry_values.number(recording, RDP_PORT, "PortNumber", absent=3389)
    desktop: Value = port
    public: Value = port
    if not isinstance(port, Unknown):
        wanted = ((port, "svchost.exe", "termservice"),)
        desktop = _either(found, wanted, ((port, "system", ""),), found.active)
        public = _either(found, wanted, ((port, "system", ""),), found.only("public"))
    return {
        "kind": "windows",
        "running": any(profile.enabled for profile in found.active),
        "profiles": [_plain(profile) for profile in found.profiles],
        "group_policy_rules": len(found.policy),
        "file_and_printer_sharing_allowed": found.allowed(_SHARING, found.active),
        "wmi_allowed": found.allowed(_WMI, found.active),
        "remote_desktop_allowed": desktop,
        "remote_desktop_allowed_in_public": public,
        "multi_vm_allowed_now": _multi_vm(found),
        "multi_vm_allowed_after_reboot": _multi_vm(found),
        "multi_vm_sources": [*found.sources(_MULTI_VM)],
    }


def _either(
    found: _Firewall,
    newer: tuple[tuple[int | str, str, str], ...],
    older: tuple[tuple[int | str, str, str], ...],
    profiles: list[Profile],
) -> bool | Unknown:
    """Whether one of two is let in: Remote Desktop is the kernel's on 2008 R2, a service's later."""
    answers = [found.allowed(each, profiles) for each in (newer, older)]
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
