# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines without TLS 1.0."""

from __future__ import annotations

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.tls_1_0 import FIX
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_tls_protocol import (
    PROTOCOLS,
    with_absent_keys,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    Model,
    machine,
)

_SSL = {rf"{PROTOCOLS}\SSL 2.0\Client": {"DisabledByDefault": {"DWord": 1}}}


def _server(**registry: object) -> Model:
    return machine(registry=with_absent_keys(FIX, {**_SSL, **registry}))


CASES = {
    "2025, which has it switched off by itself": Case(FIX, _server()),
    "hardened": Case(
        FIX,
        _server(
            **{
                rf"{PROTOCOLS}\TLS 1.0\Client": {"Enabled": {"DWord": 0}, "DisabledByDefault": {"DWord": 1}},
                rf"{PROTOCOLS}\TLS 1.0\Server": {"Enabled": {"DWord": 0}},
            }
        ),
    ),
    "half opened, with a text": Case(
        FIX,
        _server(**{rf"{PROTOCOLS}\TLS 1.0\Client": {"Enabled": {"DWord": 1}, "DisabledByDefault": {"String": "0"}}}),
    ),
}
