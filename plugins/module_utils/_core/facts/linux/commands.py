# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which programs are there, found by their files and never run. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.read import names
from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value

_NAMES = (
    *("lsof", "openssl", "python3", "python", "python2", "sshd"),
    *("apt-get", "dnf", "yum", "zypper", "rpm", "dpkg-query", "vmtoolsd", "vmware-toolbox-cmd"),
)
#: Also the Python of RHEL 8's own tools, and what only the tarball of VMware Tools brings.
PROGRAMS = names(
    *(pattern + name for name in _NAMES for pattern in ("/usr/*bin/", "/*bin/", "/usr/local/*bin/")),
    *("/usr/bin/python3.[0-9]*[0-9]", "/usr/libexec/platform-python"),
    *("/usr/bin/vmware-config-tools.pl", "/etc/vmware-tools/locations", "/usr/lib/vmware-tools"),
)
_PYTHONS = ("python3", "python", "python2")


def programs(recording: Recording) -> list[str] | Unknown:
    """Return the paths that were found."""
    answer = recording.answer(PROGRAMS)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    return answer.lines


def path_of(recording: Recording, name: str) -> str | Unknown:
    """Return where the program of that name is, an empty string where it is not."""
    found = programs(recording)
    if isinstance(found, Unknown):
        return found
    return next((path for path in found if path.rpartition("/")[2] == name), "")


def has(recording: Recording, *names_of_one: str) -> bool | Unknown:
    """Whether a program of one of these names is there."""
    found = programs(recording)
    if isinstance(found, Unknown):
        return found
    return any(path.rpartition("/")[2] in names_of_one for path in found)


def _python(recording: Recording) -> str | Unknown:
    found = programs(recording)
    if isinstance(found, Unknown):
        return found
    for name in _PYTHONS:
        for path in found:
            if path.rpartition("/")[2] == name:
                return path
    return next((path for path in found if "python" in path), "")


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "lsof": has(recording, "lsof"),
        "openssl": has(recording, "openssl"),
        "python": _python(recording),
    }


_SOURCE = "files in /bin, /sbin, /usr/bin, /usr/sbin and /usr/local"

SUBJECT = Subject(
    "commands",
    (
        Fact("commands.lsof", "bool", "Whether the program lsof is there.", _SOURCE, (PROGRAMS,)),
        Fact("commands.openssl", "bool", "Whether the program openssl is there.", _SOURCE, (PROGRAMS,)),
        Fact("commands.python", "str", "The path of a Python; empty where there is none.", _SOURCE, (PROGRAMS,)),
    ),
    _parse,
)
