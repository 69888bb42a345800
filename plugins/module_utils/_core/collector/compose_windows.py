# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes one PowerShell script out of ``windows.ps1`` and a set of reads. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .compose import Limits, as_sent
from .quote import quote_powershell
from .read import Read

#: A console that PowerShell itself redirects would destroy what is not English, so cmd must do it.
_FILE_HEAD = """\
# Run this in cmd.exe (not in PowerShell) as an administrator, and hand over recording.txt:
# powershell -NoProfile -ExecutionPolicy Bypass -File collect.ps1 > recording.txt
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
'@@ preflight-language ' + $ExecutionContext.SessionState.LanguageMode
exit 3
}"""


def compose_windows(reads: Iterable[Read], limits: Limits) -> str:
    """Return what is sent to a Windows machine to carry out the reads, each once, in the order given.

    Raises:
        ValueError: an argument of a read is not printable text in one line.
    """
    return compose_windows_calls([read_line(read) for read in dict.fromkeys(reads)], limits)


def compose_windows_file(reads: Iterable[Read], limits: Limits) -> str:
    """Return the script as a file that a machine's owner runs with ``powershell -File``.

    Raises:
        ValueError: an argument of a read is not printable text in one line.
    """
    count, _newline, rest = compose_windows(reads, limits).partition("\n")
    return "\n".join([_FILE_HEAD, *rest.split("\n")[: int(count)], ""])


def compose_windows_calls(
    calls: Sequence[str], limits: Limits, definitions: Sequence[str] = (), data: Sequence[str] = ()
) -> str:
    """Return the two sections of standard input: the number of the script's lines, the script, and then the data.

    The script is one block that its last line runs: one that was cut off does not compile. It is pure ASCII, for
    standard input is decoded by the machine's own code page; only the script is compiled, so nothing in the data is
    ever logged as a script.

    Raises:
        ValueError: a line is not ASCII, or a line of data holds a line break.
    """
    lines = "\n".join(
        [
            "& {",
            as_sent(Path(__file__).parent / "windows.ps1"),
            *definitions,
            f"$time_limit = {limits.time_seconds}",
            f"$size_limit = {limits.answer_bytes}",
            "function Invoke-Reads {",
            *calls,
            "}",
            "Start-Collection",
            "} $args[0]",
        ]
    ).split("\n")
    for line in lines:
        if not _is_line(line):
            raise ValueError(f"what is sent to a Windows machine must be lines of ASCII, found {line[:80]!r}")
    if not all(map(_is_line, data)):
        raise ValueError("data for a Windows machine must be lines of ASCII; what was found is not told: it is secret")
    return "\n".join([str(len(lines)), *lines, *data, ""])


def _is_line(text: str) -> bool:
    return text.isascii() and "\n" not in text and "\r" not in text


def read_line(read: Read) -> str:
    """Return the generated line of a read.

    Raises:
        ValueError: an argument is not printable text in one line.
    """
    for argument in read.arguments:
        if argument and not argument.isprintable():
            raise ValueError(f"an argument of a read must be printable text in one line, found {argument!r}")
    words = [str(read.timeout_seconds), quote_powershell(read.kind), *map(quote_powershell, read.arguments)]
    return f"Read-Answer {' '.join(words)}"
