# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a time daemon's configuration says; each is as a family ships it, or as people write it."""

from __future__ import annotations

import math

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.clock_sync_correction import duration
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.clock_sync_daemon import (
    Clock,
    Setting,
    gives_up,
    other_file,
    settings_of,
    slew_seconds,
    sources,
    step_threshold,
)

MAIN = {"chrony": "/etc/chrony.conf", "ntpd": "/etc/ntp.conf", "timesyncd": "/etc/systemd/timesyncd.conf"}


def read(daemon: str, *lines: str | tuple[str, str]) -> list[Setting]:
    placed = [line if isinstance(line, tuple) else (MAIN[daemon], line) for line in lines]
    entries: list[object] = [{"path": path, "setting": line} for path, line in placed]
    return settings_of(Facts({"clock": {"configuration": entries}}), daemon)  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("lines", "threshold"),
    [
        (["makestep 1.0 3"], 1.0),
        (["makestep 10 3"], 10.0),
        (["makestep 0.1 -1"], 0.1),
        (["makestep 1 0"], math.inf),
        (["makestep 1.0 3", "makestep 1 0"], math.inf),
        (["makestep 1 0", "makestep 2 3"], 2.0),
        (["makestep nonsense"], 0.0),
        ([], math.inf),
        (["MakeStep 1.0 3"], 1.0),
        (["initstepslew 30 a b"], 30.0),
        (["makestep 1 0", "initstepslew 30 a"], 30.0),
        ([("/etc/sysconfig/chronyd", 'OPTIONS="-F 2 -s"')], 0.0),
        ([("/etc/default/chrony", 'DAEMON_OPTS="-F 1"'), "makestep 1 3"], 1.0),
        (["confdir /etc/chrony/conf.d", "makestep 5 3", ("/etc/chrony/conf.d/a.conf", "makestep 1 3")], 5.0),
        (["makestep 5 3", "include /etc/chrony.d/*.conf", ("/etc/chrony.d/a.conf", "makestep 0.5 3")], 0.5),
        (["makestep 1 0", "confdir /etc/chrony/conf.d", ("/etc/chrony/conf.d/a.conf", "makestep 0.5 3")], 0.5),
    ],
)
def test_chrony_steps_from_where_its_last_directive_says(lines: list[str | tuple[str, str]], threshold: float) -> None:
    assert step_threshold("chrony", read("chrony", *lines)) == threshold


@pytest.mark.parametrize(
    ("lines", "threshold"),
    [
        (["server a"], 0.128),
        (["tinker step 0"], math.inf),
        (["tinker panic 0 step 2"], 2.0),
        (["tinker step"], 0.128),
        ([("/etc/sysconfig/ntpd", 'OPTIONS="-x -u ntp:ntp"')], 600.0),
        ([("/etc/default/ntp", "NTPD_OPTS='-gx'")], 600.0),
        ([("/etc/default/ntp", "NTPD_OPTS='-g'")], 0.128),
    ],
)
def test_ntpd_steps_from_128_milliseconds_on_if_nothing_says_otherwise(
    lines: list[str | tuple[str, str]], threshold: float
) -> None:
    assert step_threshold("ntpd", read("ntpd", *lines)) == threshold


def test_lines_of_another_daemon_are_not_taken() -> None:
    assert read("ntpd", ("/etc/chrony.conf", "server a")) == []
    assert read("chrony", ("/etc/ntp.conf", "server a")) == []


@pytest.mark.parametrize(
    ("daemon", "lines", "found"),
    [
        ("chrony", ["server a iburst", "pool b", "peer c", "sourcedir /x"], ["a", "b", "c"]),
        ("chrony", ["refclock PHC /dev/ptp0 poll 3"], ["PHC /dev/ptp0"]),
        ("ntpd", ["server 127.127.1.0", "server\ta prefer"], ["a"]),
        ("timesyncd", ["NTP=a b", "FallbackNTP=c"], ["a", "b"]),
        ("timesyncd", ["NTP="], []),
    ],
)
def test_sources_are_found(daemon: str, lines: list[str], found: list[str]) -> None:
    assert sources(read(daemon, *lines)) == found


@pytest.mark.parametrize(
    ("daemon", "lines", "seconds"),
    [
        ("chrony", [], 5040),
        ("chrony", ["maxslewrate 500"], 840_000),
        ("chrony", ["maxslewrate 1000000"], 5040),
        ("ntpd", [], 840_000),
        ("timesyncd", [], 840_000),
    ],
)
def test_time_that_slewing_takes_is_told(daemon: str, lines: list[str], seconds: float) -> None:
    assert slew_seconds(daemon, read(daemon, *lines), -420) == pytest.approx(seconds)


def test_ntpd_gives_up_only_beyond_a_thousand_seconds_and_without_its_option() -> None:
    far, near = Clock(-1200.0, 0.1), Clock(900.0, 0.1)
    with_g = read("ntpd", ("/etc/sysconfig/ntpd", 'OPTIONS="-g -u ntp:ntp"'))
    assert [gives_up("ntpd", [], far), gives_up("ntpd", [], near), gives_up("ntpd", with_g, far)] == [
        True,
        False,
        False,
    ]
    assert not gives_up("chrony", [], far)


def test_file_of_its_own_is_seen() -> None:
    assert other_file("chrony", read("chrony", ("/etc/sysconfig/chronyd", "OPTIONS='-f /srv/c.conf'")))
    assert other_file("ntpd", read("ntpd", ("/etc/sysconfig/ntpd", "OPTIONS='-g -c /srv/n.conf'")))
    assert not other_file("ntpd", read("ntpd", ("/etc/sysconfig/ntpd", "OPTIONS='-g'")))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "3 seconds"),
        (0.25, "0.2 seconds"),
        (84, "84 seconds"),
        (300, "5 minutes"),
        (5040, "84 minutes"),
        (9e5, "10.4 days"),
    ],
)
def test_length_of_time_is_told_as_people_say_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words
