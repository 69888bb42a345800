# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the clock's offset and of what keeps it."""

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts import clock_bracket
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import clock
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import (
    process,
    running,
    systemd,
    sysv,
    unit,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
)

AnswerDict = dict[Read, "str | Status | Printed"]
UNKNOWN = "unknown"
NOW = 1_700_000_000.5

CHRONY_GOOD = """\
Reference ID    : A29FC87B (162.159.200.123)
Stratum         : 4
System time     : 0.000012345 seconds fast of NTP time
Leap status     : Normal
"""
CHRONY_LOST = CHRONY_GOOD.replace("Normal", "Not synchronised")
NTPQ_NEW = """\
associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,
version="ntpd ntpsec-1.2.2", processor="x86_64", leap=00, stratum=3, precision=-23,
"""
NTPQ_OLD = """\
assID=0 status=06f4 leap_none, sync_ntp, 15 events, event_peer/strat_chg,
version="ntpd 4.2.2p1@1.1570-o", stratum=3, precision=-20, leap=00,
"""
NTPQ_ALARM = """\
associd=0 status=c016 leap_alarm, sync_unspec, 1 event, restart,
leap=11, stratum=16, precision=-23, refid=INIT,
"""


def parse(answers: AnswerDict, found: Recording | None = None) -> dict[str, object]:
    facts = dict(clock.SUBJECT.parse(found or recording(answers)))
    return {name: UNKNOWN if isinstance(value, Unknown) else value for name, value in facts.items()}


@pytest.mark.parametrize(
    ("sent", "started", "finished", "received", "offset", "uncertainty"),
    [
        (NOW, NOW + 0.25, NOW + 0.5, NOW + 1, -0.125, 0.375),
        (NOW, NOW + 60.25, NOW + 60.5, NOW + 1, 59.875, 0.375),
        (NOW, NOW - 60, NOW - 60, NOW, -60, 0),
        (1_699_999_999.0, 1_700_000_000.0, 1_700_000_000.0, 1_700_000_000.5, 0.75, 1.25),
        (NOW, NOW + 2, NOW + 90, NOW + 3, None, None),
    ],
)
def test_the_offset_is_what_the_bracket_allows(
    sent: float, started: float, finished: float, received: float, offset: float | None, uncertainty: float | None
) -> None:
    facts = parse({}, recording({}, sent=sent, started=started, finished=finished, received=received))
    if offset is None or uncertainty is None:
        assert facts["offset_seconds"] == UNKNOWN
    else:
        assert facts["offset_seconds"] == pytest.approx(offset)
        assert facts["uncertainty_seconds"] == pytest.approx(uncertainty)


def test_an_offline_recording_has_no_offset() -> None:
    found = clock_bracket.offset(recording({}))
    assert isinstance(found, Unknown)
    assert "offline" in found.reason


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (CHRONY_GOOD, True),
        (CHRONY_LOST, False),
        (Printed("506 Cannot talk to daemon\n", 1), UNKNOWN),
        ("", UNKNOWN),
        (Status.ABSENT, UNKNOWN),
    ],
)
def test_chrony_says_whether_it_follows(answer: str | Printed | Status, expected: object) -> None:
    facts = parse({**systemd(unit("chronyd.service")), clock.CHRONY: answer})
    assert (facts["daemon"], facts["daemon_running"], facts["daemon_autostart"]) == ("chrony", True, True)
    assert facts["synchronized"] == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (NTPQ_NEW, True),
        (NTPQ_OLD, True),
        (NTPQ_ALARM, False),
        ("ntpq: read: Connection refused\n", UNKNOWN),
        (Printed("", 1), UNKNOWN),
    ],
)
def test_ntpd_of_every_age_says_whether_it_follows(answer: str | Printed, expected: object) -> None:
    init = sysv("/etc/init.d/ntpd", "/etc/rc3.d/S58ntpd", processes_found=running(process(40, "ntpd")))
    facts = parse({**init, clock.NTP: answer})
    assert (facts["daemon"], facts["daemon_autostart"], facts["synchronized"]) == ("ntpd", True, expected)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("/run/systemd/timesync\n/run/systemd/timesync/synchronized\n", True),
        ("/run/systemd/timesync\n", False),
        ("", UNKNOWN),
        (Status.UNREADABLE, UNKNOWN),
    ],
)
def test_timesyncd_leaves_a_mark(answer: str | Status, expected: object) -> None:
    facts = parse({**systemd(unit("systemd-timesyncd.service")), clock.TIMESYNCD: answer})
    assert (facts["daemon"], facts["synchronized"]) == ("timesyncd", expected)


def test_the_daemon_that_runs_is_told_before_the_ones_that_are_enabled() -> None:
    stopped = unit("chronyd.service", ActiveState="inactive")
    assert parse(systemd(stopped, unit("ntpd.service", UnitFileState="disabled", WantedBy="")))["daemon"] == "ntpd"
    assert parse(systemd(stopped))["daemon"] == "chrony"


def test_a_daemon_that_does_not_run_follows_nothing() -> None:
    facts = parse(systemd(unit("chronyd.service", ActiveState="failed")))
    assert (facts["daemon_running"], facts["daemon_autostart"], facts["synchronized"]) == (False, True, False)


def test_a_machine_without_a_daemon() -> None:
    facts = parse(systemd())
    assert [facts[name] for name in ("daemon", "daemon_running", "daemon_autostart", "synchronized")] == [
        "none",
        False,
        False,
        False,
    ]
