# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines that lack roots which the operator gives."""

from __future__ import annotations

import base64
import hashlib

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.root_certificates import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.sample_certificates import (
    certificate,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    machine,
)

AUTO_UPDATE = r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot"
FIRST, SECOND = certificate("First Root"), certificate("Second Root", kind="rsa2048")


def der(text: str) -> bytes:
    """Return a certificate in DER form."""
    return base64.b64decode("".join(line for line in text.splitlines() if "-----" not in line))


def thumbprint(text: str) -> str:
    """Return the SHA-1 of a certificate."""
    return hashlib.sha1(der(text)).hexdigest().upper()


def trusting(*trusted: str, distrusted: tuple[str, ...] = (), **parts: object) -> Model:
    """Return a machine that trusts these certificates."""
    stores = {
        r"LocalMachine\Root": [{"thumbprint": thumbprint(text), "subject": "CN=Root"} for text in trusted],
        r"LocalMachine\Disallowed": [{"thumbprint": thumbprint(text), "subject": "CN=Bad"} for text in distrusted],
    }
    registry = {"registry": {AUTO_UPDATE: "absent"}, "certificates": stores}
    return machine(**{**registry, **parts})


CASES = {
    "a text": Case(FIX, trusting(), {"certificates": [FIRST]}),
    "files of both forms, one of them trusted; no automatic update": Case(
        FIX,
        trusting(SECOND, registry={AUTO_UPDATE: {"DisableRootAutoUpdate": {"DWord": 1}}}),
        {
            "files": [
                base64.b64encode(der(FIRST)).decode(),
                base64.b64encode((SECOND + certificate("Third Root")).encode()).decode(),
            ]
        },
    ),
    "2008 R2, the policy of a wrong type": Case(
        FIX,
        trusting(registry={AUTO_UPDATE: {"DisableRootAutoUpdate": {"String": "1"}}}),
        {"certificates": [FIRST + SECOND]},
    ),
}
