# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest
from ansible_collections.preflight.azure.plugins.plugin_utils.time_limit import TimeLimitExceeded, time_limit


def test_block_in_time_is_left_alone() -> None:
    with time_limit(5):
        done = subprocess.run(["true"], check=True)
    assert done.returncode == 0
    assert signal.alarm(0) == 0


def test_block_out_of_time_ends_with_what_it_started() -> None:
    started: list[subprocess.Popen[bytes]] = []

    def work() -> None:
        with time_limit(1):
            started.append(subprocess.Popen(["sleep", "60"]))
            started[0].wait()

    with pytest.raises(TimeLimitExceeded):
        work()
    assert started[0].wait(timeout=5) == -signal.SIGTERM


def test_connection_plugin_cannot_swallow_the_end() -> None:
    """They catch every ``Exception`` and try again."""
    assert not issubclass(TimeLimitExceeded, Exception)


def test_earlier_alarm_goes_on() -> None:
    def outer(_number: int, _frame: object) -> None:
        raise InterruptedError

    earlier = signal.signal(signal.SIGALRM, outer)
    try:
        signal.alarm(2)
        with time_limit(30):
            pass
        with pytest.raises(InterruptedError):
            time.sleep(10)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, earlier)


def test_processes_from_before_are_spared() -> None:
    before = subprocess.Popen(["sleep", "60"])
    try:
        with pytest.raises(TimeLimitExceeded), time_limit(1):
            time.sleep(10)
        assert before.poll() is None
        os.kill(before.pid, 0)
    finally:
        before.kill()
        before.wait()
