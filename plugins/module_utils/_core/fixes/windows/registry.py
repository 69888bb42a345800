# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All fixes for Windows by name. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ..contract import Fix
from . import (
    capability_profile,
    clock_sync,
    firewall_rules,
    hotfix,
    management_certificate,
    management_certificate_root,
    powershell_runtime,
    push_account,
    remote_desktop,
    root_certificates,
    san_policy,
    tls_1_0,
    tls_protocol,
    token_filter_policy,
    vmware_tools,
    windows_service,
)

_ALL = (
    capability_profile.FIX,
    clock_sync.FIX,
    firewall_rules.FIX,
    hotfix.FIX,
    management_certificate.FIX,
    management_certificate_root.FIX,
    powershell_runtime.FIX,
    push_account.FIX,
    remote_desktop.FIX,
    root_certificates.FIX,
    san_policy.FIX,
    tls_1_0.FIX,
    tls_protocol.FIX,
    token_filter_policy.FIX,
    vmware_tools.FIX,
    windows_service.FIX,
)
FIXES: Mapping[str, Fix] = {fix.name: fix for fix in _ALL}
