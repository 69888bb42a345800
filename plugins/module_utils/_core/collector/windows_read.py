# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The things to look at on a Windows machine, each a function of ``windows.ps1``. Private to this collection.

Rows of an answer are words with tabs between them; :func:`rows` takes them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .read import Read

#: WMI may take this long to start.
_WMI_SECONDS = 30
_ESCAPED = {"t": "\t", "r": "\r", "n": "\n", "\\": "\\"}


def environment() -> Read:
    """PowerShell, bits of the process and of the machine, user, culture, time zone: ``name, value``."""
    return Read("environment", ())


def registry(key: str, *names: str) -> Read:
    """The values of a key that exist (``*`` for all): ``name, type, data``; absent where the key does not exist.

    The key begins with ``HKLM``, ``HKU`` or ``HKCU`` and a backslash.
    """
    return Read("registry", (key, *names))


def registry_keys(key: str, *patterns: str) -> Read:
    """The names of the keys below a key that match one of the patterns (``*`` for all)."""
    return Read("registry_keys", (key, *patterns), 15)


def registry_tree(key: str, *names: str) -> Read:
    """These values of every key below a key: ``key below, name, type, data``."""
    return Read("registry_tree", (key, *names), 15)


def wmi(namespace: str, class_name: str, *properties: str, where: str = "") -> Read:
    """Properties of WMI objects: ``-`` before each object, then ``property, value``, without those that are null."""
    return Read("wmi", (namespace, class_name, where, *properties), _WMI_SECONDS)


def services(*names: str) -> Read:
    """``name, state, start mode (2 automatic, 3 manual, 4 disabled), delayed, account``, or ``name, absent``."""
    return Read("services", names, 15)


def file_version(path: str) -> Read:
    """``size_bytes``, ``modified`` and ``version`` of a file; ``%NAME%`` in the path is expanded."""
    return Read("file", (path,))


def text(path: str) -> Read:
    """The content of a text file."""
    return Read("text", (path,))


def journal() -> Read:
    """``file, line`` of all records of the changes that this collection made; absent where there are none."""
    return Read("journal", (), 15)


def certificates(location: str, store: str) -> Read:
    """``thumbprint, subject, issuer, from, until, has private key, signature algorithm (OID)`` of each certificate."""
    return Read("certificates", (location, store), 15)


def tcp(milliseconds: int, *targets: str) -> Read:
    """``name:port, open, address`` or ``name:port, error``, all tried at the same time."""
    return Read("tcp", (str(milliseconds), *targets), milliseconds // 1000 + 15)


def tls(milliseconds: int, *targets: str) -> Read:
    """``name:port, open, protocol, subject, issuer, thumbprint, until``, or ``name:port, error, message``."""
    return Read("tls", (str(milliseconds), *targets), len(targets) * 2 * (milliseconds // 1000 + 1) + 10)


def https(milliseconds: int, *targets: str) -> Read:
    """``name:port, status`` or ``name:port, 0x80072EE7`` through the proxy of WinHTTP; nothing where it has none."""
    return Read("https", (str(milliseconds), *targets), len(targets) * (milliseconds // 1000 + 1))


def host_names(*names: str) -> Read:
    """``name, address, ADDRESS`` or ``name, error``."""
    return Read("names", names, 20)


def program(line: str, seconds: int = 15) -> Read:
    """What a program prints (standard error included) and its exit code; the line is one of ``cmd.exe``."""
    return Read("program", (line, str(seconds)), seconds + 5)


def firewall(*groups: str) -> Read:
    """``profile, ...``, ``policy, ...`` and ``rule, ...`` rows; groups as ``@FirewallAPI.dll,-28502``."""
    return Read("firewall", groups, 20)


def group_members(sid: str) -> Read:
    """``SID, path`` of each member of a local group."""
    return Read("group_members", (sid,), 30)


def objects(module: str, line: str, *properties: str, seconds: int = 60) -> Read:
    """What cmdlets of a module return, as :func:`wmi` does; absent where the module is not installed."""
    return Read("objects", (module, line, *properties), seconds)


def rows(lines: Iterable[str]) -> list[list[str]]:
    """Return the words of each row of an answer."""
    return [[_unescaped(word) for word in line.split("\t")] for line in lines]


def instances(lines: Iterable[str]) -> list[dict[str, list[str]]]:
    """Return the objects of an answer to :func:`wmi` or :func:`objects`: the values of each property."""
    found: list[dict[str, list[str]]] = []
    for words in rows(lines):
        if words == ["-"]:
            found.append({})
        elif found and len(words) == 2:
            found[-1].setdefault(words[0], []).append(words[1])
    return found


def _unescaped(word: str) -> str:
    return re.sub(r"\\([trn\\])", lambda found: _ESCAPED[found[1]], word)
