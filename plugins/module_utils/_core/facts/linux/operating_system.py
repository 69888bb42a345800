# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts ``os.*``: distribution, release, kernel, name. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import command, values
from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from .glob_answers import first_lines
from .os_release import LSB_RELEASE, OS_RELEASE, RELEASE_LINES, SUSE_RELEASE, release

KERNEL = values("/proc/sys/kernel/osrelease", "/proc/sys/kernel/hostname")
ARCHITECTURE = command("architecture", "uname -m")

_RELEASE = (OS_RELEASE, RELEASE_LINES, SUSE_RELEASE, LSB_RELEASE)
_FILES = "/etc/os-release; on older systems and for what it leaves out, the distribution's own file under /etc"

FACTS = (
    Fact("os.id", "str", "The distribution, as os-release names it: rhel, centos, ol, sles, debian", _FILES, _RELEASE),
    Fact("os.family", "str", "What it descends from: rhel, suse, debian or other", _FILES, _RELEASE),
    Fact("os.name", "str", "The distribution's name in full", _FILES, _RELEASE),
    Fact("os.version", "str", "The release with its minor version, service pack or point release", _FILES, _RELEASE),
    Fact("os.major", "int", "The first number of the release", _FILES, _RELEASE),
    Fact(
        "os.minor",
        "int",
        "The second number: minor version, service pack, point release; 0 where a distribution has none; not known"
        " where one exists and is not told",
        _FILES,
        _RELEASE,
    ),
    Fact("os.kernel", "str", "The release of the running kernel", "/proc/sys/kernel/osrelease", (KERNEL,)),
    Fact("os.architecture", "str", "The architecture of the running kernel", "uname -m", (ARCHITECTURE,)),
    Fact("os.hostname", "str", "The name the machine gives itself", "/proc/sys/kernel/hostname", (KERNEL,)),
)


def kernel_release(recording: Recording) -> str | Unknown:
    """Return the release of the running kernel, as ``uname -r`` prints it."""
    return _kernel_line(recording, "/proc/sys/kernel/osrelease")


def parse(recording: Recording) -> Mapping[str, Value]:
    """Return the facts of the subject."""
    found = release(recording)
    return {
        "id": found.id,
        "family": found.family,
        "name": found.name,
        "version": found.version,
        "major": found.major,
        "minor": found.minor,
        "kernel": kernel_release(recording),
        "architecture": _architecture(recording),
        "hostname": _kernel_line(recording, "/proc/sys/kernel/hostname"),
    }


def _kernel_line(recording: Recording, path: str) -> str | Unknown:
    answer = recording.answer(KERNEL)
    if not answer.answered:
        return Unknown(answer.reason)
    return first_lines(answer).get(path) or Unknown(f"{path} could not be read")


def _architecture(recording: Recording) -> str | Unknown:
    answer = recording.answer(ARCHITECTURE)
    word = answer.text.strip()
    if answer.answered and answer.code == 0 and re.fullmatch(r"\w+", word):
        return word
    return Unknown(answer.reason)


SUBJECT = Subject("os", FACTS, parse)
