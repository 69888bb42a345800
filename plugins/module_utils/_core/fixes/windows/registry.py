# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All fixes for Windows by name. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ..contract import Fix
from . import token_filter_policy

_ALL = (token_filter_policy.FIX,)
FIXES: Mapping[str, Fix] = {fix.name: fix for fix in _ALL}
