# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VMware Tools. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from . import services
from .commands import PROGRAMS, has, programs

UNITS = ("vmtoolsd.service", "open-vm-tools.service", "vmware-tools.service", "vmware-tools-services.service")
SCRIPTS = ("vmtoolsd", "open-vm-tools", "vmware-tools", "vmware-tools-services")
#: What only VMware's own packages and tarball bring: they keep their files there.
_OWN = ("/usr/bin/vmware-config-tools.pl", "/etc/vmware-tools/locations", "/usr/lib/vmware-tools")


def _installed(recording: Recording, state: services.ServiceState) -> bool | Unknown:
    return services.any_of([has(recording, "vmtoolsd"), state.running])


def _kind(recording: Recording, installed: bool | Unknown) -> str | Unknown:
    found = programs(recording)
    if isinstance(installed, Unknown) or isinstance(found, Unknown):
        return installed if isinstance(installed, Unknown) else found if isinstance(found, Unknown) else ""
    if not installed:
        return "none"
    return "vmware-tools" if any(path in found for path in _OWN) else "open-vm-tools"


def _obstacle(recording: Recording, installed: bool | Unknown) -> str | Unknown:
    found = programs(recording)
    if isinstance(installed, Unknown) or isinstance(found, Unknown):
        return installed if isinstance(installed, Unknown) else found if isinstance(found, Unknown) else ""
    own = next((path for path in found if path in _OWN), "")
    if own and not installed:
        return f"VMware's own tools were installed here ({own}), but vmtoolsd is missing; repair or remove them by hand"
    both = [
        services.state(recording, UNITS[first:last], SCRIPTS[first:last]).installed for first, last in ((0, 2), (2, 4))
    ]
    if both == [True, True]:
        return "both open-vm-tools and VMware's own tools have a service here; remove one of the two by hand"
    return services.obstacle(recording, UNITS)


def _parse(recording: Recording) -> Mapping[str, Value]:
    state = services.state(recording, UNITS, SCRIPTS, ("vmtoolsd",))
    installed = _installed(recording, state)
    return {
        "installed": installed,
        "kind": _kind(recording, installed),
        "running": state.running,
        "autostart": state.autostart,
        "obstacle": _obstacle(recording, installed),
    }


_INIT = "systemd, upstart or the links of SysV init; processes"

SUBJECT = Subject(
    "vmware_tools",
    (
        Fact(
            "vmware_tools.installed",
            "bool",
            "Whether the program vmtoolsd is there, by a package or by VMware's tarball.",
            "files, processes",
            (PROGRAMS, *services.READS),
        ),
        Fact(
            "vmware_tools.kind",
            "str",
            "open-vm-tools, vmware-tools (VMware's own packages or tarball) or none.",
            "files",
            (PROGRAMS, *services.READS),
        ),
        Fact("vmware_tools.running", "bool", "Whether vmtoolsd runs.", _INIT, services.READS),
        Fact("vmware_tools.autostart", "bool", "Whether it starts with the machine.", _INIT, services.READS),
        Fact(
            "vmware_tools.obstacle",
            "str",
            "Why they cannot or must not be installed or started; empty where nothing speaks against it. Only for "
            "planning a fix: no audit collects it.",
            "files, systemd",
            (PROGRAMS, *services.READS),
        ),
    ),
    _parse,
)
