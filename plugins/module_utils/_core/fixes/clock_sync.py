# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A time daemon that runs, starts with the machine and follows given servers; it slews the clock. Private."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..facts.fact import Facts, Json
from .clock_sync_correction import correction, duration
from .clock_sync_daemon import (
    Clock,
    Service,
    Setting,
    fact,
    found_services,
    other_file,
    settings_of,
    slew_seconds,
    sources,
)
from .clock_sync_files import FileEdit, edits
from .clock_sync_install import installation
from .contract import (
    FILE_SCRIPTS,
    PACKAGE_SCRIPTS,
    SERVICE_SCRIPTS,
    Fix,
    Plan,
    Planned,
    Refusal,
    Unchanged,
    timeout_seconds,
)
from .file_change import change_arguments
from .service_change import INSTALL_OPTION

_SERVER = re.compile(r"[A-Za-z0-9:](?:[A-Za-z0-9.:_-]{0,253}[A-Za-z0-9])?")


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    servers = given_servers(options)
    found = found_services(facts)
    if isinstance(servers, Refusal):
        return servers
    if isinstance(found, Refusal):
        return found
    active = [service for service in found if service.running or service.autostart]
    if len(active) > 1:
        return Refusal(
            f"expected one time daemon, found {' and '.join(each.daemon for each in active)} running or starting with "
            "the machine; decide which one keeps the clock, and disable and stop the other"
        )
    if active and not active[0].service:
        return Refusal(
            f"a process of {active[0].daemon} runs, but no service of a known name starts it; look what started it, "
            "and let one service keep the clock"
        )
    clock = found_clock(facts)
    if not active and not servers:
        kept = _kept_by_host(facts, clock)
        if kept is not None:
            return kept
    usable = active or [service for service in found if service.service]
    if not usable:
        return installation(facts, options, servers, clock)
    service = usable[0]
    settings = settings_of(facts, service.daemon)
    followed = sources(settings)
    missing = [server for server in servers if server.lower() not in {each.lower() for each in followed}]
    replace = bool(options.get("replace")) and any(each not in servers for each in followed)
    if service.running and service.autostart and not missing and not replace:
        return _as_it_is(facts, options, service, settings, clock)
    if not servers and not followed and service.daemon != "timesyncd":
        return Refusal(
            f"{service.daemon} is there, but no time server stands in its configuration; name some with the option "
            "servers"
        )
    if replace:
        missing = servers
    return _change(facts, options, service, settings, clock, missing, replace)


def given_servers(options: Mapping[str, Json]) -> list[str] | Refusal:
    given = options.get("servers")
    servers = list(dict.fromkeys(str(each) for each in given)) if isinstance(given, list) else []
    for server in servers:
        if not _SERVER.fullmatch(server):
            return Refusal(f"servers: expected names or addresses of time servers, found {server!r}; correct it")
    if options.get("replace") and not servers:
        return Refusal("replace: expected servers to put in place of those that are configured, found none; name some")
    return servers


def found_clock(facts: Facts) -> Clock:
    tree = facts.tree["clock"]
    found = tree if isinstance(tree, dict) else {}
    offset, uncertainty = found.get("offset_seconds"), found.get("uncertainty_seconds")
    return Clock(
        offset if isinstance(offset, (int, float)) else 0.0,
        uncertainty if isinstance(uncertainty, (int, float)) else float("inf"),
    )


def _kept_by_host(facts: Facts, clock: Clock) -> Refusal | Unchanged | None:
    """A second source may fight with the first; so what the host keeps is left to it, unless servers are named."""
    host = fact(facts, "kept_by_host")
    if host is None:
        return Refusal(
            "whether the machine's host keeps its clock is not known: "
            f"{facts.reasons.get('clock.kept_by_host', 'it was not collected')}; name servers if it does not"
        )
    if not host:
        return None
    if not clock.wrong:
        return Unchanged({"clock": f"kept by {host}"}, f"the clock is kept by {host}, and it is right")
    return Refusal(
        f"the clock is kept by {host}, and it is {clock.offset:.0f} seconds off: correct the clock of the host; or "
        "switch that off and name servers, for two that set one clock work against each other"
    )


def _as_it_is(
    facts: Facts, options: Mapping[str, Json], service: Service, settings: list[Setting], clock: Clock
) -> Planned:
    """Nothing is missing; what may be left is a clock that is still wrong."""
    state: dict[str, Json] = {"daemon": service.daemon, "running": True, "starts_with_the_machine": True}
    runs = f"{service.daemon} runs and starts with the machine"
    told = fact(facts, "daemon_offset_seconds")
    synchronized = fact(facts, "synchronized")
    if not clock.wrong:
        return Unchanged(state, f"{runs}, and the clock is right")
    off = f"the clock is {clock.offset:.0f} seconds off"
    if synchronized is not True:
        return Unchanged(
            state, f"{runs}, but it follows no source yet, and {off}; see that it reaches its time servers"
        )
    if not isinstance(told, (int, float)) or abs(told) < 1:
        return Refusal(
            f"{runs}, follows a source and takes the clock for right, but by the controller {off}: look whether the "
            "controller's clock or the time servers are wrong"
        )
    if not options.get("step") or service.daemon != "chrony":
        hours = slew_seconds(service.daemon, settings, told)
        return Unchanged(state, f"{runs} and is slewing the clock, which takes about {duration(hours)} more; {off}")
    how = correction(facts, options, service.daemon, settings, clock)
    if isinstance(how, Refusal):
        return how
    words = f"{service.daemon}:{service.service} autostart=yes running=yes clock="
    return Plan(
        fix="clock_sync",
        before={**state, "offset_seconds": round(clock.offset)},
        after={**state, "correction": "stepped at once"},
        found=f"{words}off",
        wanted=f"{words}right",
        arguments=("-", "-", "-", "yes"),
        timeout_seconds=timeout_seconds(options),
    )


def _change(
    facts: Facts,
    options: Mapping[str, Json],
    service: Service,
    settings: list[Setting],
    clock: Clock,
    servers: list[str],
    replace: bool,
) -> Planned:
    how = correction(facts, options, service.daemon, settings, clock)
    if isinstance(how, Refusal):
        return how
    if (servers or how.never_step) and other_file(service.daemon, settings):
        return Refusal(
            f"{service.daemon} is started with options that name another configuration file; name the servers there"
        )
    files = edits(facts, service, settings, servers, never_step=how.never_step, replace=replace)
    if isinstance(files, Refusal):
        return files
    yes_no = {True: "yes", False: "no"}
    words = f"{service.daemon}:{service.service} autostart={{}} running={{}}"
    before: dict[str, Json] = {
        "daemon": service.daemon,
        "running": service.running,
        "starts_with_the_machine": service.autostart,
        "offset_seconds": round(clock.offset),
    }
    after: dict[str, Json] = {**before, "running": True, "starts_with_the_machine": True, "correction": how.told}
    del after["offset_seconds"]
    for edit in files:
        before[edit.before.path], after[edit.before.path] = list(edit.lost), list(edit.gained)
    return Plan(
        fix="clock_sync",
        before=before,
        after=after,
        found=" ".join(
            [words.format(yes_no[service.autostart], yes_no[service.running]), *(edit.before.state for edit in files)]
        ),
        wanted=" ".join([words.format("yes", "yes"), *(edit.after.state for edit in files)]),
        arguments=("-", "-", "-", "yes" if how.steps else "no", *_arguments(files)),
        timeout_seconds=timeout_seconds(options),
    )


def _arguments(files: list[FileEdit]) -> list[str]:
    return [word for edit in files for word in change_arguments(edit.before, edit.after)]


FIX = Fix(
    name="clock_sync",
    safety="automatic",
    why="enables a time service that slews the clock; steps and packages need an option of their own",
    needs=("clock.services", "clock.configuration", "clock.offset_seconds", "clock.uncertainty_seconds"),
    wishes=(
        *("clock.kept_by_host", "clock.synchronized", "clock.daemon_offset_seconds", "storage.cluster_signs"),
        *("packages.manager", "os.family", "os.major", "os.minor"),
        *("files.chrony_conf", "files.chrony_debian_conf", "files.ntp_conf", "files.ntpsec_conf"),
        *("files.chrony_conf_drop_in", "files.chrony_sources_drop_in", "files.chrony_suse_drop_in"),
        *("files.timesyncd_conf", "files.timesyncd_drop_in"),
    ),
    scripts=(*PACKAGE_SCRIPTS, *FILE_SCRIPTS, *SERVICE_SCRIPTS, "clock_sync.sh"),
    planner=_plan,
    options={
        "servers": {"type": "list", "elements": "str", "default": []},
        "replace": {"type": "bool", "default": False},
        **INSTALL_OPTION,
        "step": {"type": "bool", "default": False},
    },
)
