# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a machine's clock is from the controller's, on every platform. Private to this collection."""

from __future__ import annotations

from ..collector.recording import Recording
from .fact import Unknown

BRACKET = "the machine's clock first and last in the visit, the controller's before and after it"


def offset(recording: Recording) -> tuple[float, float] | Unknown:
    """Return the machine's clock minus the controller's, and how far that may be off."""
    if recording.sent is None or recording.received is None:
        return Unknown("the recording was made offline, without a controller's clock beside it")
    if recording.started is None or recording.finished is None:
        return Unknown("the recording does not tell the machine's clock")
    # The machine looked at its clock first after the script was sent, and last before the answer was received.
    lowest = recording.finished - recording.received
    highest = recording.started - recording.sent
    if recording.started.is_integer():
        highest += 1  # a "date" without fractions: up to a second later than it says
    if lowest > highest:
        return Unknown("a clock was set during the visit")
    return (lowest + highest) / 2, (highest - lowest) / 2
