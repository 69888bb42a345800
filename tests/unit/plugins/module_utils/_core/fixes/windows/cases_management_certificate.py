# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines of the converter whose account has no management certificate, or one without its private key."""

from __future__ import annotations

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.management_certificate import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.sample_pfx import (
    ODD_PASSWORD,
    PASSWORD,
    der,
    given,
    pfx,
    thumbprint,
    usual,
    usual_pfx,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)

_OPTIONS = {"pfx": given(usual_pfx()), "pfx_password": PASSWORD}
_OTHER = {"thumbprint": "0F1E2D3C4B5A69788796A5B4C3D2E1F001122334", "subject": "CN=another", "private_key": True}
_PUBLIC = {"thumbprint": thumbprint(usual()), "subject": "CN=Azure management", "private_key": False}

CASES = {
    "none": Case(FIX, machine(certificates={r"CurrentUser\My": []}), _OPTIONS),
    "imported without its key": Case(
        FIX,
        machine(certificates={r"CurrentUser\My": [_OTHER, _PUBLIC]}),
        {
            "pfx": given(pfx(usual(), password=ODD_PASSWORD)),
            "pfx_password": ODD_PASSWORD,
            "cer": given(der(usual())),
        },
    ),
    "imported without its key, with a friendly name": Case(
        FIX, machine(certificates={r"CurrentUser\My": [{**_PUBLIC, "friendly_name": "for Azure"}]}), _OPTIONS
    ),
    "a file without a password": Case(
        FIX, machine(certificates={r"CurrentUser\My": [_OTHER]}), {"pfx": given(pfx(usual(), password=""))}
    ),
}
