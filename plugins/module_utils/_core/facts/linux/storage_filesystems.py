# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file systems themselves: XFS's format, free space, names of files. Private to this collection."""

from __future__ import annotations

import re

from ...collector.read import command
from ...collector.recording import Recording
from ..fact import Unknown, Value
from .glob_answers import lines_of
from .operating_system import kernel_release
from .storage_mounts import Mount, unescape

#: ``= MOUNT``, what xfs_info prints, ``= end CODE``: for each XFS once, with blanks as in /proc ("\\040").
XFS = command(
    "xfs",
    ": ; seen=; while read -r device mount kind rest; do "
    '[ "$kind" = xfs ] || continue; case "$seen" in *" $device "*) continue;; esac; seen="$seen $device "; '
    'left=$mount; path=; while [ "$left" ]; do case $left in '
    "*\\\\*) path=$path${left%%\\\\*}\\\\0; left=${left#*\\\\};; *) path=$path$left; left=;; esac; done; "
    "printf '= %s\\n' \"$mount\"; xfs_info \"$(printf %b \"$path\")\" </dev/null; echo \"= end $?\"; "
    "done </proc/self/mounts",
    timeout_seconds=10,
)
#: Only where it is needed: another file system may be dead. For root and for the agent's folder below /usr/local.
#: Where that does not exist yet, the installation would make it in /usr.
SPACE = command(
    "free space",
    "stat -f -c '%n %a %S' / /usr/local || [ -e /usr/local ] || stat -f -c '%n %a %S' /usr",
)

#: At most so many names are collected.
NAMES_LIMIT = 100
#: In LC_ALL=C a byte outside the printable ASCII ones is one that the pattern finds.
NON_ENGLISH = command(
    "non-english paths",
    "{ find /etc -xdev -name '*[! -~]*'; find /usr -xdev -maxdepth 3 -name '*[! -~]*'; } | "
    f"head -n {NAMES_LIMIT}",
    timeout_seconds=10,
)
#: From 3.10 on kernels can mount XFS of version 5; a tool that is older than its kernel would not show it.
_FIRST_WITH_VERSION_5 = (3, 10)
_PRINTED = re.compile(r"^= (/.*)\n((?:(?!= ).*\n)*)= end (\d+)$", re.MULTILINE)


def xfs(recording: Recording, every: list[Mount], shown: list[Mount]) -> list[Value] | Unknown:
    """Return the format of each XFS; what prints neither ``crc`` nor ``ftype`` is version 4 on a kernel of that age."""
    wanted = [mount for mount in shown if mount.filesystem == "xfs"]
    if not wanted:
        return []
    answer = recording.answer(XFS)
    if not answer.answered:
        return Unknown(answer.reason)
    printed = {unescape(path): (text, code) for path, text, code in _PRINTED.findall(answer.text)}
    # xfs_info was asked once for each device, at whichever of its mount points came first.
    by_number = {mount.number: printed[mount.path] for mount in every if mount.path in printed}
    kernel = kernel_release(recording)
    return [_xfs_row(mount.path, *by_number.get(mount.number, ("", "")), kernel) for mount in wanted]


def _xfs_row(path: str, text: str, code: str, kernel: str | Unknown) -> dict[str, Value]:
    if code != "0" or "meta-data=" not in text or "naming" not in text:
        said = "xfs_info is not installed" if code == "127" else "xfs_info did not print its format"
        return {"mount": path, "crc": Unknown(f"{path}: {said}"), "ftype": Unknown(f"{path}: {said}")}
    row: dict[str, Value] = {"mount": path}
    for name in ("crc", "ftype"):
        found = re.search(rf"\b{name}=([01])\b", text)
        if found is not None:
            row[name] = found[1] == "1"
        elif isinstance(kernel, Unknown) or _numbers(kernel) >= _FIRST_WITH_VERSION_5:
            row[name] = Unknown(f"{path}: xfs_info is too old for this kernel, it does not print {name}")
        else:
            row[name] = False
    return row


def _numbers(kernel: str) -> tuple[int, int]:
    found = re.match(r"(\d{1,4})\.(\d{1,4})", kernel, re.ASCII)
    return (int(found[1]), int(found[2])) if found else _FIRST_WITH_VERSION_5


def free_bytes(recording: Recording, *paths: str) -> int | Unknown:
    """Return what anybody but root can still write to the file system of the first path that was answered."""
    answer = recording.answer(SPACE)
    for path in paths:
        found = re.search(rf"^{re.escape(path)} (\d{{1,18}}) (\d{{1,9}})$", answer.text, re.MULTILINE)
        if found is not None:
            return int(found[1]) * int(found[2])
    return Unknown(f"the free space of {paths[0]} is not known: {answer.reason}")


def non_english_paths(recording: Recording) -> list[Value] | Unknown:
    """Return the paths below /etc and /usr whose last part has a character that is not printable ASCII."""
    answer = recording.answer(NON_ENGLISH)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    refused = [line for line in lines_of(answer) if not line.startswith("/")]
    if any("ermission denied" in line for line in refused) and not recording.privileged:
        return Unknown("some folders below /etc and /usr could not be listed without root rights")
    if refused:
        return Unknown(f"below /etc and /usr not all could be listed: {refused[0][:200]}")
    return list(lines_of(answer))
