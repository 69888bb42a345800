# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of the registry with their types, out of a recording. Private to this collection."""

from __future__ import annotations

from ...collector.read import Read
from ...collector.recording import Recording, Status
from ...collector.windows_read import registry, rows
from ..fact import Unknown
from .collecting_process import misled

read = registry


def value(recording: Recording, of: Read, name: str) -> tuple[str, list[str]] | Unknown | None:
    """Return type and data of a value, ``None`` where the key or the value does not exist.

    The data of a list has as many entries as the list; all other types have one. Names do not heed case.
    """
    doubt = misled(recording, of)
    if doubt is not None:
        return doubt
    answer = recording.answer(of)
    if answer.status is Status.ABSENT:
        return None
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    found = [words for words in rows(answer.lines) if len(words) >= 2 and words[0].lower() == name.lower()]
    return (found[0][1], [words[2] for words in found if len(words) > 2]) if found else None


def number(recording: Recording, of: Read, name: str, *, absent: int | Unknown | None = None) -> int | Unknown:
    """Return a DWORD or QWORD; a value of another type is unknown, for Windows itself would not take it."""
    found = value(recording, of, name)
    if isinstance(found, Unknown):
        return found
    if found is None:
        return Unknown(f"{of.arguments[0]} has no value {name}") if absent is None else absent
    kind, data = found
    if kind not in ("DWord", "QWord") or not data or not data[0].isdigit():
        return Unknown(f"expected a number in {of.arguments[0]}, {name}, found type {kind}")
    return int(data[0])


def text(recording: Recording, of: Read, name: str, *, absent: str | Unknown | None = None) -> str | Unknown:
    """Return a REG_SZ or REG_EXPAND_SZ; a value of another type is unknown."""
    found = value(recording, of, name)
    if isinstance(found, Unknown):
        return found
    if found is None:
        return Unknown(f"{of.arguments[0]} has no value {name}") if absent is None else absent
    kind, data = found
    if kind not in ("String", "ExpandString"):
        return Unknown(f"expected a text in {of.arguments[0]}, {name}, found type {kind}")
    return data[0] if data else ""


def present(recording: Recording, of: Read) -> list[list[str]] | Unknown:
    """Return the rows of an answer about keys or values; none where the key does not exist."""
    doubt = misled(recording, of)
    if doubt is not None:
        return doubt
    answer = recording.answer(of)
    if answer.status is Status.ABSENT:
        return []
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    return rows(answer.lines)
