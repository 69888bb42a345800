# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings that say the same on many machines, kept once. Private to this collection.

Ten thousand machines with 45 findings each are two gigabytes of Python objects as they come from their files, and
little more than a hundred megabytes once equal findings, and the equal parts of different ones, are one object.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, cast

from .document import Finding

#: The values of a finding that are worth sharing by themselves, because others in it differ from machine to machine.
_PARTS = ("baselines", "evidence", "fix", "prevents", "covers", "sources", "waiver", "attestation")


@dataclass
class Sharing:
    """What was seen so far. ``check`` is called once for each distinct finding and returns what is wrong, or ``""``."""

    check: Callable[[Any], str]
    findings: dict[bytes, Finding] = field(default_factory=dict)
    parts: dict[bytes, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def finding(self, finding: Any) -> Finding:
        """Return the one object that stands for this finding; raise ValueError when it is not one."""
        key = _digest(finding)
        known = self.findings.get(key)
        if known is not None:
            return known
        problem = self.check(finding)
        if problem:
            raise ValueError(problem)
        for name, value in finding.items():
            if isinstance(value, str):
                finding[name] = self.text(value)
            elif name in _PARTS:
                finding[name] = self.part(value)
        baselines = finding["baselines"]
        for name in baselines:
            baselines[name] = self.part(baselines[name])
        self.findings[key] = cast(Finding, finding)
        return self.findings[key]

    def part(self, value: Any) -> Any:
        """Return the one object that stands for a part of a document; nobody may change it any more."""
        if value is None:
            return None
        key = _digest(value)
        known = self.parts.get(key)
        if known is not None:
            return known
        if isinstance(value, dict):
            for name, entry in value.items():
                if isinstance(entry, str):
                    value[name] = self.text(entry)
        self.parts[key] = value
        return value

    def text(self, text: str) -> str:
        """Return the one object that stands for a text."""
        return self.texts.setdefault(text, text)


def _digest(value: Any) -> bytes:
    # marshal is twice as fast as JSON here, and in version 0 equal content gives equal bytes. Nothing is ever loaded.
    return blake2b(marshal.dumps(value, 0), digest_size=16).digest()
