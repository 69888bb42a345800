# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a clock that is off would be corrected by its daemon, and whether that is allowed. Private.

A daemon that is started does not only slew. chronyd with the families' own ``makestep 1.0 3`` steps a clock that is
more than a second off at its first updates, ntpd one that is more than 128 ms off, systemd-timesyncd 0.4 seconds.
So the daemon is started only where the offset is below that, where chrony can be told never to step, or where the
operator allows a step.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..facts.fact import Facts, Json
from .clock_sync_daemon import Clock, Setting, first_step_threshold, gives_up, slew_seconds, step_threshold
from .contract import Refusal

#: What takes longer to slew is no help on the eve of a migration.
LONGEST_SLEW_SECONDS = 86400.0


@dataclass(frozen=True)
class Correction:
    """How the clock comes right: ``told`` says it to people."""

    steps: bool
    never_step: bool
    told: str


def correction(
    facts: Facts, options: Mapping[str, Json], daemon: str, settings: Sequence[Setting], clock: Clock
) -> Correction | Refusal:
    """Return what the daemon does to the clock when it starts, or why it must not be started."""
    off = f"the clock is up to {duration(clock.at_most)} off"
    if math.isinf(clock.at_most):
        return Refusal(
            "how far the clock is off is not known, so what a time daemon would do to it is not; audit again"
        )
    if options.get("step"):
        return _step(facts, daemon, settings, clock, off)
    slewing = slew_seconds(daemon, settings, clock.at_most)
    if clock.at_most < step_threshold(daemon, settings):
        if slewing > LONGEST_SLEW_SECONDS:
            return Refusal(
                f"{off}, and {daemon} would slew it for {duration(slewing)}: allow a step with the option step: true"
            )
        lasting = f", in about {duration(slewing)}" if clock.wrong else ""
        return Correction(False, False, f"slewed by {daemon}{lasting}")
    forbidden = f"{off}, and {daemon} would step it when it starts"
    if daemon != "chrony" or clock.at_most >= first_step_threshold(settings):
        return Refusal(
            f"{forbidden}, which is not allowed: allow it with the option step: true, or set the clock by hand at a "
            "time when nothing depends on it"
        )
    if slewing > LONGEST_SLEW_SECONDS:
        return Refusal(
            f"{forbidden}, or slew it for {duration(slewing)}: allow a step with the option step: true, or set the "
            "clock by hand at a time when nothing depends on it"
        )
    told = f"slewed by chrony, in about {duration(slewing)}; its configuration gets a line that forbids steps"
    return Correction(False, True, told)


def _step(facts: Facts, daemon: str, settings: Sequence[Setting], clock: Clock, off: str) -> Correction | Refusal:
    """A step is allowed; never on a node of a cluster, where others would take it for failed."""
    if clock.at_most < step_threshold(daemon, settings) and (daemon != "chrony" or not clock.wrong):
        return Correction(False, False, f"slewed by {daemon}, which does not step what is less off than that")
    storage = facts.tree.get("storage")
    signs = storage.get("cluster_signs") if isinstance(storage, dict) else None
    if not isinstance(signs, list):
        reason = facts.reasons.get("storage.cluster_signs", "it was not collected")
        return Refusal(
            f"{off}; a step is refused, for whether this is a node of a cluster is not known: {reason}; set the clock "
            "by hand, or let it be slewed (step: false)"
        )
    if signs:
        return Refusal(
            f"{off}; a step is never made on a node of a cluster ({signs[0]}): take the node out of the cluster and "
            "set the clock by hand, or let it be slewed (step: false)"
        )
    if gives_up(daemon, settings, clock):
        return Refusal(f"{off}, and ntpd ends when it is more than 1000 seconds off; set it by hand with ntpd -gq")
    return Correction(True, False, f"stepped by {daemon} when its servers have answered")


def duration(seconds: float) -> str:
    """Return a length of time as people say it."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}s".replace(".0 ", " ")
    return f"{seconds:.1f} seconds".replace(".0 ", " ")
