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
    "chrony_conf_drop_in": "/etc/chrony/conf.d/preflight.azure.conf",
    "chrony_sources_drop_in": "/etc/chrony/sources.d/preflight.azure.sources",
    "chrony_suse_drop_in": "/etc/chrony.d/preflight.azure.conf",
    "ntp_conf": "/etc/ntp.conf",
    "ntpsec_conf": "/etc/ntpsec/ntp.conf",
    "timesyncd_conf": "/etc/systemd/timesyncd.conf",
    "timesyncd_drop_in": "/etc/systemd/timesyncd.conf.d/preflight.azure.conf",
    "grub_defaults": "/etc/default/grub",
    "dracut_drop_in": "/etc/dracut.conf.d/preflight.azure.conf",
    "initramfs_modules": "/etc/initramfs-tools/modules",
    "suse_kernel": "/etc/sysconfig/kernel",
    "iptables_rules": "/etc/sysconfig/iptables",
    "iptables_debian_rules": "/etc/iptables/rules.v4",
    "nftables_conf": "/etc/nftables.conf",
    "nftables_sysconfig": "/etc/sysconfig/nftables.conf",
    "ufw_rules": "/etc/ufw/user.rules",
    "ufw_old_rules": "/lib/ufw/user.rules",
}


def _content(path: str) -> Read:
    return file(path)


def _look(path: str) -> Read:
    line = (
        "test -w DIRECTORY || echo unwritable; ls -ldn DIRECTORY/. | sed 's/^/directory /'; "
        "test -e PATH || test -L PATH || exit 3; ls -ldn PATH; test -f PATH && cksum <PATH; "
        "lsattr -d DIRECTORY PATH | sed 's/^/flags /'; "
        "awk '$5 == \"PATH\" { print \"mounted\" }' /proc/self/mountinfo; exit 0"
    )
    return command(f"editable {path}", line.replace("DIRECTORY", _directory(path)).replace("PATH", path))


def _directory(path: str) -> str:
    return path.rpartition("/")[0]


def _editable(recording: Recording, path: str) -> Value:
    """Return what a fix must know before it edits the file."""
    looked, content = recording.answer(_look(path)), recording.answer(_content(path))
    if not looked.answered:
        return Unknown(looked.reason)
    obstacle = _obstacle(path, looked.lines, privileged=recording.privileged)
    if looked.code == 3 and content.status is Status.ABSENT:
        return {"path": path, "present": False, "text": "", "checksum": "none", "obstacle": obstacle}
    found = re.search(r"^(\d+) (\d+)\s*$", looked.text, re.MULTILINE)
    if obstacle and (not content.answered or found is None):
        return {"path": path, "present": True, "text": "", "checksum": "unknown", "obstacle": obstacle}
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
    return {"path": path, "present": True, "text": text, "checksum": checksum, "obstacle": obstacle}


def _obstacle(path: str, lines: list[str], *, privileged: bool) -> str:
    directory = _directory(path)
    if not any(line.startswith("directory d") for line in lines):
        return f"the directory {directory} does not exist"
    obstacle = why_not_replaced(lines)
    if not obstacle and privileged and "unwritable" in lines:
        return f"its directory {directory} cannot be written; look whether it is mounted read-only"
    return obstacle


def why_not_replaced(lines: list[str]) -> str:
    """Return why a file must not or cannot be replaced, as the change itself would find.

    Args:
        lines: what ``ls -ldn`` says of the file, of its directory behind the word ``directory``, what ``lsattr -d``
            says of both behind the word ``flags``, and the line of mountinfo or the word ``mounted``.
    """
    words = next((line.split() for line in lines if re.match(r"[-bcdlps][-rwxsStT]{9}[.+@]? +\d+ ", line)), ["-", "1"])
    if words[0].startswith("l"):
        return "it is a symbolic link; change what it points to by hand"
    if not words[0].startswith("-"):
        return "it is no regular file"
    if any(line == "mounted" or re.match(r"\d+ \d+ \d+:\d+ ", line) for line in lines):
        return "it is a mount point of its own; change it where it comes from"
    if words[1] != "1":
        return f"it has {words[1]} hard links, and replacing it would separate them"
    held = re.search(r"^directory (d\S{9})\S* +\d+ +(\d+) +(\d+) ", "\n".join(lines), re.MULTILINE)
    if held and (held[2] != "0" or held[1][8] == "w" or (held[1][5] == "w" and held[3] != "0")):
        return f"others than root can write to its directory ({held[1]}, user {held[2]}, group {held[3]})"
    for line in lines:
        flags = re.match(r"flags ([A-Za-z-]{8,}) ", line)
        if flags and re.search("[ia]", flags[1]):
            return (
                f"{line.split()[-1]} is immutable or append-only (lsattr: {flags[1]}); take that away with chattr if "
                "it may be changed"
            )
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
            "path, present, text, checksum (POSIX cksum and size) and obstacle (why it cannot be replaced; empty where "
            "nothing speaks against it) of the file. Only for planning a fix: no audit collects it.",
            path,
            (_content(path), _look(path)),
        )
        for name, path in PATHS.items()
    ),
    _parse,
)
