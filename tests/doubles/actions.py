# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What follows a change besides states, on a model: each returns what the machine says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ACTIONS: dict[str, Callable[..., str]] = {}


def happened(model: dict[str, Any], action: str, *words: str) -> None:
    """Note an action, so that a test can see that it took place."""
    model.setdefault("actions", []).append(" ".join((action, *words)))
