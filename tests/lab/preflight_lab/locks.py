# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks between lab commands, so that several people can work with different hosts at the same time.

`lab` is held shared by what changes single hosts and alone by what changes all; `host-NAME` by who starts or stops
that host; `build-NAME` by who builds that root; `network`, `clones` and `inventory` for moments only. They are
taken in this order.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator

from preflight_lab.places import LOCKS
from preflight_lab.shell import LabError

_LIMIT = 900  # who waits for a lock waits at most for a few roots that are being built


@contextlib.contextmanager
def held(name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock of that name; the kernel lets it go when the process ends."""
    LOCKS.mkdir(mode=0o755, parents=True, exist_ok=True)
    how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
    with (LOCKS / name).open("w", encoding="ascii") as lock:
        until = time.monotonic() + _LIMIT
        while True:
            try:
                fcntl.flock(lock, how)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    message = f"another lab command holds {name} since {_LIMIT // 60} minutes; wait for it or end it"
                    raise LabError(message) from None
                time.sleep(0.05)
        yield
