# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What decides whether root can log on with a password, for planning a change of it. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import command
from ...collector.recording import Recording, Status
from ..fact import Fact, Subject, Unknown, Value
from . import ssh, sshd_config
from .processes import NOT_DAEMONS, PROCESSES

#: The settings that a planner looks at, by the names that ``sshd -T`` gives them.
SETTINGS = (
    *("passwordauthentication", "permitrootlogin", "subsystem", "authenticationmethods", "forcecommand"),
    *("chrootdirectory", "allowusers", "denyusers", "allowgroups", "denygroups"),
)
#: In the order in which they are preferred; a machine has one of them.
SFTP_SERVERS = (
    *("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server"),
    *("/usr/lib64/ssh/sftp-server", "/usr/libexec/ssh/sftp-server", "/usr/libexec/sftp-server"),
)
#: Of the password only whether there is one.
ROOT = command(
    "root account",
    "id -Gn root | sed 's/^/groups /'; "
    'awk -F: \'$1 == "root" { print "shell " $NF }\' /etc/passwd; '
    'awk -F: \'$1 == "root" { print "shadow " ($2 ~ /^[*!]/ ? "locked" : $2 == "" ? "empty" : "set") }\''
    " /etc/shadow; "
    f'for f in {" ".join(SFTP_SERVERS)}; do test -x $f && echo "sftp $f"; done; exit 0',
)


def _settings(recording: Recording) -> Value:
    """Return the settings by name, and under ``error`` what the server finds wrong with its own."""
    answer = recording.answer(sshd_config.EFFECTIVE)
    if not answer.answered:
        return Unknown(answer.reason)
    if not recording.privileged:
        return Unknown("sshd -T needs root rights; set become: true")
    if answer.code != 0 or not re.search(r"^port \d", answer.text, re.MULTILINE):
        said = [line.strip() for line in answer.lines if line.strip() and not line.startswith("/bin/sh:")]
        return {"error": "; ".join(said[:2])[:300] or f"sshd -T ended with code {answer.code}"}
    found: dict[str, Value] = {"error": "", **{name: [] for name in SETTINGS}}
    for line in answer.lines:
        name, _space, value = line.partition(" ")
        values = found.get(name.lower())
        if isinstance(values, list):
            values.append(value.strip())
    return found


def _root(recording: Recording) -> Value:
    answer = recording.answer(ROOT)
    if not answer.answered:
        return Unknown(answer.reason)
    found = dict(line.split(" ", 1) for line in reversed(answer.lines) if " " in line)
    groups: list[Value] = [*found.get("groups", "").split()]
    return {"groups": groups, "shell": found.get("shell", ""), "password": found.get("shadow", "")}


def _sftp_server(recording: Recording) -> str | Unknown:
    answer = recording.answer(ROOT)
    if not answer.answered:
        return Unknown(answer.reason)
    found = (line.partition(" ")[2] for line in answer.lines if line.startswith("sftp "))
    return next((path for path in found if path in SFTP_SERVERS), "internal-sftp")


def _files(recording: Recording) -> Value:
    """Return the text of the main file and of the parts, by their paths; none where the main file is the vendor's."""
    main, path = recording.answer(sshd_config.MAIN), sshd_config.MAIN.arguments[0]
    if main.status is Status.ABSENT:
        main, path = recording.answer(sshd_config.VENDOR), sshd_config.VENDOR.arguments[0]
    parts = recording.answer(sshd_config.PARTS)
    if not main.answered or not parts.answered:
        return Unknown(parts.reason if main.answered else main.reason)
    texts: dict[str, Value] = {path: main.text}
    lines: dict[str, list[str]] = {}
    for line in parts.lines:
        part, colon, content = line.partition(":")
        if colon and part.startswith("/etc/ssh/sshd_config.d/"):
            lines.setdefault(part, []).append(content)
    return {**texts, **{part: "\n".join(content) for part, content in lines.items()}}


def _loaded(recording: Recording) -> str | Unknown:
    """Return yes or no as ``find -newer`` finds it from the file with the server's number, else unknown."""
    answer = recording.answer(ssh.TIMES)
    if not answer.answered:
        return Unknown(answer.reason)
    written = ssh.pid_file_times(recording)
    changed = ssh.times(answer.lines, ("/etc/ssh/",))
    if isinstance(written, Unknown):
        return written
    if not written or not changed:
        return "unknown"
    return "no" if max(changed)[0] > written[0][0] else "yes"


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "settings": _settings(recording),
        "root": _root(recording),
        "sftp_server": _sftp_server(recording),
        "files": _files(recording),
        "loaded": _loaded(recording),
    }


_PLANNING = "Only for planning a fix: no audit collects it."
_READS = (sshd_config.MAIN, sshd_config.VENDOR, sshd_config.PARTS)

SUBJECT = Subject(
    "sshd",
    (
        Fact(
            "sshd.settings",
            "dict",
            f"What decides about a logon of root, each with its values; error: why the server gives none. {_PLANNING}",
            "sshd -T as root for a logon of root from the present address",
            (sshd_config.EFFECTIVE,),
        ),
        Fact(
            "sshd.root",
            "dict",
            f"The groups of root, its shell, and whether it has a password: set, locked or empty. {_PLANNING}",
            "id; /etc/passwd; /etc/shadow",
            (ROOT,),
        ),
        Fact("sshd.sftp_server", "str", f"The SFTP server that is installed. {_PLANNING}", "files", (ROOT,)),
        Fact("sshd.files", "dict", f"The files of its settings and their text. {_PLANNING}", "files", _READS),
        Fact(
            "sshd.loaded",
            "str",
            f"Whether the running server has read its files as they are: yes, no or unknown. {_PLANNING}",
            "the times of the files and of the file with the server's number",
            (ssh.TIMES, PROCESSES, NOT_DAEMONS),
        ),
    ),
    _parse,
)
