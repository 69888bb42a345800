# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of iptables and ufw: their lines, and where these go. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Union

from ..facts.linux import firewall_iptables, firewall_ufw
from ..facts.linux.firewall_chains import Outcome
from .contract import Refusal
from .firewall_port_rules import Opening, Wish, latest_place

#: The chain that ufw has for the rules of its users.
UFW_CHAIN = "ufw-user-input"


def saved_line(opening: Opening, chain: str, named: bool) -> str:
    """Return the rule as iptables-save shows it; ``named`` with a comment."""
    source = f"-s {opening.source} " if opening.source else ""
    comment = f'-m comment --comment "{opening.comment}" ' if named else ""
    return f"-A {chain} {source}-p tcp -m tcp --dport {opening.port} {comment}-j ACCEPT"


def live_places(
    text: str, chain: str, wishes: Sequence[tuple[Wish, Sequence[Opening]]], where: str
) -> Union[list[int], Refusal]:
    """Return for each rule its number in the chain, as they are put in one after the other."""
    numbers: list[int] = []
    lines = text.splitlines(keepends=True)
    for wish, openings in wishes:
        rules = [saved_line(opening, chain, False) + "\n" for opening in openings]
        place = _place(lines, chain, rules, wish, where)
        if isinstance(place, Refusal):
            return place
        before = sum(1 for line in lines[:place] if _is_of(line, chain))
        lines[place:place] = rules
        numbers += [before + 1 + index for index in range(len(rules))]
    return numbers


def with_rules(
    lines: Sequence[str], wishes: Sequence[tuple[Wish, Sequence[Opening]]], named: bool, end: str, where: str
) -> Union[list[str], Refusal]:
    """Return the lines of a file as iptables-restore reads it, with the rules in their places."""
    changed = list(lines)
    for wish, openings in wishes:
        rules = [saved_line(opening, "INPUT", named) + end for opening in openings]
        place = _place(changed, "INPUT", rules, wish, where)
        if isinstance(place, Refusal):
            return place
        changed[place:place] = rules
    return changed


def with_ufw_rules(
    lines: Sequence[str],
    policy: str,
    wishes: Sequence[tuple[Wish, Sequence[Opening]]],
    named: bool,
    where: str,
) -> Union[list[str], Refusal]:
    """Return the lines of the file in which ufw keeps the rules of its users, with the rules in their places."""
    changed = list(lines)
    for wish, openings in wishes:
        rules = [line for opening in openings for line in _ufw_lines(opening, named)]

        def outcome(place: int, rules: list[str] = rules, wish: Wish = wish) -> Outcome:
            return firewall_ufw.rules_accept([*changed[:place], *rules, *changed[place:]], policy, wish.connection)

        marks = ("### tuple ###", "### END RULES ###")
        places = [index for index, line in enumerate(changed) if line.startswith(marks)]
        place = latest_place(reversed(places), outcome, wish, where)
        if isinstance(place, Refusal):
            return place
        changed[place:place] = rules
    return changed


def _ufw_lines(opening: Opening, named: bool) -> Iterator[str]:
    source = opening.source.removesuffix("/32") or "0.0.0.0/0"
    comment = f" comment={b'preflight.azure'.hex()}" if named else ""
    yield f"### tuple ### allow tcp {opening.port} 0.0.0.0/0 any {source} in{comment}\n"
    limited = f" -s {source}" if opening.source else ""
    yield f"-A {UFW_CHAIN} -p tcp --dport {opening.port}{limited} -j ACCEPT\n"
    yield "\n"


def _place(lines: list[str], chain: str, rules: list[str], wish: Wish, where: str) -> Union[int, Refusal]:
    def outcome(place: int) -> Outcome:
        return accepts("".join([*lines[:place], *rules, *lines[place:]]), wish.connection)

    accepts: Callable[..., Outcome] = firewall_iptables.accepts
    return latest_place(_places(lines, chain), outcome, wish, where)


def _places(lines: Sequence[str], chain: str) -> Iterator[int]:
    """Yield the places for a rule of the chain in the table "filter", the last one first."""
    table, found = "", list[int]()
    for index, line in enumerate(lines):
        if line.startswith("*"):
            table = line.strip()
        elif table == "*filter" and (line.strip() == "COMMIT" or _is_of(line, chain)):
            found.append(index)
        if line.strip() == "COMMIT":
            table = ""
    yield from reversed(found)


def _is_of(line: str, chain: str) -> bool:
    return re.match(rf"(\[\d+:\d+\] )?-A {re.escape(chain)}\s", line) is not None
