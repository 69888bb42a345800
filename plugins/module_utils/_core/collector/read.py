# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thing to look at on a machine. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Read:
    """A read, as a fact declares it and as one line of the collecting script carries it out.

    ``kind`` names the library function (``file`` is ``read_file`` in ``linux.sh``); ``arguments`` are its arguments,
    the first of which names the read. A recording holds one answer per :attr:`key`.
    """

    kind: str
    arguments: tuple[str, ...]
    timeout_seconds: int = 5

    @property
    def key(self) -> str:
        """The text behind ``@`` in a recording: the kind and the name of the read.

        A glob read is named by all its patterns, a command by its own name.
        """
        named = self.arguments[:1] if self.kind == "command" else self.arguments
        return " ".join((self.kind, *named))


def file(path: str) -> Read:
    """The content of one file."""
    return Read("file", (path,))


def values(*patterns: str) -> Read:
    """The first line of every file that the patterns match: ``path<TAB>line``; a bare path where it cannot be read."""
    return Read("values", patterns)


def names(*patterns: str) -> Read:
    """The paths that exist and match the patterns, one a line."""
    return Read("names", patterns)


def directories(*patterns: str) -> Read:
    """Where the directories that match really are, symbolic links resolved: ``path<TAB>physical path``."""
    return Read("directories", patterns)


def command(name: str, line: str, timeout_seconds: int = 5) -> Read:
    """What a command line prints (standard error included) and its exit code.

    The first word of the line is the program; where it is missing the answer is *absent*. The line is run by the
    machine's own ``/bin/sh`` and must not write anything.
    """
    return Read("command", (name, line), timeout_seconds)
