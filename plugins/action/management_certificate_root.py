# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.preflight.azure.plugins.plugin_utils.fix import FixAction


class ActionModule(FixAction):
    """Makes a management certificate a root that a Windows machine trusts."""

    FIX = "management_certificate_root"
