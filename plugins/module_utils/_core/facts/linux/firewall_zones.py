# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of firewalld's zones, as who edits them needs them. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...collector.read import command
from ...collector.recording import Recording
from ..fact import Unknown, Value
from ..posix_cksum import posix_cksum
from .files import why_not_replaced

ZONES = "/etc/firewalld/zones"
VENDOR_ZONES = "/usr/lib/firewalld/zones"
#: Every file behind a line with its path; lines of its content begin with a space, and what is told about it does not.
FILES = command(
    "firewalld zone files",
    f"test -d {ZONES} || exit 0; test -w {ZONES} || echo unwritable;"
    f" for f in {ZONES}/*.xml {VENDOR_ZONES}/*.xml; do test -f $f || test -L $f || continue;"
    ' echo "file $f"; ls -ldn $f; echo "sum $(cksum <$f)"; lsattr -d $f 2>/dev/null | sed "s/^/flags /";'
    " grep \"^[^ ]* [^ ]* [^ ]* [^ ]* $f \" /proc/self/mountinfo; sed 's/^/ /' $f; echo; done; exit 0",
)
#: Which adapters are in which zone now; asked only where firewalld runs.
ACTIVE = command(
    "firewalld active zones",
    "grep -qsx firewalld /proc/[0-9]*/comm || exit 0; firewall-cmd --get-active-zones; echo default;"
    " firewall-cmd --get-default-zone",
    15,
)


def zones(recording: Recording, interfaces: frozenset[str]) -> Value:
    """Return every zone that has a file, and whether one of these adapters is in it now."""
    answer = recording.answer(FILES)
    if not answer.answered:
        return Unknown(answer.reason)
    unwritable = answer.lines[:1] == ["unwritable"] and recording.privileged
    active = _active(recording, interfaces)
    found: dict[str, dict[str, Value]] = {}
    for path, told, content in _files(answer.lines):
        name = path.rpartition("/")[2].removesuffix(".xml")
        zone = found.setdefault(name, _no_file(name, name in active))
        if path.startswith(VENDOR_ZONES):
            zone["vendor_text"] = _whole(told, content)[0]
            continue
        text, checksum = _whole(told, content)
        zone |= {"present": True, "text": text, "checksum": checksum, "obstacle": why_not_replaced(told)}
        if not checksum and not zone["obstacle"]:
            zone["obstacle"] = "it could not be read byte by byte"
    for zone in found.values():
        if unwritable:
            zone["obstacle"] = f"{ZONES} cannot be written; look whether it is mounted read-only"
    return [*found.values()]


def _no_file(name: str, active: bool) -> dict[str, Value]:
    path = f"{ZONES}/{name}.xml"
    plain: dict[str, Value] = {"name": name, "active": active, "path": path, "present": False}
    return plain | {"text": "", "checksum": "none", "obstacle": "", "vendor_text": ""}


def _files(lines: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield path, what is told about it, and the lines of each file."""
    path, told, content = "", list[str](), list[str]()
    for line in [*lines, "file "]:
        if line.startswith("file "):
            if path:
                yield path, told, content
            path, told, content = line[5:], [], []
        elif line.startswith(" "):
            content.append(line[1:])
        else:
            told.append(line)


def _whole(told: list[str], content: list[str]) -> tuple[str, str]:
    """Return the text and its checksum as ``checksum`` of ``files.sh`` gives it; empty where they do not agree."""
    found = next((re.fullmatch(r"sum (\d+) (\d+)\s*", line) for line in told if line.startswith("sum ")), None)
    if found is None:
        return "", ""
    for end in ("\n", ""):
        text = "\n".join(content) + end if content else ""
        if posix_cksum(text.encode("utf-8", "surrogateescape")) == f"{found[1]}-{found[2]}":
            return text, f"{found[1]}-{found[2]}"
    return "", ""


def _active(recording: Recording, interfaces: frozenset[str]) -> set[str]:
    lines = recording.answer(ACTIVE).lines
    found, zone = set[str](), ""
    default = lines[lines.index("default") + 1 :][:1] if "default" in lines else []
    for line in lines:
        if line == "default":
            break
        words = line.split()
        if line[:1].strip():
            zone = words[0]
        elif words[:1] == ["interfaces:"] and interfaces & set(words[1:]):
            found.add(zone)
    return found or {name.strip() for name in default}
