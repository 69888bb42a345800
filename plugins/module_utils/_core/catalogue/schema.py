# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may stand in the catalogue's files, as one table. Private to this collection.

The table checks files at load without any package, and :func:`json_schema` writes it out as ``requirement.schema.json``
for editors. A test holds the two to the same answers.
"""

from __future__ import annotations

from typing import Any

from .requirement import BASELINES, MACHINES, PLATFORMS, SAFETIES, SCENARIOS, SCOPES, SEVERITIES, STANDINGS
from .rules import Choice, Flag, Items, Keys, Limit, Size, Text

IDENTIFIER = r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*"

_NAME = Text(r"[a-z][a-z0-9_]*", "a name of small letters, digits and underscores")
_ID = Text(IDENTIFIER, "an id such as linux.lsof")
_DATE = Text(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", "a date such as 2026-09-11")
_LIMITS = Keys({}, free=((r"[a-z][a-z0-9_]*_bytes", Size()), (r"(?![a-z0-9_]*_bytes$)[a-z][a-z0-9_]*", Limit())))
_SOURCE = Keys(
    {"title": Text(), "url": Text(r"https://\S+", "an https address"), "dated": _DATE}, ("title", "url", "dated")
)
_BASELINE = Keys({"applies": Flag(), "limits": _LIMITS, "status": Choice(STANDINGS), "note": Text(), "since": _DATE})
REQUIREMENT = Keys(
    {
        "id": _ID,
        "aliases": Items(_ID),
        "title": Text(),
        "scenarios": Items(Choice(SCENARIOS), 1),
        "machine": Choice(MACHINES),
        "platform": Choice(PLATFORMS),
        "scope": Choice(SCOPES),
        "severity": Choice(SEVERITIES),
        "applies_when": Text(),
        "expression": Text(),
        "manual": Text(),
        "observed": Text(),
        "required": Text(),
        "consequence": Text(),
        "remedy": Text(),
        "fix": _NAME,
        "fix_safety": Choice(SAFETIES),
        "fix_why": Text(),
        "baselines": Keys(dict.fromkeys(BASELINES, _BASELINE)),
        "prevents": Items(Text(r"[0-9A-Za-z]+", "an error id in quotes")),
        "covers": Items(Text(r"[a-z0-9-]+", "the id of a row, such as lin-lsof")),
        "sources": Items(_SOURCE, 1),
    },
    needed=(
        *("id", "title", "scenarios", "machine", "platform", "severity"),
        *("required", "consequence", "remedy", "sources"),
    ),
    either=("expression", "manual"),
    together=("fix", "fix_safety", "fix_why"),
)
OVERRIDE = Keys(
    {
        "override": _ID,
        "severity": Choice(SEVERITIES),
        "baselines": Keys({name: Keys({"limits": _LIMITS}, ("limits",)) for name in BASELINES}),
    },
    needed=("override",),
)


def problems(document: Any) -> list[str]:
    """Say every mistake of a requirement file or, where it has the key ``override``, of an override."""
    table = OVERRIDE if isinstance(document, dict) and "override" in document else REQUIREMENT
    return list(table.problems(document, ""))


def json_schema() -> dict[str, Any]:
    """Give the published JSON Schema of requirement files."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A requirement of preflight.azure, or an override of one",
        "if": {"type": "object", "required": ["override"]},
        "then": OVERRIDE.json_schema(),
        "else": REQUIREMENT.json_schema(),
    }
