# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole files, as fixes that edit them need them. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import Read, command, file
from ...collector.recording import Recording, Status
from ..fact import Fact, Subject, Unknown, Value
from ..posix_cksum import posix_cksum

#: The files that fixes edit or create, by the names of their facts.
PATHS: Mapping[str, str] = {
    "hosts": "/etc/hosts",
    "sshd_config": "/etc/ssh/sshd_config",
    "sshd_drop_in": "/etc/ssh/sshd_config.d/00-preflight.azure.conf",
    "chrony_conf": "/etc/chrony.conf",
    "chrony_debian_conf": "/etc/chrony/chrony.conf",
    "ntp_conf": "/etc/ntp.conf",
    "ntpsec_conf": "/etc/ntpsec/ntp.conf",
    "timesyncd_conf": "/etc/systemd/timesyncd.conf",
    "grub_defaults": "/etc/default/grub",
    "iptables_rules": "/etc/sysconfig/iptables",
    "iptables_debian_rules": "/etc/iptables/rules.v4",
    "nftables_conf": "/etc/nftables.conf",
    "nftables_sysconfig": "/etc/sysconfig/nftables.conf",
}


def _content(path: str) -> Read:
    return file(path)


def _look(path: str) -> Read:
    directory = path.rpartition("/")[0]
    line = (
        "test -w DIRECTORY || echo unwritable; test -e PATH || test -L PATH || exit 3; ls -ldn PATH; cksum <PATH; "
        "lsattr -d PATH | sed 's/^/flags /'; grep '^[^ ]* [^ ]* [^ ]* [^ ]* PATH ' /proc/self/mountinfo; exit 0"
    )
    return command(f"editable {path}", line.replace("DIRECTORY", directory).replace("PATH", path))


def _editable(recording: Recording, path: str) -> Value:
    """Return what a fix must know before it edits the file."""
    looked, content = recording.answer(_look(path)), recording.answer(_content(path))
    if not looked.answered:
        return Unknown(looked.reason)
    obstacle = ""
    if recording.privileged and "unwritable" in looked.lines:
        obstacle = f"{path.rpartition('/')[0]} is not there or cannot be written; look whether it is mounted read-only"
    if looked.code == 3 and content.status is Status.ABSENT:
        return {"path": path, "present": False, "text": "", "checksum": "none", "obstacle": obstacle}
    found = re.search(r"^(\d+) (\d+)\s*$", looked.text, re.MULTILINE)
    if not content.answered or found is None:
        return Unknown(content.reason if not content.answered else looked.reason)
    size, checksum = int(found[2]), f"{found[1]}-{found[2]}"
    # Whether its last line has an end does not stand in a recording, but in its size.
    text = content.text if len(_bytes(content.text)) == size else content.text.removesuffix("\n")
    if posix_cksum(_bytes(text)) != checksum:
        return Unknown(
            f"{path} could not be read byte by byte, for it holds a secret, which is never collected, or characters "
            "that no text has"
        )
    return {
        "path": path,
        "present": True,
        "text": text,
        "checksum": checksum,
        "obstacle": obstacle or _obstacle(looked.lines),
    }


def _obstacle(lines: list[str]) -> str:
    """Return why the file must not or cannot be replaced, as the change itself would find."""
    words = next((line.split() for line in lines if re.match(r"[-a-z][-a-zA-Z]{9}", line)), [""])
    if words[0].startswith("l"):
        return "it is a symbolic link; change what it points to by hand"
    if not words[0].startswith("-"):
        return "it is no regular file"
    if any(re.match(r"\d+ \d+ \d+:\d+ ", line) for line in lines):
        return "it is a mount point of its own; change it where it comes from"
    if words[1] != "1":
        return f"it has {words[1]} hard links, and replacing it would separate them"
    for line in lines:
        kind, _space, said = line.partition(" ")
        flags = said.split(" ")[0]
        if kind == "flags" and re.fullmatch(r"[A-Za-z-]+", flags) and re.search("[ia]", flags):
            return f"it is immutable (lsattr: {flags}); take that away with chattr if it may be changed"
    return ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {name: _editable(recording, path) for name, path in PATHS.items()}


SUBJECT = Subject(
    "files",
    tuple(
        Fact(
            f"files.{name}",
            "dict",
            "path, present, text, checksum (POSIX cksum and size) and obstacle (why it cannot be replaced) of the "
            "file. Only for planning a fix: no audit collects it.",
            path,
            (_content(path), _look(path)),
        )
        for name, path in PATHS.items()
    ),
    _parse,
)
