# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Windows Time would correct a clock that is off, and whether that is allowed. Private to this collection.

It sets the clock at once where that is off by more than MaxAllowedPhaseOffset, or by more than it could correct with
PhaseCorrectRate and UpdateInterval at half the rate of the clock; else it slews. What is off by more than
MaxPosPhaseCorrection or MaxNegPhaseCorrection it does not correct at all. How far the clock is off is only known to
some seconds; so what counts is how far it is off at least.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...facts.fact import Facts, Json
from ..clock_sync_correction import duration
from ..clock_sync_daemon import Clock
from ..contract import Refusal
from . import states
from .clock_source import POLICY_KEY, SERVICE_KEY
from .thing import Thing

_NAMES = (
    "MaxAllowedPhaseOffset",
    "PhaseCorrectRate",
    "UpdateInterval",
    "MaxPosPhaseCorrection",
    "MaxNegPhaseCorrection",
)
_CLUSTER = Thing("registry", r"HKLM\Cluster|ClusterName")
_CLUSTER_SERVICE = Thing("service", "ClusSvc")
THINGS = (
    *(Thing("registry", rf"{key}\Config|{name}") for key in (POLICY_KEY, SERVICE_KEY) for name in _NAMES),
    _CLUSTER,
    _CLUSTER_SERVICE,
)
#: Of 156,250 ticks of 100 nanoseconds, the longest that a clock of Windows takes between two beats.
_HALF_RATE_SECONDS = 156250 / 2 / 1e7
_NO_LIMIT = 0xFFFFFFFF
#: What is taken where a value is not there, as before the service is registered: the strictest that Windows brings.
_DEFAULTS = {"MaxAllowedPhaseOffset": 1, "PhaseCorrectRate": 1, "UpdateInterval": 100}


def _setting(facts: Facts, name: str) -> int:
    for key in (POLICY_KEY, SERVICE_KEY):
        found = states.number_of(states.state_of(facts, Thing("registry", rf"{key}\Config|{name}")))
        if found is not None:
            return found
    return _DEFAULTS.get(name, _NO_LIMIT)


def slewed_seconds(facts: Facts) -> float:
    """Return up to which offset Windows Time slews the clock.

    Raises:
        StateUnknown: a state is not known.
    """
    by_rate = _setting(facts, "PhaseCorrectRate") * _setting(facts, "UpdateInterval") * _HALF_RATE_SECONDS
    return min(float(_setting(facts, "MaxAllowedPhaseOffset")), by_rate)


def beyond(facts: Facts, clock: Clock) -> Refusal | None:
    """Return why Windows Time would not correct the clock at all.

    Raises:
        StateUnknown: a state is not known.
    """
    # A clock that is slow needs a positive correction.
    name = "MaxPosPhaseCorrection" if clock.offset < 0 else "MaxNegPhaseCorrection"
    limit = _setting(facts, name)
    if limit == _NO_LIMIT or _at_least(clock) <= limit:
        return None
    return Refusal(
        f"the clock is {duration(abs(clock.offset))} off, and Windows Time corrects at most {duration(limit)} ({name});"
        " set the clock by hand at a time when nothing depends on it, and run again"
    )


def correction(facts: Facts, options: Mapping[str, Json], clock: Clock) -> str | Refusal:
    """Return what Windows Time does to the clock when it starts or gets servers, or why that must not be.

    Raises:
        StateUnknown: a state is not known.
    """
    refused = beyond(facts, clock)
    if refused is not None:
        return refused
    if _at_least(clock) <= 0 or _at_least(clock) <= slewed_seconds(facts):
        return "slewed by Windows Time" if clock.wrong else "none: the clock is right, as far as could be measured"
    off = f"the clock is {duration(abs(clock.offset))} off"
    if not options.get("step"):
        return Refusal(
            f"{off}, and Windows Time would set it at once, which is not allowed: allow it with the option step: true,"
            " or set the clock by hand at a time when nothing depends on it"
        )
    name = states.state_of(facts, _CLUSTER)
    service = states.state_of(facts, _CLUSTER_SERVICE)
    if name != "absent" or service.endswith(" running") or service.startswith(("automatic ", "delayed ")):
        return Refusal(
            f"{off}; a step is never made on a node of a cluster: take the node out of the cluster and set the clock by"
            " hand"
        )
    return "set at once by Windows Time when its servers have answered"


def _at_least(clock: Clock) -> float:
    return abs(clock.offset) - clock.uncertainty
