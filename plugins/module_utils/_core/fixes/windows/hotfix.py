# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installs an update from a file on the machine. Private to this collection."""

from __future__ import annotations

from .update_fix import update_fix

FIX = update_fix(
    "hotfix",
    "changes Windows itself: that may need a restart, and Windows does not let every update be removed again",
)
