# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which distribution and release the files under /etc name. Private to this collection."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...collector.read import file, values
from ...collector.recording import Recording, Status
from ..fact import Unknown
from .glob_answers import first_lines

OS_RELEASE = file("/etc/os-release")
SUSE_RELEASE = file("/etc/SuSE-release")
LSB_RELEASE = file("/etc/lsb-release")
#: Files of one line, the most telling first: the clones of Red Hat carry ``redhat-release`` beside their own.
_RELEASE_LINES = ("oracle-release", "rocky-release", "almalinux-release", "centos-release", "redhat-release")
RELEASE_LINES = values(*(f"/etc/{name}" for name in (*_RELEASE_LINES, "system-release", "debian_version")))

_FROM_RELEASE_LINE = (
    (r"Oracle Linux|Enterprise Linux Enterprise", "ol"),
    (r"CentOS", "centos"),
    (r"Rocky", "rocky"),
    (r"AlmaLinux", "almalinux"),
    (r"Red Hat Enterprise Linux", "rhel"),
    (r"Scientific Linux", "scientific"),
    (r"Fedora", "fedora"),
    (r"Amazon Linux", "amzn"),
)
_FAMILIES = {
    "rhel": {"rhel", "centos", "ol", "rocky", "almalinux", "fedora", "amzn", "scientific"},
    "suse": {"suse", "sles", "sles_sap", "sled", "opensuse", "opensuse-leap", "opensuse-tumbleweed", "sle_hpc"},
    "debian": {"debian", "ubuntu"},
}
#: Their os-release leaves the minor version out (CentOS), or a release without one is a moving target (Stream).
_MINOR_IN_RELEASE_LINE = {"rhel", "centos", "ol", "rocky", "almalinux", "scientific"}


@dataclass(frozen=True)
class Release:
    """A distribution and its release, as far as they are known."""

    id: str | Unknown
    family: str | Unknown
    name: str | Unknown
    version: str | Unknown
    major: int | Unknown
    minor: int | Unknown


def release(recording: Recording) -> Release:
    """Return the release; of the files that contradict each other the more precise one counts."""
    os_release, lines = recording.answer(OS_RELEASE), recording.answer(RELEASE_LINES)
    if os_release.status is not Status.ABSENT and not os_release.answered:
        return _nothing(os_release.reason)
    if not lines.answered:
        return _nothing(lines.reason)
    contents = first_lines(lines)
    named = assignments(os_release.text)
    if named.get("ID"):
        return _from_os_release(named, contents)
    for name in (*_RELEASE_LINES, "system-release"):
        line = contents.get(f"/etc/{name}", "")
        if line is None:
            return _nothing(f"/etc/{name} could not be read")
        for pattern, identifier in _FROM_RELEASE_LINE:
            if re.search(pattern, line):
                return _release(identifier, line.partition(" release")[0], _line_version(line) or "", "rhel")
    return _from_older_files(recording, contents)


def _from_os_release(named: dict[str, str], contents: dict[str, str | None]) -> Release:
    identifier = named["ID"].lower()
    name = named.get("NAME") or identifier
    version = named.get("VERSION_ID", "")
    family = _family(identifier, named.get("ID_LIKE", ""))
    if identifier in _MINOR_IN_RELEASE_LINE and "." not in version:
        # CentOS and some clones say "7" there and "7.9.2009" in the older file.
        own = [contents.get(f"/etc/{name}") for name in _RELEASE_LINES]
        found = [_line_version(line) for line in own if line]
        version = next((entry for entry in found if entry.split(".")[0] == version), version)
    if identifier == "debian":
        return _debian(name, version, contents)
    return _release(identifier, name, version, family)


def _debian(name: str, version: str, contents: dict[str, str | None]) -> Release:
    point = contents.get("/etc/debian_version", "")
    if point and re.fullmatch(r"\d+\.\d+(\.\d+)?", point) and point.split(".")[0] == (version or point).split(".")[0]:
        return _release("debian", name, point, "debian")
    found = _release("debian", name, version, "debian")
    why = f"/etc/debian_version says {point[:40]!r}" if point else "/etc/debian_version could not be read"
    minor = Unknown(f"the point release of Debian is not known: {why}")
    return Release(found.id, found.family, found.name, found.version, found.major, minor)


def _from_older_files(recording: Recording, contents: dict[str, str | None]) -> Release:
    suse, lsb = recording.answer(SUSE_RELEASE), recording.answer(LSB_RELEASE)
    for answer in (suse, lsb):
        if answer.status is not Status.ABSENT and not answer.answered:
            return _nothing(answer.reason)
    if suse.text:
        first = suse.text.split("\n")[0]
        told = assignments(re.sub(r"[ \t]*=[ \t]*", "=", suse.text))
        version = told.get("VERSION", "")
        if told.get("PATCHLEVEL", "").isdecimal() and "." not in version:
            version = f"{version}.{int(told['PATCHLEVEL'])}"
        kinds = (("openSUSE", "opensuse"), ("Enterprise Desktop", "sled"), ("Enterprise Server", "sles"))
        identifier = next((known for words, known in kinds if words in first), "suse")
        return _release(identifier, first.partition(" (")[0].strip(), version, "suse")
    told = assignments(lsb.text)
    if told.get("DISTRIB_ID"):
        identifier = told["DISTRIB_ID"].lower()
        return _release(identifier, told["DISTRIB_ID"], told.get("DISTRIB_RELEASE", ""), _family(identifier, ""))
    if contents.get("/etc/debian_version"):
        return _debian("Debian GNU/Linux", "", contents)
    return _nothing("no file under /etc names the distribution")


def _release(identifier: str, name: str, version: str, family: str) -> Release:
    numbers = re.match(r"(\d{1,6})(?:\.(\d{1,6}))?(?![\w])", version, re.ASCII)
    if numbers is None:
        missing = Unknown(f"no version of {name or identifier} is named under /etc, found {version[:40]!r}")
        return Release(identifier, family, name, missing, missing, missing)
    minor: int | Unknown = int(numbers[2] or 0)
    if numbers[2] is None and identifier in _MINOR_IN_RELEASE_LINE:
        minor = Unknown(f"{name or identifier} {version} names no minor version")
    return Release(identifier, family, name, version, int(numbers[1]), minor)


def _nothing(reason: str) -> Release:
    unknown = Unknown(reason)
    return Release(unknown, unknown, unknown, unknown, unknown, unknown)


def _family(identifier: str, like: str) -> str:
    for word in (identifier, *like.lower().split()):
        for family, members in _FAMILIES.items():
            if word in members:
                return family
    return "other"


def _line_version(line: str) -> str:
    """Return "7.9" of "CentOS Linux release 7.9.2009 (Core)"."""
    found = re.search(r"release (\d+(?:\.\d+)?)", line, re.ASCII)
    return found[1] if found else ""


def assignments(text: str) -> dict[str, str]:
    """Return the ``NAME=value`` lines of a file in the form of os-release, quotes taken off."""
    found = {}
    for line in text.split("\n"):
        pair = re.match(r"\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$", line.rstrip(), re.ASCII)
        if pair is None:
            continue
        value = pair[2].strip()
        if len(value) > 1 and value[0] in "\"'" and value[-1] == value[0]:
            value = value[1:-1]
        found[pair[1]] = re.sub(r"\\(.)", r"\1", value)
    return found
