# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where Windows Time takes the time from, and where it should. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...facts.fact import Facts, Json
from ..contract import Refusal
from . import states
from .states import Target
from .thing import Thing

SERVICE_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time"
POLICY_KEY = r"HKLM\SOFTWARE\Policies\Microsoft\W32Time"
TYPE = Thing("registry", rf"{SERVICE_KEY}\Parameters|Type")
SERVERS = Thing("registry", rf"{SERVICE_KEY}\Parameters|NtpServer")
CLIENT = Thing("registry", rf"{SERVICE_KEY}\TimeProviders\NtpClient|Enabled")
_TYPE_POLICY = Thing("registry", rf"{POLICY_KEY}\Parameters|Type")
_SERVERS_POLICY = Thing("registry", rf"{POLICY_KEY}\Parameters|NtpServer")
_CLIENT_POLICY = Thing("registry", rf"{POLICY_KEY}\TimeProviders\NtpClient|Enabled")
THINGS = (TYPE, SERVERS, CLIENT, _TYPE_POLICY, _SERVERS_POLICY, _CLIENT_POLICY)
#: Only as a client: without this flag Windows may take part in the server's own timekeeping.
_AS_CLIENT = "0x8"
BY_SERVERS, BY_DOMAIN = "String NTP", "String NT5DS"
_MANUAL = ("ntp", "allsync")


def switched_on(state: str) -> str:
    """Return the state of a switch that is not off."""
    return "DWord 1" if state == "DWord 0" else state


def asks_servers(state: str) -> bool:
    """Whether the state of the servers is one that this collection makes."""
    return any(entry.endswith(f",{_AS_CLIENT}") for entry in _text(state).split())


def _text(state: str) -> str:
    """Return the text in a state, empty where there is none."""
    kind, _space, text = state.partition(" ")
    return text if kind in ("String", "ExpandString") else ""


def _followed(kind: str, servers: str) -> list[str]:
    """Return the entries that count: the servers are only asked with some types."""
    return servers.split() if kind.lower() in _MANUAL else []


def followed(facts: Facts) -> str:
    """Return what Windows Time follows, for people.

    Raises:
        StateUnknown: a state is not known.
    """
    kind, servers = _effective(facts)
    if kind.lower() == "nt5ds":
        return "the domain"
    return " ".join(_followed(kind, servers)) or "nothing"


def _effective(facts: Facts) -> tuple[str, str]:
    kind, servers = (
        _text(policy if policy != "absent" else own)
        for policy, own in (
            (states.state_of(facts, _TYPE_POLICY), states.state_of(facts, TYPE)),
            (states.state_of(facts, _SERVERS_POLICY), states.state_of(facts, SERVERS)),
        )
    )
    return kind, servers


def wanted_source(
    facts: Facts, options: Mapping[str, Json], servers: Sequence[str]
) -> list[tuple[Thing, Target]] | Refusal:
    """Return what becomes of the settings, or why they must not be changed.

    Raises:
        StateUnknown: a state is not known, or could not be put back.
    """
    if states.state_of(facts, _CLIENT_POLICY) == "DWord 0":
        return Refusal(
            f"group policy forbids that Windows Time asks any server: expected {_CLIENT_POLICY.name} to be absent or"
            " DWord 1, found DWord 0; change the policy (Enable Windows NTP Client)"
        )
    client: list[tuple[Thing, Target]] = [(CLIENT, switched_on)]
    kind, configured = _effective(facts)
    there = _followed(kind, configured)
    if not servers:
        source = _own_source(facts, kind, there)
        return source if isinstance(source, Refusal) else [*client, *source]
    names = [entry.partition(",")[0].lower() for entry in there]
    missing = [server for server in servers if server.lower() not in names]
    others = bool(options.get("replace")) and any(name not in map(str.lower, servers) for name in names)
    if not missing and not others:
        return client
    for policy in (_TYPE_POLICY, _SERVERS_POLICY):
        if states.state_of(facts, policy) != "absent":
            return Refusal(
                f"group policy says what Windows Time follows: expected {policy.name} to be absent, found"
                f" {states.state_of(facts, policy)}; name the servers in the policy (Configure Windows NTP Client)"
            )
    given = [*there, *(f"{server},{_AS_CLIENT}" for server in missing)]
    if options.get("replace"):
        given = [f"{server},{_AS_CLIENT}" for server in servers]

    def asking(state: str) -> str:
        """One that follows the domain and servers goes on with both, unless it shall follow these alone."""
        return state if _text(state).lower() in _MANUAL and not options.get("replace") else BY_SERVERS

    return [*client, (TYPE, asking), (SERVERS, f"String {' '.join(given)}")]


def as_words(source: Sequence[tuple[Thing, Target]]) -> str:
    """Return type and servers of a source as the service as a whole tells them, where there is none yet."""
    told = {thing: _text(target("absent") if callable(target) else target) for thing, target in source}
    return " ".join(told[thing] for thing in (TYPE, SERVERS) if thing in told)


def _own_source(facts: Facts, kind: str, there: Sequence[str]) -> list[tuple[Thing, Target]] | Refusal:
    """Return what follows where no servers are given: what is configured stays, else a member follows its domain."""
    hardware = facts.tree["hardware"]
    member = isinstance(hardware, dict) and hardware["domain_member"] is True
    if there or (member and kind.lower() in ("nt5ds", "allsync")):
        return []
    if not member:
        return Refusal(
            f"Windows Time is told to follow {'the domain' if kind.lower() == 'nt5ds' else 'nothing'}, and the machine"
            " is no member of a domain; name time servers with the option servers"
        )
    if states.state_of(facts, _TYPE_POLICY) != "absent":
        return Refusal(
            f"group policy says what Windows Time follows: expected {_TYPE_POLICY.name} to be absent or String NT5DS,"
            f" found {states.state_of(facts, _TYPE_POLICY)}; change the policy (Configure Windows NTP Client)"
        )
    return [(TYPE, BY_DOMAIN)]
