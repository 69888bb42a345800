# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What upstart, SysV init and the links of a systemd that does not run start at boot. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...collector.read import command, file, names, values
from ...collector.recording import Recording
from ..fact import Unknown

#: What starts services where systemd is not in charge, and what tells which of the systems is.
INIT = names(
    *("/run/systemd/system", "/usr/lib/systemd/systemd", "/lib/systemd/systemd"),
    *("/etc/systemd/system/*.wants/*.service", "/etc/systemd/system/*.wants/*.socket"),
    *("/etc/init.d/*", "/etc/rc[2-5].d/S*", "/etc/init.d/rc[2-5].d/S*", "/etc/init/rc-sysinit.conf"),
)
PID_1 = values("/proc/1/comm")
INITTAB = file("/etc/inittab")
#: The start conditions of upstart's jobs; nothing under systemd.
JOBS = command(
    "upstart jobs",
    "test -d /run/systemd/system || ! test -d /etc/init ||"
    " grep -HE '^[[:space:]]*(manual|start[[:space:]]+on)' /etc/init/*.conf /etc/init/*.override",
)

#: Targets that every normal start of the machine reaches.
BOOT_TARGETS = re.compile(
    r"(multi-user|graphical|default|basic|sysinit|sockets|timers|network|network-online|network-pre|local-fs"
    r"|remote-fs|time-sync|runlevel[2-5]|cloud-init|cloud-config)\.target"
)
_NO_SYSTEM = "which of systemd, upstart and SysV init starts this machine could not be told"


def systemd_in_charge(recording: Recording) -> bool | Unknown:
    """Whether the machine was started by systemd."""
    paths = _paths(recording)
    return paths if isinstance(paths, Unknown) else "/run/systemd/system" in paths


def installed(recording: Recording, scripts: Iterable[str]) -> bool | Unknown:
    """Whether a SysV script or an upstart job of one of these names is there."""
    paths = _paths(recording)
    if isinstance(paths, Unknown):
        return paths
    if any(f"/etc/init.d/{name}" in paths for name in scripts):
        return True
    jobs = [_job(recording, name) for name in scripts]
    return next((job for job in jobs if isinstance(job, Unknown)), any(job is not None for job in jobs))


def starts(recording: Recording, units: Iterable[str], scripts: Iterable[str]) -> bool | Unknown:
    """Whether something of one of these names starts with the machine, on a machine that systemd did not start."""
    paths = _paths(recording)
    if isinstance(paths, Unknown):
        return paths
    first = recording.answer(PID_1)
    process = first.text.partition("\t")[2].strip()
    if process not in ("", "init") and any(path.endswith("/systemd/systemd") for path in paths):
        return any(_wanted(path) in set(units) for path in paths)
    names_of_scripts = tuple(scripts)
    for name in names_of_scripts:
        job = _job(recording, name)
        if isinstance(job, Unknown) or job is True:
            return job
    return linked(recording, names_of_scripts)


def linked(recording: Recording, scripts: Iterable[str], level: int | None = None) -> bool | Unknown:
    """Whether a SysV script of one of these names is linked in a run level, the machine's own by default."""
    paths = _paths(recording)
    if isinstance(paths, Unknown):
        return paths
    links = [link for link in map(re.compile(r"/etc/(?:init\.d/)?rc([2-5])\.d/S\d*(.+)").fullmatch, paths) if link]
    if not links:
        return Unknown(_NO_SYSTEM)
    wanted = set(scripts)
    levels = {int(link[1]) for link in links if link[2] in wanted}
    if level is None:
        level = _default_level(recording, paths)
    if level is None:
        return False if not levels else Unknown("the default run level is not known")
    return level in levels


def _paths(recording: Recording) -> frozenset[str] | Unknown:
    answer = recording.answer(INIT)
    return frozenset(answer.lines) if answer.answered and answer.code == 0 else Unknown(answer.reason)


def _wanted(path: str) -> str:
    """Return the unit that a link among systemd's own files starts, if the start of the machine reaches it."""
    found = re.fullmatch(r"/etc/systemd/system/(.+)\.wants/([^/]+)", path)
    return found[2] if found and BOOT_TARGETS.fullmatch(found[1]) else ""


def _default_level(recording: Recording, paths: frozenset[str]) -> int | None:
    table = recording.answer(INITTAB)
    found = re.search(r"^[^#:\n]*:(\d):initdefault:", table.text, re.MULTILINE) if table.answered else None
    if found is not None:
        return int(found[1])
    return 2 if "/etc/init/rc-sysinit.conf" in paths else None  # Ubuntu's upstart has no inittab


def _job(recording: Recording, name: str) -> bool | Unknown | None:
    """Whether upstart starts the job by itself; ``None`` where there is no such job with a start condition."""
    answer = recording.answer(JOBS)
    if not answer.answered:
        return Unknown(answer.reason)
    if f"grep: /etc/init/{name}.conf: Permission denied" in answer.text:
        return Unknown(answer.reason)
    starts_itself: bool | None = None
    for suffix in ("conf", "override"):  # what the override says replaces what stands in the job
        for line in answer.lines:
            if line.startswith(f"/etc/init/{name}.{suffix}:"):
                starts_itself = line.partition(":")[2].split()[0:1] == ["start"]
    return starts_itself
