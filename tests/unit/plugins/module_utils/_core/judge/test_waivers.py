# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.waivers import (
    WAIVER,
    WaiverError,
    Waivers,
    parse,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import our_catalogue

RULES = our_catalogue().requirements
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
GOOD: dict[str, Any] = {
    "requirement": "linux.lsof",
    "machines": "web*",
    "reason": "The installer is patched.",
    "approver": "J. Doe",
    "expires": "2026-11-20",
}


def held(entries: list[dict[str, Any]], machine: str = "web01", now: datetime = NOW) -> bool:
    return parse(entries, RULES).find(WAIVER, "linux.lsof", machine, now) is not None


@pytest.mark.parametrize("machines", ["web*", "web0[12]", "web01", ["db*", "web01"], "*"])
def test_machines_are_matched_by_name(machines: Any) -> None:
    assert held([{**GOOD, "machines": machines}])


@pytest.mark.parametrize("machines", ["db*", "WEB*", "web", ["a", "b"]])
def test_other_machines_are_not(machines: Any) -> None:
    assert not held([{**GOOD, "machines": machines}])


def test_a_waiver_holds_to_the_end_of_its_day_in_utc() -> None:
    last = datetime(2026, 11, 20, 23, 59, 59, tzinfo=timezone.utc)
    assert held([GOOD], now=last)
    assert not held([GOOD], now=last + timedelta(seconds=1))
    assert held([GOOD], now=datetime(2026, 11, 21, 1, 0, tzinfo=timezone(timedelta(hours=2))))


def test_the_one_that_holds_longest_is_taken() -> None:
    entries = [GOOD, {**GOOD, "expires": date(2027, 1, 1), "reason": "later", "ticket": "T-1"}]
    found = parse(entries, RULES).find(WAIVER, "linux.lsof", "web01", NOW)
    assert found is not None
    assert (found.reason, found.expires, found.ticket) == ("later", "2027-01-01", "T-1")


def test_an_alias_names_the_requirement() -> None:
    rules = [dataclasses.replace(each, aliases=("linux.old",)) if each.id == "linux.lsof" else each for each in RULES]
    assert parse([{**GOOD, "requirement": "linux.old"}], rules).find(WAIVER, "linux.lsof", "web01", NOW)


def test_expired_and_unknown_entries_are_said() -> None:
    waivers = parse([{**GOOD, "expires": "2026-01-01"}, {**GOOD, "requirement": "linux.gone"}, GOOD], RULES)
    assert waivers.notices(NOW) == [
        "The waiver for linux.lsof on web* expired on 2026-01-01 and is not applied; renew or remove it.",
        "An entry names linux.gone, no requirement of this catalogue; correct it.",
    ]
    assert waivers.unknown == ("linux.gone",)


def test_nothing_given_is_no_waiver() -> None:
    assert parse(None, RULES) == parse([], RULES) == Waivers()


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({**GOOD, "expires": None}, "entry 1: expires: expected a date such as 2026-12-31, found nothing"),
        ({**GOOD, "expires": "20261231"}, "expires: expected a date"),
        ({**GOOD, "expires": "2026-02-30"}, "expires: expected a date"),
        ({**GOOD, "expires": "9999-12-31"}, "expires: expected a date"),
        ({**GOOD, "reason": " "}, "entry 1: reason: expected a text, found ' '; add it"),
        ({**GOOD, "approver": 7}, "approver: expected a text, found 7"),
        ({**GOOD, "ticket": 7}, "ticket: expected a text, found 7"),
        ({**GOOD, "machines": []}, "machines: expected a name"),
        ({**GOOD, "machines": ["a", 1]}, "machines: expected a name"),
        ({**GOOD, "kind": "pardon"}, "kind: expected waiver or attestation, found 'pardon'"),
        ({**GOOD, "expire": "2026-12-31"}, "expire: there is no such key; known: requirement, reason"),
        ("linux.lsof", "entry 1: expected keys such as requirement"),
    ],
)
def test_wrong_entry_is_explained(entry: Any, expected: str) -> None:
    with pytest.raises(WaiverError) as error:
        parse([entry], RULES)
    assert expected in str(error.value)


def test_all_mistakes_are_listed() -> None:
    with pytest.raises(WaiverError) as error:
        parse([{}, GOOD, 3], RULES)
    assert len(error.value.problems) == 6
    with pytest.raises(WaiverError, match="expected a list of entries"):
        parse({"requirement": "x"}, RULES)
