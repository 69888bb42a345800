# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ufw and SuSEfirewall2 let in after a reboot, out of their files. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...collector.read import command, file
from ...collector.recording import Recording
from ..fact import Unknown
from .firewall_chains import ACCEPT, DENY, EITHER, Connection, Outcome, Rule, judge
from .firewall_iptables import on_interface

#: The state, the default policy and the rules that users made; old versions keep those under /lib.
UFW = command(
    "ufw files",
    "test ! -d /etc/ufw || grep -HE '^(ENABLED|DEFAULT_INPUT_POLICY)=|^### tuple ###'"
    " /etc/ufw/ufw.conf /etc/default/ufw /etc/ufw/user.rules /lib/ufw/user.rules",
)
SUSE = file("/etc/sysconfig/SuSEfirewall2")

_ACTIONS = {"allow": ACCEPT, "limit": ACCEPT, "deny": DENY, "reject": DENY}
_ANY = ("0.0.0.0/0", "any")


def ufw_enabled(recording: Recording) -> bool | Unknown:
    """Whether ufw is switched on, which its service asks for when it starts."""
    answer = recording.answer(UFW)
    if not answer.answered:
        return Unknown(answer.reason)
    if re.search(r"ufw\.conf: Permission denied", answer.text):
        return Unknown("/etc/ufw/ufw.conf could not be read without root rights")
    return re.search(r"ufw\.conf:ENABLED=[\"']?yes", answer.text, re.IGNORECASE) is not None


def ufw_accepts(recording: Recording, connection: Connection) -> Outcome:
    """Return whether the users' rules let the connection in; those in before.rules are taken for the ones shipped."""
    answer = recording.answer(UFW)
    if not answer.answered:
        return Outcome(Unknown(answer.reason))
    if "Permission denied" in answer.text:
        return Outcome(Unknown("the rules of ufw could not be read without root rights"))
    return rules_accept(answer.lines, ufw_policy(answer.text), connection)


def ufw_policy(text: str) -> str:
    """Return what ufw does with connections that no rule names."""
    policy = re.search(r"DEFAULT_INPUT_POLICY=[\"']?(\w+)", text)
    return ACCEPT if policy and policy[1].upper() == "ACCEPT" else DENY


def rules_accept(lines: Iterable[str], policy: str, connection: Connection) -> Outcome:
    """Return whether the rules among the lines of a file of ufw let the connection in."""
    rules: list[Rule] = []
    for line in lines:
        fields = line.partition("### tuple ###")[2].split()
        rule = _tuple(fields, connection, line) if fields else None
        if rule is not None:
            rules.append(rule)
    return judge({"INPUT": rules}, "INPUT", policy)


def _tuple(fields: list[str], connection: Connection, line: str) -> Rule | None:
    doubt = f"a rule of ufw could not be understood: {line.partition('###')[2][:200]}"
    if fields[0].startswith("route:"):
        return None
    fields = [field for field in fields if not field.startswith("comment=")]
    if len(fields) < 6:
        return Rule(EITHER, doubt=doubt)
    action, protocol, ports, destination, from_ports, source = fields[:6]
    way, _underscore, interface = fields[-1].partition("_") if len(fields) > 6 else ("in", "", "")
    if way != "in" or protocol not in ("tcp", "any") or not _has_port(ports, connection.port):
        return None
    on_it = on_interface(interface, connection) if interface else True
    if on_it is False:
        return None
    verdict = _ACTIONS.get(action.partition("_")[0], EITHER)
    certain = on_it and destination in _ANY and from_ports == "any" and verdict != EITHER
    return Rule(verdict, "", () if source in _ANY else (source,), "" if certain else doubt)


def _has_port(ports: str, port: int) -> bool:
    if ports == "any":
        return True
    spans = (re.fullmatch(r"(\d{1,5})(?::(\d{1,5}))?", part) for part in ports.split(","))
    return any(int(span[1]) <= port <= int(span[2] or span[1]) for span in spans if span)


def suse_accepts(recording: Recording, connection: Connection) -> Outcome:
    """Return whether SuSEfirewall2 lets the connection in from its external zone, in which adapters are by default."""
    answer = recording.answer(SUSE)
    if not answer.answered:
        return Outcome(Unknown(answer.reason))
    settings = dict(re.findall(r"^(FW_\w+)=[\"']?([^\"'\n]*)", answer.text, re.MULTILINE))
    services = settings.get("FW_SERVICES_EXT_TCP", "").split()
    if any(_has_port("22" if service == "ssh" else service, connection.port) for service in services):
        return Outcome(True)
    if connection.port == 22 and "sshd" in settings.get("FW_CONFIGURATIONS_EXT", "").split():
        return Outcome(True)
    other = [name for name in ("FW_SERVICES_ACCEPT_EXT", "FW_TRUSTED_NETS", "FW_CUSTOMRULES") if settings.get(name)]
    other += [name for name in ("FW_DEV_INT", "FW_DEV_DMZ") if settings.get(name)]
    other += [name for name in services if not re.fullmatch(r"[\d:]+|ssh", name)][:1]
    if other:
        return Outcome(Unknown(f"what {other[0]} of SuSEfirewall2 lets in could not be told"))
    return Outcome(False)
