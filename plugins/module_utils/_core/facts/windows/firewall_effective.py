# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows Firewall as it takes effect: its profiles and rules, group policy included. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass

from ...collector.recording import Recording
from ...collector.windows_read import firewall
from ..fact import Unknown
from . import firewall_rules, registry_values
from .firewall_rules import PROFILES, Rule

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


#: LocalPolicyModifyState: what the machine itself sets has no effect in some profile.
_OVERRIDDEN = "1"


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


def _has_policy(recording: Recording) -> bool:
    """Whether group policy sets anything for a profile."""
    return any(
        registry_values.present(recording, read) not in ([], None) for reads in POLICIES.values() for read in reads
    )


class Firewall:
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


def read(recording: Recording) -> Firewall | Unknown:
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
    state = next(words[1] for words in lines if words[0] == "policy" and len(words) == 3)
    if state == _OVERRIDDEN and not by_policy and not _has_policy(recording):
        return Unknown("a policy overrides the rules of the machine, and it is not where group policy keeps its own")
    return Firewall(profiles, local, firewall_rules.policy_rules([words[-1] for words in by_policy]))
