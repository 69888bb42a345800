# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads one rule of nftables. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Union

from .firewall_chains import ACCEPT, DENY, EITHER, GOTO, JUMP, RETURN, Connection, Rule
from .firewall_nft_match import Match, matches

#: A rule is words, and lists of words where it has braces.
Word = Union[str, "list[Word]"]

_VERDICTS = {"accept": ACCEPT, "drop": DENY, "reject": DENY, "return": RETURN, "jump": JUMP, "goto": GOTO}
_META = ("iifname", "iif", "l4proto", "nfproto", "protocol", "pkttype")
_KEYS = {"ip": ("saddr", "daddr", "protocol"), "tcp": ("dport", "sport", "flags"), "ct": ("state", "status")}
#: Headers that a TCP connection over IPv4 does not have.
_OTHERS = ("ip6", "udp", "icmp", "icmpv6", "sctp", "dccp", "udplite", "igmp", "esp", "ah", "comp", "arp")
_FLAG = r"(?:fin|syn|rst|psh|ack|urg|ecn|cwr)"


def read_rule(words: Sequence[Word], connection: Connection) -> Rule | None:
    """Return what the rule does with the connection, none where it does not concern it."""
    return _Reader(list(words), connection).read()


class _Reader:
    def __init__(self, words: list[Word], connection: Connection) -> None:
        self._words = words
        self._at = 0
        self._connection = connection
        self._sources: tuple[str, ...] = ()
        self._doubt = ""

    def read(self) -> Rule | None:
        while self._at < len(self._words):
            word = self._next()
            if isinstance(word, str) and word in _VERDICTS:
                return self._rule(word, self._next_text() if word in ("jump", "goto") else "")
            matched = self._condition(word)
            if isinstance(matched, Rule):
                return matched
            if matched is False:
                return None
            if isinstance(matched, tuple):
                if self._sources and self._sources != matched:
                    matched = None
                else:
                    self._sources = matched
            if matched is None:
                self._doubt = f"a firewall rule could not be understood: {_text(self._words)[:200]}"
                if not self._skip_to_verdict():
                    return Rule(EITHER, "", self._sources, self._doubt)
        return None

    def _rule(self, verdict: str, chain: str) -> Rule:
        return Rule(_VERDICTS[verdict], chain, self._sources, self._doubt)

    def _next(self) -> Word:
        self._at += 1
        return self._words[self._at - 1] if self._at <= len(self._words) else ""

    def _next_text(self) -> str:
        word = self._next()
        return word if isinstance(word, str) else ""

    def _peek(self, *expected: str) -> bool:
        return self._at < len(self._words) and self._words[self._at] in expected

    def _skip_to_verdict(self) -> bool:
        while self._at < len(self._words) and not self._peek(*_VERDICTS):
            self._at += 1
        return self._at < len(self._words)

    def _condition(self, word: Word) -> Match | Rule:
        if not isinstance(word, str):
            return None
        if word in ("counter", "log", "comment", "limit", "continue", "notrack"):
            return self._statement(word)
        if word == "fib":
            kind = [self._next_text(), self._next_text()]
            return self._compare("fib type") if kind == ["daddr", "type"] else None
        if word == "th":
            word = "tcp"
        if word in _OTHERS:
            return False
        key = word if word in _META else self._next_text()
        if word in _META or (word == "meta" and key in _META) or key in _KEYS.get(word, ()):
            return self._compare(key)
        return None

    def _statement(self, word: str) -> bool | None:
        if word == "limit":
            over = self._peek("rate") and self._next() == "rate" and self._peek("over")
            if self._words[self._at - 1] != "rate":
                return None  # a limit with a name
            while self._at < len(self._words) and re.fullmatch(r"over|burst|packets|[\d/a-z]*\d+[/a-z]*", self._here()):
                self._at += 1
            return not over
        if word == "comment":
            self._at += 1
        elif word == "counter" and self._peek("packets", "name"):
            self._at += 4 if self._peek("packets") else 2
        while word == "log" and self._peek("prefix", "level", "group", "snaplen", "queue-threshold", "flags"):
            self._at += 2
            if self._words[self._at - 2] == "flags" and self._words[self._at - 1 : self._at] in (["ip"], ["tcp"]):
                list(self._values())
        return True

    def _here(self) -> str:
        word = self._words[self._at] if self._at < len(self._words) else "}"
        return word if isinstance(word, str) else "{"

    def _compare(self, key: str) -> Match | Rule:
        if key == "flags":
            return self._flags()
        if self._peek("vmap"):
            self._at += 1
            return self._map(key)
        negated = self._peek("!=", "ne")
        if negated or self._peek("==", "eq"):
            self._at += 1
        if self._peek("<", ">", "<=", ">=", "&", "|", ".", "and", "or", "set"):
            return None
        matched = matches(key, list(self._values()), self._connection)
        if self._peek("."):
            return None
        if negated:
            return None if matched is None or isinstance(matched, tuple) else not matched
        return matched

    def _values(self) -> Iterator[str]:
        word = self._next()
        if isinstance(word, list):
            yield from (_text(element[:1]) for element in _split(word))
            return
        yield word
        while self._peek(","):
            self._at += 1
            yield self._next_text()

    def _map(self, key: str) -> Rule | bool | None:
        table = self._next()
        if not isinstance(table, list):
            return None
        for element in _split(table):
            words = [part for word in element if isinstance(word, str) for part in re.split(r"(?<=\w):$", word) if part]
            verdict = next((word for word in words if word in _VERDICTS), "")
            matched = matches(key, words[:1], self._connection)
            if matched is True and verdict:
                return self._rule(verdict, words[-1] if verdict in ("jump", "goto") else "")
            if matched is not False:
                return None
        return False

    def _flags(self) -> bool | None:
        text = ""
        while re.fullmatch(rf"[()|&/,!=]+|0x0+|[(]?{_FLAG}([|]{_FLAG})*[)]?", self._here()):
            text += self._next_text()
        masked = re.fullmatch(r"&\(?([a-z|]+)\)?(==|!=)\(?([a-z|]+|0x0+)\)?", text)
        slashed = re.fullmatch(r"(!?=?)([a-z,]+|0x0+)/([a-z,]+)", text)
        if masked is not None:
            mask, wanted, negated = masked[1], masked[3], masked[2] == "!="
        elif slashed is not None:
            mask, wanted, negated = slashed[3], slashed[2], slashed[1] != ""
        elif re.fullmatch(r"(==|!=)?[a-z,]+", text):
            # Without a mask: one of these flags is set; "!= syn" is "not exactly syn".
            return text != "!=syn" and ("syn" in text) is ("!" not in text)
        else:
            return None
        met = set(re.findall("[a-z]{3}", wanted)) == ({"syn"} if "syn" in mask else set())
        return met is not negated


def _split(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield the elements of a set."""
    element: list[Word] = []
    for word in (*words, ","):
        if word == "\n":
            continue
        if word == ",":
            if element:
                yield element
            element = []
        else:
            element.append(word)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word if isinstance(word, str) else f"{{ {_text(word)} }}" for word in words)
