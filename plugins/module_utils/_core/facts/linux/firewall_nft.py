# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads rule sets of nftables, as nft lists them and as its files have them. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..fact import Unknown
from .firewall_chains import ACCEPT, DENY, EITHER, Connection, Outcome, Rule, all_of, judge
from .firewall_nft_rule import Word, read_rule

_FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
_DEPTH = 16


@dataclass
class _Chain:
    is_input: bool = False
    policy: str = ACCEPT
    rules: list[list[Word]] = field(default_factory=list)


@dataclass
class RuleSet:
    """Chains by family, table and name; ``doubt`` where something in the text could not be followed."""

    chains: dict[tuple[str, str, str], _Chain] = field(default_factory=dict)
    doubt: str = ""

    def filters(self) -> bool:
        """Whether anything that comes in may be refused."""
        return any(chain.is_input and (chain.rules or chain.policy == DENY) for chain in self.chains.values())

    def has_table(self, family: str, name: str) -> bool:
        """Whether there is a chain in that table."""
        return any(key[:2] == (family, name) for key in self.chains)


def read_rule_set(text: str) -> RuleSet:
    """Return the chains of a text."""
    rule_set = RuleSet()
    try:
        statements = list(_statements(_nested(_tokens(text))))
    except RecursionError:
        return RuleSet(doubt="the rules of nftables are nested too deeply")
    for statement in statements:
        _command([word for word in statement if word not in ("add", "create", "insert")], rule_set)
    return rule_set


def accepts(rule_set: RuleSet, connection: Connection, without: tuple[str, str] = ("", "")) -> Outcome:
    """Return whether all chains of the hook "input" let the connection in.

    Args:
        rule_set: the rules.
        connection: what is asked about.
        without: family and name of a table that is judged elsewhere.
    """
    outcomes: list[Outcome] = [Outcome(Unknown(rule_set.doubt))] if rule_set.doubt else []
    return all_of([*outcomes, *chain_outcomes(rule_set, connection, without).values()])


def chain_outcomes(
    rule_set: RuleSet, connection: Connection, without: tuple[str, str] = ("", "")
) -> dict[tuple[str, str, str], Outcome]:
    """Return what each chain of the hook "input" does with the connection, by family, table and name."""
    outcomes: dict[tuple[str, str, str], Outcome] = {}
    for (family, table, name), chain in rule_set.chains.items():
        if not chain.is_input or family not in ("ip", "inet") or (family, table) == without:
            continue
        chains: dict[str, list[Rule]] = {}
        for key, other in rule_set.chains.items():
            if key[:2] == (family, table):
                found = (read_rule(words, connection) for words in other.rules)
                chains[key[2]] = [rule for rule in found if rule is not None]
        outcomes[family, table, name] = judge(chains, name, chain.policy)
    return outcomes


def _tokens(text: str) -> Iterator[str]:
    for found in re.finditer(r'"[^"\n]*"|#[^\n]*|\\\n|[{};,\n]|[^\s{};,"#]+', text):
        token = found[0]
        if token.startswith("#"):
            # Old versions show what they cannot translate as a comment.
            if re.match(r"# ?(xt_|match |target )", token):
                yield "xt"
        elif token != "\\\n":
            yield token


def _nested(tokens: Iterator[str], depth: int = 0) -> list[Word]:
    words: list[Word] = []
    for token in tokens:
        if token == "}":
            return words
        if token == "{" and depth > _DEPTH:
            raise RecursionError
        words.append(_nested(tokens, depth + 1) if token == "{" else token)
    return words


def _statements(words: list[Word]) -> Iterator[list[Word]]:
    statement: list[Word] = []
    for word in [*words, "\n"]:
        if word in (";", "\n"):
            # A set may be written over several lines behind "elements =" and the like.
            if statement and statement[-1] not in ("=", ","):
                yield statement
                statement = []
        else:
            statement.append(word)
            if isinstance(word, list) and statement[0] in ("table", "chain"):
                yield statement
                statement = []
    if statement:
        yield statement


def _command(statement: list[Word], rule_set: RuleSet) -> None:
    body = statement[-1] if statement and isinstance(statement[-1], list) else None
    words = [word for word in statement if isinstance(word, str)]
    kind = words[0] if words else ""
    names = words[1:] if len(words) > 1 and words[1] in _FAMILIES else ["ip", *words[1:]]
    if kind == "table" and len(names) > 1 and body is not None:
        for inner in _statements(body):
            if inner[0] == "chain" and len(inner) > 2 and isinstance(inner[-1], list):
                _chain(rule_set, (names[0], names[1], str(inner[1])), inner[-1])
            elif inner[0] == "include":
                rule_set.doubt = f"a file that the rules of nftables include was not read: {_text(inner)}"
    elif kind == "chain" and len(names) > 2:
        _chain(rule_set, (names[0], names[1], names[2]), body or [])
    elif kind == "rule" and len(names) > 3:
        rule = statement[4:] if len(words) > 1 and words[1] in _FAMILIES else statement[3:]
        _chain(rule_set, (names[0], names[1], names[2]), rule)
    elif kind == "flush" and words[1:] == ["ruleset"]:
        rule_set.chains.clear()
    elif kind not in ("define", "redefine", "undefine", "flush", "set", "map", "element", "flowtable", "table", ""):
        rule_set.doubt = rule_set.doubt or f"a line of nftables could not be understood: {_text(statement)}"


def _chain(rule_set: RuleSet, key: tuple[str, str, str], body: list[Word]) -> None:
    chain = rule_set.chains.setdefault(key, _Chain())
    for statement in _statements(body):
        if statement[0] == "type":
            chain.is_input = statement[1:4] == ["filter", "hook", "input"]
        if "policy" in statement[:1] or (statement[0] == "type" and "policy" in statement):
            chain.policy = DENY if statement[-1] == "drop" else ACCEPT if statement[-1] == "accept" else EITHER
        elif statement[0] not in ("type", "comment", "flags", "devices", "device"):
            chain.rules.append(statement)


def _text(statement: list[Word]) -> str:
    return " ".join(word for word in statement if isinstance(word, str))[:200]
