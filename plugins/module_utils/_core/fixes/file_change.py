# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a file, as a planner says it and ``files.sh`` does it. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

from ..facts.fact import Facts
from ..facts.posix_cksum import posix_cksum
from .contract import Refusal


@dataclass(frozen=True)
class EditableFile:
    """A file as it was found; ``text`` is ``None`` where there is none. Bytes that are not UTF-8 are surrogates."""

    path: str
    text: str | None

    @property
    def state(self) -> str:
        """The word that ``file_state`` of ``files.sh`` gives for it."""
        return f"{self.path} {_checksum(self.text)}"

    @property
    def lines(self) -> list[str]:
        """The lines with their ends, none where there is no file."""
        return re.findall(r"[^\n]*\n|[^\n]+", self.text or "")

    @property
    def line_end(self) -> str:
        """How lines end in it."""
        return "\r\n" if "\r\n" in (self.text or "") else "\n"


def editable_file(facts: Facts, name: str) -> Union[EditableFile, Refusal]:
    """Return the file of the fact ``files.NAME``, or why it cannot be edited."""
    found = facts.tree.get("files")
    fact = found.get(name) if isinstance(found, dict) else None
    if not isinstance(fact, dict):
        reason = facts.reasons.get(f"files.{name}", f"files.{name} was not collected")
        return Refusal(f"the file cannot be edited: {reason}; change it by hand")
    path, text = str(fact["path"]), str(fact["text"])
    if fact["obstacle"]:
        return Refusal(f"{path} cannot be replaced: {fact['obstacle']}")
    return EditableFile(path, text if fact["present"] else None)


def with_text(file: EditableFile, text: str) -> EditableFile:
    """Return the file with another content."""
    return EditableFile(file.path, text)


def change_arguments(before: EditableFile, after: EditableFile) -> Sequence[str]:
    """Return the arguments of ``file_prepare`` in ``files.sh``: only what differs is sent."""
    old, new = _bytes(before.text), _bytes(after.text)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle = new[head : len(new) - tail]
    return (before.path, _checksum(before.text), _checksum(after.text), str(head), str(tail), _escaped(middle))


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes at the beginning are the same."""
    shorter = min(len(one), len(other))
    return next((index for index in range(shorter) if one[index] != other[index]), shorter)


def _escaped(content: bytes) -> str:
    """Return bytes as ``printf %b`` reads them, in characters that nothing on the way changes."""
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b"\\'" else f"\\0{byte:03o}" for byte in content)


def _checksum(text: str | None) -> str:
    return "none" if text is None else posix_cksum(_bytes(text))


def _bytes(text: str | None) -> bytes:
    return (text or "").encode("utf-8", "surrogateescape")
