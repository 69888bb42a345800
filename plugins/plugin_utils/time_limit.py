# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A limit for the time that a connection may take. Private to this collection."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeLimitExceeded(BaseException):
    """The block took too long. Not an ``Exception``: connection plugins catch those and try again."""


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Limit the time of a block; what it started and left behind is ended.

    ssh has no limit of its own once it is logged on, and a task's ``timeout`` keyword ends the task without a result.
    An alarm that was set before (by that keyword) goes on afterwards. Outside the main thread there is no limit.

    Raises:
        TimeLimitExceeded: the time was up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(_number: int, _frame: FrameType | None) -> None:
        raise TimeLimitExceeded

    before = _children()
    earlier_alarm = signal.alarm(0)
    earlier_handler = signal.signal(signal.SIGALRM, expire)
    started = time.monotonic()
    signal.alarm(seconds)
    try:
        yield
    except TimeLimitExceeded:
        for pid in _children() - before:
            _end(pid)
        raise
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, earlier_handler)
        if earlier_alarm:
            signal.alarm(max(1, earlier_alarm - int(time.monotonic() - started)))


def _children() -> set[int]:
    """Return the processes that this one started, as far as the system tells (Linux does)."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:
            return {int(pid) for pid in children.read().split()}
    except OSError:
        return set()


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError:
        return
