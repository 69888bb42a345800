# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that the machine's firewall lets in, now and after a reboot. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..facts.fact import Facts, Json
from .contract import FILE_SCRIPTS, Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from .file_change import EditableFile, change_arguments
from .firewall_port_live import Live, live_change
from .firewall_port_wanted import Parts, wanted
from .firewall_port_ways import FileChange, file_change, keeper_of

_FILES = (
    "iptables_rules",
    "iptables_debian_rules",
    "nftables_conf",
    "nftables_sysconfig",
    "ufw_rules",
    "ufw_old_rules",
)


def _plan(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> Planned:
    found = facts.tree["firewall_openings"]
    if not isinstance(found, dict):
        return Refusal("the firewall was not collected; audit again")
    parts = wanted(found, options, settings)
    if isinstance(parts, Refusal):
        return parts
    if parts.nothing:
        return Unchanged(_told(parts), "the ports are let in, now and after a reboot")
    return _changed(facts, found, parts, timeout_seconds(options))


def _changed(facts: Facts, found: Mapping[str, Any], parts: Parts, seconds: int) -> Planned:
    keeper = keeper_of(found, parts)
    if isinstance(keeper, Refusal):
        return keeper
    change = file_change(keeper, facts, found, parts.later)
    if isinstance(change, Refusal):
        return change
    live = live_change(keeper, found, parts.now)
    if isinstance(live, Refusal):
        return live
    before, after = _told(parts), _told(Parts())
    for file, new in change.files:
        before[file.path], after[file.path] = _lines(file, new)
    return Plan(
        fix="firewall_port",
        before=before,
        after=after,
        found=_word(live, live.found, [file for file, _new in change.files]),
        wanted=_word(live, "yes" if live.words else "-", [new for _file, new in change.files]),
        arguments=_arguments(live, change),
        timeout_seconds=seconds,
    )


def _word(live: Live, is_live: str, files: Sequence[EditableFile]) -> str:
    return " ".join([live.way, *live.words, f"live={is_live}", *(file.state for file in files)])


def _arguments(live: Live, change: FileChange) -> tuple[str, ...]:
    places = " ".join(live.places) or "-"
    return (change.test, places, *(word for one, other in change.files for word in change_arguments(one, other)))


def _told(parts: Parts) -> dict[str, Json]:
    """Return for people what is let in."""
    told: dict[str, Json] = {}
    for refused, name in ((parts.now, "now"), (parts.later, "after a reboot")):
        missing = [opening for _wish, openings in refused for opening in openings]
        told[name] = [f"{opening.told}: refused" for opening in missing] or ["let in"]
    return told


def _lines(before: EditableFile, after: EditableFile) -> tuple[list[Json], list[Json]]:
    """Return the lines that only one of them has."""
    old, new = before.lines, after.lines
    head = next((index for index, line in enumerate(old) if new[index : index + 1] != [line]), len(old))
    added = new[head : head + len(new) - len(old)]
    return [], [line.rstrip("\r\n") for line in added]


FIX = Fix(
    name="firewall_port",
    safety="opt_in",
    why="lets in connections that the firewall refused",
    needs=tuple(f"firewall_openings.{name}" for name in ("connections", "kernel", "places", "zones")),
    wishes=tuple(f"files.{name}" for name in _FILES),
    scripts=(*FILE_SCRIPTS, "firewall_port.sh", "firewall_port_live.sh"),
    planner=_plan,
    options={
        "ports": {"type": "list", "elements": "str", "choices": ["ssh", "multi_vm"]},
        "sources": {"type": "list", "elements": "str", "default": []},
    },
    carries_connection=True,
)
