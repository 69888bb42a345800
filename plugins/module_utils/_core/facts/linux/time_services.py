# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All time daemons of a machine, how they are configured, and whether its host keeps the clock. Private."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...collector.read import Read, command, names, values
from ...collector.recording import Recording, Status
from ..fact import Element, Fact, Unknown, Value
from . import init, services
from .glob_answers import first_lines, lines_of


@dataclass(frozen=True)
class Daemon:
    """One time daemon, and the names that the families give its service."""

    name: str
    process: str
    units: tuple[str, ...]
    scripts: tuple[str, ...] = ()


#: In the order of preference. The unit's own name comes before names that are only its aliases.
DAEMONS = (
    Daemon("chrony", "chronyd", ("chrony.service", "chronyd.service"), ("chronyd", "chrony")),
    Daemon("ntpd", "ntpd", ("ntpsec.service", "ntp.service", "ntpd.service"), ("ntpd", "ntp", "ntpsec")),
    Daemon("timesyncd", "systemd-timesyn", ("systemd-timesyncd.service",)),
)

#: Debian's systemd of before 2020 keeps timesyncd enabled beside another daemon, and by this file from running.
RESIGNS = names(
    *(
        f"{root}/systemd/system/systemd-timesyncd.service.d/disable-with-time-daemon.conf"
        for root in ("/lib", "/usr/lib")
    )
)

#: Settings that say what a daemon follows and when it steps the clock; none of them holds a secret.
_SETTINGS = (
    *("server", "pool", "peer", "refclock", "makestep", "initstepslew", "maxslewrate"),
    *("include", "confdir", "sourcedir", "includefile", "tinker", "disable"),
)
_ASSIGNED = ("NTP", "FallbackNTP", "Servers", "OPTIONS", "DAEMON_OPTS", "NTPD_OPTS", "NTPD_OPTIONS", "CHRONYD_OPTIONS")
_PLACES = (
    *("/etc/chrony.conf", "/etc/chrony/chrony.conf", "/etc/chrony.d/*.conf", "/etc/chrony/conf.d/*.conf"),
    *("/etc/chrony/sources.d/*.sources", "/run/chrony-dhcp/*.sources"),
    *("/etc/sysconfig/chronyd", "/etc/default/chrony"),
    *("/etc/ntp.conf", "/etc/ntpsec/ntp.conf", "/etc/ntpsec/ntp.d/*.conf"),
    *("/etc/sysconfig/ntpd", "/etc/sysconfig/ntp", "/etc/default/ntp", "/etc/default/ntpsec"),
    *("/etc/systemd/timesyncd.conf", "/etc/systemd/timesyncd.conf.d/*.conf", "/run/systemd/timesyncd.conf.d/*.conf"),
    "/usr/lib/systemd/timesyncd.conf.d/*.conf",
)
CONFIGURATION = command(
    "time configuration",
    f"grep -sHiE '^[[:space:]]*(({'|'.join(_SETTINGS)})[[:space:]]|({'|'.join(_ASSIGNED)})[[:space:]]*=)' "
    + " ".join(_PLACES),
)
#: Hyper-V's services by their class, and the clocks that a host offers through the kernel.
HOST_CLOCKS = values("/sys/bus/vmbus/devices/*/class_id", "/sys/class/ptp/ptp*/clock_name")
_HYPERV_TIME = "{9527e630-d0ae-497b-adce-e80ab0175caf}"
VMWARE_TIME = command("vmware timesync", "vmware-toolbox-cmd timesync status")


def parse(recording: Recording) -> Mapping[str, Value]:
    """Return the facts of this module, by their names."""
    return {
        "services": _services(recording),
        "configuration": _configuration(recording),
        "kept_by_host": _kept_by_host(recording),
    }


def _services(recording: Recording) -> list[Value] | Unknown:
    in_charge = init.systemd_in_charge(recording)
    if isinstance(in_charge, Unknown):
        return in_charge
    found: list[dict[str, Value]] = []
    for daemon in DAEMONS:
        state = services.state(recording, daemon.units, daemon.scripts, (daemon.process,))
        service = _service(recording, daemon, systemd=in_charge)
        found.append(
            {
                "daemon": daemon.name,
                "service": service,
                "installed": service if isinstance(service, Unknown) else service != "",
                "running": state.running,
                "autostart": state.autostart,
            }
        )
    others = any(entry["installed"] is True for entry in found[:-1])
    if others and lines_of(recording.answer(RESIGNS)):
        found[-1]["autostart"] = False
    return list(found)


def _service(recording: Recording, daemon: Daemon, *, systemd: bool) -> str | Unknown:
    """Return the name of the service that is there and may be used; one that is masked may not."""
    if not systemd:
        for script in daemon.scripts:
            there = init.installed(recording, (script,))
            if isinstance(there, Unknown) or there:
                return there if isinstance(there, Unknown) else script
        return ""
    for name in daemon.units:
        properties = services.unit(recording, name)
        if isinstance(properties, Unknown):
            return properties
        if properties.get("LoadState") == "loaded":
            return properties.get("Id") or name
    return ""


def _configuration(recording: Recording) -> list[Value] | Unknown:
    answer = recording.answer(CONFIGURATION)
    # grep ends with 2 where one of the places does not exist, and says nothing about it.
    if not answer.answered or not recording.privileged:
        return Unknown(answer.reason if not answer.answered else "the time daemons' files need root rights")
    found: list[Value] = []
    for line in lines_of(answer):
        path, _colon, setting = line.partition(":")
        found.append({"path": path, "setting": setting.strip()})
    return found


def _kept_by_host(recording: Recording) -> str | Unknown:
    tools = recording.answer(VMWARE_TIME)
    if tools.answered and re.search(r"^Enabled\s*$", tools.text, re.MULTILINE):
        return "VMware Tools (their time synchronisation is on)"
    if tools.status is Status.TIMED_OUT:
        return Unknown(tools.reason)
    answer = recording.answer(HOST_CLOCKS)
    if not answer.answered:
        return Unknown(answer.reason)
    clocks = first_lines(answer)
    # A kernel that offers Hyper-V's clock as /dev/ptp* leaves it to a daemon; one that does not sets the clock itself.
    if _HYPERV_TIME in clocks.values() and "hyperv" not in clocks.values():
        return "the time synchronisation service of Hyper-V"
    return ""


_INIT = "systemd, upstart or the links of SysV init; processes"
_READS: tuple[Read, ...] = (*services.READS, RESIGNS)

FACTS = (
    Fact(
        "clock.services",
        "list",
        "The time daemons chrony, ntpd and timesyncd. Only for planning a fix: no audit collects it.",
        _INIT,
        _READS,
        elements=(
            Element("daemon", "str", "chrony, ntpd or timesyncd."),
            Element("service", "str", "The unit or script; empty where there is none, or it is masked."),
            Element("installed", "bool", "Whether there is such a service."),
            Element("running", "bool", "Whether the daemon runs."),
            Element("autostart", "bool", "Whether it starts with the machine."),
        ),
    ),
    Fact(
        "clock.configuration",
        "list",
        "The lines that say what the time daemons follow, and when they step the clock. Only for planning a fix.",
        "the time daemons' files",
        (CONFIGURATION,),
        elements=(Element("path", "str", "The file."), Element("setting", "str", "The line.")),
    ),
    Fact(
        "clock.kept_by_host",
        "str",
        "What lets the machine's host set its clock; empty where nothing does. Only for planning a fix.",
        "vmware-toolbox-cmd; /sys/bus/vmbus and /sys/class/ptp",
        (VMWARE_TIME, HOST_CLOCKS),
    ),
)
