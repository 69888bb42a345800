# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The functions that requirements may use besides JMESPath's own. Private to this collection.

Each is pure but ``days_until``, which counts from the time the judge was given. A function that cannot decide raises
:class:`Undetermined`; the finding is then unknown with that sentence, for a guess could be a false pass.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Any

from .language import Functions, signature

#: Longer texts are not matched against patterns: no name or version is that long, and matching stays quick.
LONGEST_TEXT = 1024

_NUMBER: Any = {"types": ["number"]}
_STRING: Any = {"types": ["string"]}
_STRINGS: Any = {"types": ["array-string"]}
_ARRAY: Any = {"types": ["array"]}


class Undetermined(Exception):
    """The facts are known but do not settle the question; the message says why."""


class CatalogueFunctions(Functions):
    """JMESPath's functions and ours, called by name from expressions."""

    def __init__(self, now: datetime | None = None) -> None:
        super().__init__()
        self.now = now or datetime.now(timezone.utc)

    @signature(_STRING, _STRING)
    def _func_version_compare(self, left: str, right: str) -> int:
        """``version_compare('7.10', '7.9')``: -1, 0 or 1, by the leading numbers between dots and hyphens."""
        first, second = _padded(_numbers(left), _numbers(right))
        return (first > second) - (first < second)

    @signature(_STRING, _STRINGS)
    def _func_version_in(self, version: str, ranges: list[str]) -> bool:
        """``version_in(os.version, ['6.1-6.10', '7'])``: in a range, or of a series (``7`` is any 7.x).

        Bounds are included. A version with fewer parts than a bound (``9`` and ``9.1-9.13``) is undetermined, unless
        another entry holds.
        """
        undetermined = ""
        for item in ranges:
            lower, _hyphen, upper = item.partition("-")
            held = _within(_numbers(version), _numbers(lower), _numbers(upper or lower))
            if held:
                return True
            if held is None:
                undetermined = f"version {version} is not precise enough for {item}"
        if undetermined:
            raise Undetermined(undetermined)
        return False

    @signature(_STRING, _STRING)
    def _func_matches(self, text: str, pattern: str) -> bool:
        """``matches(os.hostname, '[a-z]+')``: the whole text matches the regular expression."""
        return _full_match(text, pattern)

    @signature(_STRING, _STRINGS)
    def _func_matches_any(self, text: str, patterns: list[str]) -> bool:
        """``matches_any(os.kernel, limits.kernels)``: the whole text matches one of the regular expressions."""
        return any(_full_match(text, pattern) for pattern in patterns)

    @signature(_STRING)
    def _func_is_ascii(self, text: str) -> bool:
        """``is_ascii(os.hostname)``: only printable ASCII characters; true of an empty text."""
        return text.isascii() and text.isprintable()

    @signature(_STRINGS)
    def _func_not_ascii(self, texts: list[str]) -> list[str]:
        """``not_ascii(storage.device_names)``: those of many texts that ``is_ascii`` is not true of."""
        return [text for text in texts if not (text.isascii() and text.isprintable())]

    @signature(_STRING)
    def _func_upper(self, text: str) -> str:
        """``upper(os.hostname)``: in capital letters."""
        return text.upper()

    @signature(_STRING)
    def _func_lower(self, text: str) -> str:
        """``lower(os.hostname)``: in small letters."""
        return text.lower()

    @signature(_STRING)
    def _func_first_label(self, name: str) -> str:
        """``first_label('web01.example.org')``: the part of a host name before the first dot."""
        return name.partition(".")[0]

    @signature(_ARRAY)
    def _func_unique(self, values: list[object]) -> list[object]:
        """``unique(['a', 'b', 'a'])``: each value once, in order."""
        seen: list[object] = []
        for value in values:
            if value not in seen:
                seen.append(value)
        return seen

    @signature(_STRINGS, _STRINGS)
    def _func_not_in(self, wanted: list[str], found: list[str]) -> list[str]:
        """``not_in(limits.sha256, certificates.roots[].sha256)``: those of the first list that the second lacks."""
        there = set(found)
        return [text for text in wanted if text not in there]

    @signature(_STRINGS)
    def _func_differ_ignoring_case(self, names: list[str]) -> bool:
        """``differ_ignoring_case(['sda', 'sdb'])``: no two different names become one when case is ignored."""
        different = set(names)
        return len({name.casefold() for name in different}) == len(different)

    @signature(_NUMBER)
    def _func_kib(self, count: float) -> float:
        """``kib(`4`)``: kibibytes as bytes."""
        return count * 2**10

    @signature(_NUMBER)
    def _func_mib(self, count: float) -> float:
        """``mib(`600`)``: mebibytes as bytes; Microsoft's documents write MB for it."""
        return count * 2**20

    @signature(_NUMBER)
    def _func_gib(self, count: float) -> float:
        """``gib(`1023`)``: gibibytes as bytes; Microsoft's documents write GB for it."""
        return count * 2**30

    @signature(_NUMBER)
    def _func_tib(self, count: float) -> float:
        """``tib(`2`)``: tebibytes as bytes; Microsoft's documents write TB for it."""
        return count * 2**40

    @signature(_NUMBER, _NUMBER)
    def _func_add(self, left: float, right: float) -> float:
        """``add(a, b)``: the sum."""
        return left + right

    @signature(_NUMBER, _NUMBER)
    def _func_multiply(self, left: float, right: float) -> float:
        """``multiply(a, b)``: the product."""
        return left * right

    @signature(_NUMBER, _NUMBER, _NUMBER)
    def _func_within(self, value: float, uncertainty: float, limit: float) -> bool:
        """``within(clock.offset_seconds, clock.uncertainty_seconds, limits.maximum_seconds)``: |value| at most limit.

        True or false only when the whole interval value ± uncertainty agrees, else undetermined.
        """
        if abs(value) + abs(uncertainty) <= limit:
            return True
        if abs(value) - abs(uncertainty) > limit:
            return False
        raise Undetermined(f"{value:g} ± {abs(uncertainty):g} lies on both sides of the limit {limit:g}")

    @signature(_NUMBER, _NUMBER, _NUMBER)
    def _func_at_most(self, least: float, most: float, limit: float) -> bool:
        """``at_most(a, b, limits.maximum_bytes)``: what lies between ``a`` and ``b`` is at most the limit.

        Undetermined where the limit lies between them.
        """
        if most <= limit:
            return True
        if least > limit:
            return False
        raise Undetermined(f"it lies between {least:.0f} and {most:.0f}, on both sides of the limit {limit:.0f}")

    @signature(_STRING, _STRING)
    def _func_date_before(self, left: str, right: str) -> bool:
        """``date_before(certificate.expires, '2026-02-03')``: the first ISO date is earlier than the second."""
        return _date(left) < _date(right)

    @signature(_STRING)
    def _func_days_until(self, day: str) -> int:
        """``days_until('2026-02-03')``: days from the time of judging (UTC) to an ISO date; negative when past."""
        return (_date(day) - self.now.astimezone(timezone.utc).date()).days


@lru_cache(maxsize=1024)
def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d{1,18}(?:[.-]\d{1,18})*(?!\d)", version)
    if found is None:
        raise Undetermined(f"{version!r} does not start with a version number")
    return tuple(int(part) for part in re.split(r"[.-]", found.group()))


def _padded(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    length = max(len(left), len(right))
    return left + (0,) * (length - len(left)), right + (0,) * (length - len(right))


def _within(version: tuple[int, ...], lower: tuple[int, ...], upper: tuple[int, ...]) -> bool | None:
    """Compare as many parts as each bound has; ``None`` where the version has fewer and could lie on either side."""
    above = {_filled(version, lower, 0) >= lower, _filled(version, lower, math.inf) >= lower}
    below = {_filled(version, upper, 0) <= upper, _filled(version, upper, math.inf) <= upper}
    if above == {False} or below == {False}:
        return False
    return True if above == below == {True} else None


def _filled(version: tuple[int, ...], bound: tuple[int, ...], filler: float) -> tuple[float, ...]:
    return (version + (filler,) * (len(bound) - len(version)))[: len(bound)]


def _full_match(text: str, pattern: str) -> bool:
    if len(text) > LONGEST_TEXT:
        raise Undetermined(f"a text of {len(text)} characters is too long to be matched (at most {LONGEST_TEXT})")
    return re.fullmatch(pattern, text) is not None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Undetermined(f"{text!r} is not a date like 2026-02-03") from None
