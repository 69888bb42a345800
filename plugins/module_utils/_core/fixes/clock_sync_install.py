# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installing a time daemon where there is none, and that is allowed. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..facts.fact import Facts, Json
from .clock_sync_correction import correction
from .clock_sync_daemon import Clock, Setting
from .clock_sync_files import NEVER_STEP, late_text, server_lines
from .contract import Plan, Planned, Refusal, timeout_seconds
from .file_change import EditableFile, change_arguments, with_text


def installation(facts: Facts, options: Mapping[str, Json], servers: Sequence[str], clock: Clock) -> Planned:
    """No daemon is there: the family's own is installed, if that is allowed."""
    packages, system = facts.tree.get("packages"), facts.tree.get("os")
    manager = packages.get("manager") if isinstance(packages, dict) else None
    package = _package(manager, system if isinstance(system, dict) else {})
    if isinstance(package, Refusal):
        return package
    if not options.get("install"):
        return Refusal(
            "no time daemon is installed, and packages are installed only with permission: set the option install of "
            f"clock_sync, or name clock_sync in preflight_allow, or install {package} by hand"
        )
    daemon = "chrony" if package == "chrony" else "ntpd"
    # What every family's package brings; where it says more, that is seen and told by the next audit.
    stock = [Setting("/etc/chrony.conf", ("makestep", "1.0", "3"))] if daemon == "chrony" else []
    if daemon == "ntpd":
        stock = [Setting("/etc/sysconfig/ntpd", ("OPTIONS=", "-g"))]
    how = correction(facts, options, daemon, stock, clock)
    if isinstance(how, Refusal):
        return how
    lines = [*server_lines(daemon, servers), *((NEVER_STEP,) if how.never_step else ())]
    words = "package={} autostart={} running={}" + (" lines={}" if lines else "")
    before: dict[str, Json] = {"daemon": "none", "offset_seconds": round(clock.offset)}
    after: dict[str, Json] = {
        "daemon": daemon,
        "package": f"{package} installed",
        "running": True,
        "starts_with_the_machine": True,
        "correction": how.told,
    }
    if lines:
        after["configuration"] = list(lines)
    empty = EditableFile("/", "")
    late = change_arguments(empty, with_text(empty, late_text(lines)))[5] if lines else "-"
    return Plan(
        fix="clock_sync",
        before=before,
        after=after,
        found=f"{daemon}: {words.format('no', 'no', 'no', 'no')}",
        wanted=f"{daemon}: {words.format('yes', 'yes', 'yes', 'yes')}",
        arguments=(package, str(manager), late, "yes" if how.steps else "no"),
        timeout_seconds=timeout_seconds(options),
    )


def _package(manager: Json, system: Mapping[str, Json]) -> str | Refusal:
    if manager == "none" or manager is None:
        return Refusal("no time daemon is installed, and no package manager was found; install chrony by hand")
    family, major, minor = system.get("family"), system.get("major"), system.get("minor")
    if family == "debian":
        return "chrony"
    if isinstance(major, int) and family in ("rhel", "suse"):
        first = (7, 0) if family == "rhel" else (12, 5)
        return "chrony" if (major, minor if isinstance(minor, int) else 0) >= first else "ntp"
    return Refusal(
        "no time daemon is installed, and which one this system has is not known; install chrony or ntp by hand"
    )
