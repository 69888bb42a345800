# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain Python values out of whatever Ansible hands in. Private to this collection.

JMESPath compares class names: a text that Ansible wrapped or tagged is no string to it. What is not JSON at all, and a
number that is not finite, becomes ``None``: not known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..facts.fact import Json


def plain(value: Any) -> Json:
    """Copy a tree into exact ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool`` and ``None``."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value  # type: ignore[no-any-return]
    if isinstance(value, Mapping):
        return {str.__str__(key) if isinstance(key, str) else str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return _scalar(value)


def _scalar(value: Any) -> Json:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float) and math.isfinite(value):
        return float.__float__(value)
    return None
