# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads rules as iptables-save writes them. Private to this collection."""

from __future__ import annotations

import re
import shlex
from typing import Union

from .firewall_chains import ACCEPT, DENY, EITHER, GOTO, JUMP, RETURN, Connection, Outcome, Rule, judge

_ACTIONS = {"ACCEPT": ACCEPT, "DROP": DENY, "REJECT": DENY, "RETURN": RETURN}
#: Targets that let the packet go on to the next rule.
_PASSING = frozenset(
    ("LOG", "NFLOG", "ULOG", "AUDIT", "MARK", "CONNMARK", "SECMARK", "CONNSECMARK", "TCPMSS", "TRACE", "SET", "DSCP")
)
#: Matches whose options are understood; limits are judged for the first connection of a source.
_MATCHES = frozenset(("tcp", "state", "conntrack", "multiport", "comment", "addrtype", "pkttype"))
_LIMITS = frozenset(("recent", "limit", "hashlimit", "connlimit"))
_TWO_VALUES = ("--tcp-flags", "-c", "--set-counters")
_NO_VALUE = ("--syn", "--set", "--rcheck", "--update", "--rsource", "--rdest", "--rttl", "--reap", "--remove")
_SHORT = ("-f", "--fragment", "-4", "-6")
#: Options that do not change whether a first connection matches.
_INDIFFERENT = re.compile(
    r"--(comment|name|mask|seconds|rsource|rdest|rttl|reap|set|limit|limit-burst|connlimit-(upto|mask|saddr|daddr))"
    r"|--hashlimit(-(upto|burst|mode|name|srcmask|dstmask|htable-.*))?|-c|--set-counters|-4"
)
_NOT_AT_FIRST = ("--hitcount", "--hashlimit-above", "--connlimit-above", "-f", "--fragment", "-6", "-o")

#: What an option says of the connection: it matches or not, for these sources only, or that is not understood.
_Match = Union[bool, tuple[str, ...], None]


def accepts(text: str, connection: Connection) -> Outcome:
    """Return whether the table "filter" lets the connection in; without that table everything is let in."""
    tables = re.split(r"^\*(\S+)[ \t\r]*$", text, flags=re.MULTILINE)
    for name, body in zip(tables[1::2], tables[2::2], strict=False):
        if name == "filter":
            return _filter(body, connection)
    return Outcome(True)


def filters(text: str) -> bool:
    """Whether anything that comes in may be refused."""
    return re.search(r"^(:INPUT DROP|-A INPUT )", text, re.MULTILINE) is not None


def _filter(body: str, connection: Connection) -> Outcome:
    chains: dict[str, list[Rule]] = {"INPUT": []}
    policy = ACCEPT
    for line in body.splitlines():
        begin = re.match(r":(\S+)\s+(\S+)", line)
        if begin is not None:
            chains.setdefault(begin[1], [])
            if begin[1] == "INPUT" and begin[2] == "DROP":
                policy = DENY
        elif line.strip() == "COMMIT":
            break
        elif re.match(r"(\[\d+:\d+\] )?(-A|-I|--append) ", line):
            chain, rule = _rule(line, connection)
            if rule is not None:
                chains.setdefault(chain, []).append(rule)
    return judge(chains, "INPUT", policy)


def _rule(line: str, connection: Connection) -> tuple[str, Rule | None]:
    """Return the chain of a line and its rule, none where it does not concern the connection."""
    doubtful = f"a firewall rule could not be understood: {line.strip()[:200]}"
    try:
        words = shlex.split(re.sub(r"^\[\d+:\d+\] ", "", line))
    except ValueError:
        words = line.split()[:2]
    if len(words) < 3 or words[0] == "-I":
        return words[1] if len(words) > 1 else "INPUT", Rule(EITHER, doubt=doubtful)
    chain, rest = words[1], words[2:]
    sources: tuple[str, ...] = ()
    doubt = action = ""
    while rest:
        option, values, negated, rest = _option(rest)
        if option in ("-j", "--jump", "-g", "--goto"):
            action = f"{GOTO if 'g' in option[:3] else JUMP} {values[0] if values else ''}"
            break  # what follows belongs to the target
        match = _matches(option, values, connection, words)
        if isinstance(match, tuple) and (negated or (sources and sources != match)):
            match = None
        if match is None:
            doubt = doubtful
        elif isinstance(match, tuple):
            sources = match
        elif match is negated:
            return chain, None
    return chain, _acting(action, sources, doubt)


def _acting(action: str, sources: tuple[str, ...], doubt: str) -> Rule | None:
    how, _space, target = action.partition(" ")
    if not target or target in _PASSING:
        return None
    if target in _ACTIONS:
        return Rule(_ACTIONS[target], "", sources, doubt)
    return Rule(how, target, sources, doubt)


def _option(words: list[str]) -> tuple[str, list[str], bool, list[str]]:
    """Take one option off the words: its name, its values, whether it is negated, and what follows."""
    negated = words[0] == "!"
    words = words[1:] if negated else words
    if not words:
        return "", [], negated, []
    option, rest = words[0], words[1:]
    if rest and rest[0] == "!" and len(rest) > 1 and not rest[1].startswith("-"):
        negated, rest = True, rest[1:]  # as iptables before 1.4.3 wrote it
    count = 0 if option in _NO_VALUE or option in _SHORT else 2 if option in _TWO_VALUES else 1
    if count == 1 and option != "--comment" and (not option.startswith("-") or rest[:1] == ["!"] or _is_option(rest)):
        count = 0  # an option that is not known: one without a value, or the second value of one
    return option, rest[:count], negated, rest[count:]


def _is_option(words: list[str]) -> bool:
    return words[0].startswith("-") if words else True


def _matches(option: str, values: list[str], connection: Connection, words: list[str]) -> _Match:
    value = values[0] if values else ""
    if _INDIFFERENT.fullmatch(option) or option == "--syn":
        return True
    if option in _NOT_AT_FIRST:
        return False
    if option in ("--rcheck", "--update"):
        return True if "--hitcount" in words else None
    if option in ("-m", "--match"):
        return True if value in _MATCHES or value in _LIMITS else False if value in ("udp", "icmp", "icmp6") else None
    if option in ("-p", "--protocol"):
        return value.lower() in ("tcp", "6", "all", "0")
    if option in ("-i", "--in-interface"):
        return on_interface(value, connection)
    if option in ("-s", "--source", "-d", "--destination"):
        return _address(value, "s" in option[:3])
    if option in ("--dport", "--dports", "--destination-port", "--destination-ports"):
        return _ports(value, connection.port)
    if option in ("--state", "--ctstate"):
        return "NEW" in value.upper().split(",")
    if option == "--tcp-flags" and len(values) == 2:
        mask = set(value.split(","))
        return set(values[1].split(",")) - {"NONE"} == ({"SYN"} if mask & {"SYN", "ALL"} else set())
    if option in ("--dst-type", "--pkt-type"):
        return _local(value.upper())
    return None


def on_interface(pattern: str, connection: Connection) -> bool | None:
    """Whether what comes in through the machine's own adapters comes in through the one that is named."""
    if pattern in ("lo", ""):
        return False
    found = re.compile(re.escape(pattern.rstrip("+*")) + (".*" if pattern[-1] in "+*" else ""))
    matching = [name for name in connection.interfaces if found.fullmatch(name)]
    if not connection.interfaces or 0 < len(matching) < len(connection.interfaces):
        return True if pattern in ("+", "*") else None
    return bool(matching)


def _local(kind: str) -> bool | None:
    if kind in ("LOCAL", "UNICAST", "HOST"):
        return True
    return False if kind in ("BROADCAST", "MULTICAST", "ANYCAST") else None


def _address(value: str, is_source: bool) -> _Match:
    addresses = tuple(value.split(","))
    if any(re.fullmatch(r"0(\.0\.0\.0)?/0(\.0\.0\.0)?", address) for address in addresses):
        return True
    if all(re.match(r"127\.|(22[4-9]|23\d)\.|255\.255\.255\.255", address) for address in addresses):
        return False
    # After a failover the machine has another address: what is let in to the present one says nothing.
    return addresses if is_source else None


def _ports(value: str, port: int) -> bool | None:
    found: bool | None = False
    for part in value.split(","):
        low, colon, high = ("22" if part == "ssh" else part).partition(":")
        low, high = low or "0", (high or "65535") if colon else low
        if not re.fullmatch(r"\d{1,5} \d{1,5}", f"{low} {high}"):
            found = None  # a name of a service
        elif int(low) <= port <= int(high):
            return True
    return found
