# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a message shows what an operator wrote. Private to this collection."""

from __future__ import annotations

_LONGEST = 120


def shown(text: str) -> str:
    """Return a text in quotation marks, its backslashes as they are, for paths of Windows have many."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"'{short}'" if text.isprintable() else repr(short)
