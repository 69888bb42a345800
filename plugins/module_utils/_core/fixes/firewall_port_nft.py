# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules of nftables, and where these go in the kernel and in a file. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Union

from ..facts.linux import firewall_nft
from ..facts.linux.firewall_chains import Outcome
from ..facts.linux.firewall_nft_rule import Word
from .contract import Refusal
from .firewall_port_rules import Opening, Wish, latest_place

#: Family, table and name of a chain.
Chain = tuple[str, str, str]
Wishes = Sequence[tuple[Wish, Sequence[Opening]]]

_TOKEN = re.compile(r'"[^"\n]*"|#[^\n]*|\\\n|[{};,\n]|[^\s{};,"#]+')
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def rule_text(opening: Opening) -> str:
    """Return the rule as it stands in a chain."""
    source = f"ip saddr {opening.source} " if opening.source else ""
    return f'{source}tcp dport {opening.port} accept comment "{opening.comment}"'


def refusing_chain(text: str, wishes: Wishes, without: tuple[str, str] = ("", "")) -> Union[Chain, Refusal]:
    """Return the one chain that does not let in what is wished; ``without`` is a table that is looked at elsewhere."""
    rule_set = firewall_nft.read_rule_set(text)
    found: dict[Chain, None] = {}
    for wish, _openings in wishes:
        for key, outcome in firewall_nft.chain_outcomes(rule_set, wish.connection, without).items():
            if wish.missing(outcome) != []:
                found[key] = None
    told = [" ".join(key) for key in found]
    if len(told) != 1:
        return Refusal(f"expected one chain of nftables that refuses it, found {len(told)} ({', '.join(told)})")
    key = next(iter(found))
    if not all(_NAME.fullmatch(word) for word in key):
        return Refusal(f"the chain {told[0]} of nftables has a name that cannot be handled; open it by hand")
    return key


def live_places(text: str, chain: Chain, wishes: Wishes) -> Union[list[str], Refusal]:
    """Return for each rule the handle of the one before which it goes, or ``end``.

    Args:
        text: what ``nft -a list ruleset`` printed.
        chain: where the rules go.
        wishes: what is to be let in.
    """
    rule_set = firewall_nft.read_rule_set(text)
    rules = rule_set.chains[chain].rules
    handles: list[str] = [*_handles(text, chain), "end"]
    if len(handles) != len(rules) + 1:
        return Refusal(f"the rules of the chain {' '.join(chain)} could not be told apart; open it by hand")
    places: list[str] = []
    for wish, openings in wishes:
        new = [_statement(opening) for opening in openings]

        def outcome(place: int, new: list[list[Word]] = new, wish: Wish = wish) -> Outcome:
            rules[place:place] = new
            try:
                return firewall_nft.chain_outcomes(rule_set, wish.connection)[chain]
            finally:
                del rules[place : place + len(new)]

        # A rule that goes in now has no handle yet, so nothing can be put before it.
        usable = [index for index, handle in enumerate(handles) if handle]
        place = latest_place(reversed(usable), outcome, wish, "the rules in the kernel")
        if isinstance(place, Refusal):
            return place
        rules[place:place] = new
        places += [handles[place]] * len(new)
        handles[place:place] = [""] * len(new)
    return places


def _outcome(changed: Mapping[int, str], wish: Wish, offset: int) -> Outcome:
    """Return what becomes of the connection with the file that is changed at this place."""
    return firewall_nft.accepts(firewall_nft.read_rule_set(changed[offset]), wish.connection)


def with_rules(text: str, end: str, chain: Chain, wishes: Wishes, where: str) -> Union[str, Refusal]:
    """Return the text of a file with the rules in their places in the chain."""
    for wish, openings in wishes:
        changed: dict[int, str] = {}
        for offset, indent in _offsets(text, chain):
            new = "".join(f"{indent}{rule_text(opening)}{end}" for opening in openings)
            changed[offset] = f"{text[:offset]}{new}{text[offset:]}"

        place = latest_place(reversed(changed), partial(_outcome, changed, wish), wish, where)
        if isinstance(place, Refusal):
            return place
        text = changed[place]
    return text


def chain_word(text: str, chain: Chain) -> str:
    """Return the handles of the chain and its rules, as ``firewall_live_word`` in the script does."""
    return ".".join([_chain_handle(text, chain), *_handles(text, chain)])


def _statement(opening: Opening) -> list[Word]:
    one = firewall_nft.read_rule_set(f"table inet t {{\nchain c {{\n{rule_text(opening)}\n}}\n}}\n")
    return one.chains["inet", "t", "c"].rules[0]


def _block(text: str, chain: Chain) -> list[str]:
    """Return the lines of a chain as nft lists it, its first line included."""
    family, table, name = chain
    inside, found = False, list[str]()
    for line in text.splitlines():
        if line.startswith("table "):
            inside = line.split()[1:3] == [family, table]
        elif inside and line.split()[:2] == ["chain", name]:
            found.append(line)
        elif found and line.strip() == "}":
            break
        elif found:
            found.append(line)
    return found


def _handles(text: str, chain: Chain) -> list[str]:
    ends = (re.search(r" # handle (\d+)$", line) for line in _block(text, chain)[1:])
    return [end[1] for end in ends if end]


def _chain_handle(text: str, chain: Chain) -> str:
    found = re.search(r"# handle (\d+)$", "".join(_block(text, chain)[:1]))
    return found[1] if found else "0"


def _offsets(text: str, chain: Chain) -> Iterator[tuple[int, str]]:
    """Yield where in a file a line of the chain may begin, and how lines are indented there."""
    stack: list[list[str]] = []
    words: list[str] = []
    indent = "\t\t"
    hooked = False
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token.startswith("#") or token == "\\\n":
            continue
        if token == "{":
            stack.append(words)
            words = []
        elif token == "}":
            words = stack.pop() if stack else []
            words = [] if words[:1] in (["table"], ["chain"]) else [*words, "}"]
        elif token in ("\n", ";"):
            if words and words[-1] not in ("=", ","):
                hooked = hooked or words[0] == "type"
                words = []
        else:
            if not words and len(stack) == 2:
                indent = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
                indent = indent if not indent.strip() else "\t\t"
            words.append(token)
        if token == "{" and _is_chain(stack, chain):
            hooked = False
        if token == "\n" and not words and hooked and _is_chain(stack, chain):
            yield found.end(), indent


def _is_chain(stack: list[list[str]], chain: Chain) -> bool:
    if len(stack) != 2 or stack[1][:1] != ["chain"] or len(stack[1]) != 2:
        return False
    table = [word for word in stack[0] if word != "add"]
    names = table[1:] if len(table) == 3 else ["ip", *table[1:]]
    return table[:1] == ["table"] and tuple(names) == chain[:2] and stack[1][1] == chain[2]
