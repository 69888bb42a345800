# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines of the converter that do not trust the management certificate as a root."""

from __future__ import annotations

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.management_certificate_root import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.sample_pfx import (
    der,
    given,
    thumbprint,
    usual,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    machine,
)
from cryptography.hazmat.primitives.serialization import Encoding

_OTHER = {"thumbprint": "CDD4EEAE6000AC7F40C3802C171E30148030C072", "subject": "CN=Microsoft Root"}
_PERSONAL = {"thumbprint": thumbprint(usual()), "subject": "CN=Azure management", "private_key": True}

CASES = {
    "DER": Case(
        FIX,
        machine(certificates={r"LocalMachine\Root": [_OTHER], r"LocalMachine\Disallowed": []}),
        {"cer": given(der(usual()))},
    ),
    "PEM, and among the personal ones": Case(
        FIX,
        machine(
            certificates={
                r"CurrentUser\My": [_PERSONAL],
                r"LocalMachine\Root": [_OTHER],
                r"LocalMachine\Disallowed": [_OTHER],
            }
        ),
        {"cer": given(usual().public_bytes(Encoding.PEM))},
        {"management_certificate": thumbprint(usual()).lower()},
    ),
}
