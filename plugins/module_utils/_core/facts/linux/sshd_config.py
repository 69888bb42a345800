# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of an SSH server: by the server itself, or out of its files. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...collector.read import command, file
from ...collector.recording import Recording, Status
from ..fact import Unknown

#: The settings as the server takes them for a logon of root from the address that is connected now. sudo hides that
#: address from its children, but not from its own environment. Old servers know fewer words behind -C.
EFFECTIVE = command(
    "sshd -T",
    'test "$(id -u)" = 0 || exit 1; command -v sshd >/dev/null || exit 127; '
    "test \"$SSH_CONNECTION\" || SSH_CONNECTION=$(tr '\\000' '\\n' 2>/dev/null <\"/proc/$PPID/environ\""
    " | sed -n 's/^SSH_CONNECTION=//p'); "
    "set -- $SSH_CONNECTION; c=user=root,host=localhost,addr=${1:-127.0.0.1}; "
    "sshd -T -C $c,laddr=${3:-127.0.0.1},lport=${4:-22} 2>/dev/null || sshd -T -C $c",
    10,
)
#: openSUSE keeps the vendor's file under /usr/etc.
MAIN = file("/etc/ssh/sshd_config")
VENDOR = file("/usr/etc/ssh/sshd_config")
PARTS = command(
    "sshd configuration parts",
    "test ! -d /etc/ssh/sshd_config.d || grep -H '^' /etc/ssh/sshd_config.d/*.conf",
)


@dataclass
class Settings:
    """The value, or the reason why it is not known, of each setting; ``subsystem`` and ``port`` may repeat."""

    values: dict[str, list[str] | Unknown] = field(default_factory=dict)
    incomplete: Unknown | None = None

    def get(self, name: str, default: str | Unknown = "") -> str | Unknown:
        """Return the first value of a setting."""
        found = self.all(name)
        if isinstance(found, Unknown):
            return found
        return found[0] if found else default

    def all(self, name: str) -> list[str] | Unknown:
        """Return all values of a setting, none where it is not set."""
        return self.values.get(name, self.incomplete or [])


def settings(recording: Recording) -> Settings | Unknown:
    """Return the server's settings, from its own answer if there is one, else from its files."""
    answer = recording.answer(EFFECTIVE)
    if answer.answered and answer.code == 0 and re.search(r"^port \d", answer.text, re.MULTILINE):
        found = Settings()
        for line in answer.lines:
            name, _space, value = line.partition(" ")
            values = found.values.setdefault(name.lower(), [])
            if isinstance(values, list):
                values.append(value.strip())
        return found
    return _from_files(recording)


def _from_files(recording: Recording) -> Settings | Unknown:
    main = recording.answer(MAIN)
    if main.status is Status.ABSENT:
        main = recording.answer(VENDOR)
    if not main.answered:
        return Unknown(main.reason)
    found = Settings()
    applies, match = True, ""
    outside = applies, match
    for name, value in _lines(main.text, recording):
        if name == "match":
            applies, match = _match(value), "" if value.lower() == "all" else f"Match {value}"
        elif name == "part begins":
            outside = applies, match
        elif name == "part ends":
            applies, match = outside
        elif name == "unread":
            found.incomplete = found.incomplete or Unknown(value)
        elif applies:
            _take(found, name, value, match)
    return found


def _take(found: Settings, name: str, value: str, match: str) -> None:
    known = found.values.get(name)
    if "[redacted]" in value:
        found.values[name] = Unknown(f"the value of {name} was taken for a secret and not collected")
    elif known is None and not match:
        found.values[name] = [value] if found.incomplete is None else found.incomplete
    elif isinstance(known, list) and not match and name in ("port", "listenaddress", "subsystem"):
        known.append(value)
    elif match and known != [value]:
        found.values[name] = Unknown(f"{name} depends on who connects ({match[:100]!r})")


def _match(condition: str) -> bool:
    """Whether a Match block may hold for root; one for other users only does not."""
    words = condition.lower().split()
    if len(words) == 2 and words[0] == "user":
        return any(re.search(r"[*?!]", user) or user == "root" for user in words[1].split(","))
    return True


def _lines(text: str, recording: Recording, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield name and value of the settings, files that are included in their place."""
    for line in text.splitlines():
        found = re.match(r"\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+)(.*)", line)
        if found is None:
            continue
        name, value = found[1].lower(), found[2].partition(" #")[0].strip().strip('"')
        if name != "include":
            yield name, value
        elif depth == 0 and value in ("/etc/ssh/sshd_config.d/*.conf", "sshd_config.d/*.conf"):
            yield from _parts(recording)
        elif not value.startswith(("/etc/crypto-policies/", "/usr/etc/ssh/sshd_config.d/")):
            yield "unread", f"the file {value} that the SSH server includes was not read"


def _parts(recording: Recording) -> Iterator[tuple[str, str]]:
    answer = recording.answer(PARTS)
    if not answer.answered or "Permission denied" in answer.text:
        yield "unread", answer.reason
        return
    parts: dict[str, list[str]] = {}
    for line in answer.lines:
        path, colon, content = line.partition(":")
        if colon and path.startswith("/"):
            parts.setdefault(path, []).append(content)
    for content_lines in parts.values():
        # A Match block ends with its file.
        yield "part begins", ""
        yield from _lines("\n".join(content_lines), recording, depth=1)
        yield "part ends", ""
