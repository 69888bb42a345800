# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The package manager and the packages that requirements name. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import Read, command
from ...collector.recording import Recording
from ..fact import Element, Fact, Subject, Unknown, Value
from .commands import PROGRAMS, programs

_NAMES = ("lsof", "openssh-server", "openssl", "ca-certificates", "open-vm-tools")
#: SUSE ships the server in "openssh", and its certificates under another name.
_OTHER_NAMES = {"openssh": "openssh-server", "ca-certificates-mozilla": "ca-certificates"}
_ASKED = " ".join((*_NAMES, *_OTHER_NAMES))

DPKG = command("dpkg packages", "dpkg-query -W -f '${Status} ${Package} ${Version}\\n' " + _ASKED, 10)
#: As root, rpm creates files in its database's folder (__db.* of Berkeley DB, -shm and -wal of SQLite), so it runs as
#: nobody. It is not run where dpkg is in charge, as on a Debian that has rpm for building.
RPM = command(
    "rpm packages",
    "test ! -e /var/lib/dpkg/status || exit 0; command -v rpm >/dev/null || exit 0; unset rpm;"
    ' test "$(id -u)" != 0 || rpm="chroot --userspec=65534:65534 /";'
    " $rpm rpm -q --qf 'installed %{NAME} %{EPOCH}:%{VERSION}-%{RELEASE}\\n' " + _ASKED,
    10,
)
_NOT_IN_DPKG = r"dpkg-query: no packages found|\S+ \S+ (not-installed|config-files) "
_MANAGERS = (("apt-get", "apt"), ("zypper", "zypper"), ("dnf", "dnf"), ("yum", "yum"))


def _manager(recording: Recording) -> str | Unknown:
    found = programs(recording)
    if isinstance(found, Unknown):
        return found
    there = {path.rpartition("/")[2] for path in found}
    if "dpkg-query" in there:
        return "apt" if "apt-get" in there else "none"
    return next((manager for program, manager in _MANAGERS if program in there), "none")


def installed(recording: Recording) -> list[tuple[str, str]] | Unknown:
    """Return name and version of the packages asked for that are installed."""
    found = programs(recording)
    if isinstance(found, Unknown):
        return found
    there = {path.rpartition("/")[2] for path in found}
    if "dpkg-query" in there:
        return _packages(recording, DPKG, r"install ok installed (\S+) (\S+)", _NOT_IN_DPKG)
    if "rpm" in there:
        return _packages(recording, RPM, r"installed (\S+) (\S+)", r"package \S+ is not installed")
    return Unknown("neither dpkg nor rpm is there to ask")


def _packages(recording: Recording, read: Read, present: str, absent: str) -> list[tuple[str, str]] | Unknown:
    answer = recording.answer(read)
    if not answer.answered:
        return Unknown(answer.reason)
    failed = next((line for line in answer.lines if re.match(r"(error|rpmdb|dpkg-query: error): ", line)), "")
    if failed:  # rpm then calls every package "not installed"
        return Unknown(f"{read.key} failed: {failed[:200]}")
    packages: dict[str, str] = {}
    missing = 0
    for line in answer.lines:
        found = re.fullmatch(present, line.strip())
        if found:
            name = _OTHER_NAMES.get(found[1], found[1])
            packages.setdefault(name, found[2].removeprefix("(none):").removeprefix("0:"))
        missing += re.match(absent, line) is not None
    if not packages and not missing:
        return Unknown(answer.reason)
    return sorted(packages.items())


def _parse(recording: Recording) -> Mapping[str, Value]:
    packages = installed(recording)
    listed: Value = packages if isinstance(packages, Unknown) else [{"name": n, "version": v} for n, v in packages]
    return {"manager": _manager(recording), "installed": listed}


SUBJECT = Subject(
    "packages",
    (
        Fact(
            "packages.manager",
            "str",
            "The package manager: apt, dnf, yum, zypper or none.",
            "the programs that are there",
            (PROGRAMS,),
        ),
        Fact(
            "packages.installed",
            "list",
            "Those of " + ", ".join(_NAMES) + " that are installed.",
            "dpkg-query, or rpm run as nobody",
            (PROGRAMS, DPKG, RPM),
            elements=(
                Element("name", "str", "The package; SUSE's openssh is named openssh-server."),
                Element("version", "str", "Version and release, with the epoch where it is not 0."),
            ),
        ),
    ),
    _parse,
)
