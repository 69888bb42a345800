# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    firewall,
    firewall_effective,
    firewall_openings,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    OPEN_FIREWALL,
    SERVER_2019,
    row,
    rule,
)

DOMAIN_POLICY = firewall_effective.POLICIES["domain"][0]


def opening(use: str, profile: str, lines: list[str], more: Mapping[Read, Any] | None = None) -> dict[str, Any]:
    answers = {**SERVER_2019, firewall_effective.INTERFACE: lines, **(more or {})}
    tree: Any = assemble(recording(answers), [firewall_openings.SUBJECT]).tree
    (found,) = [
        each for each in tree["firewall_openings"]["openings"] if (each["use"], each["profile"]) == (use, profile)
    ]
    return dict(found)


def test_every_use_is_told_for_every_profile() -> None:
    found = opening("remote_desktop", "domain", OPEN_FIREWALL)
    assert (found["allowed"], found["active"], found["port"], found["obstacle"]) == ("yes", True, 3389, "")
    assert opening("remote_desktop", "public", OPEN_FIREWALL)["active"] is False
    assert opening("multi_vm", "domain", OPEN_FIREWALL)["allowed"] == "no"


def test_port_that_is_limited_to_some_addresses_is_told_with_them() -> None:
    lines = [*OPEN_FIREWALL, rule("own", "", "20004", sources="10.1.2.0/255.255.255.0")]
    found = opening("multi_vm", "domain", lines)
    assert (found["allowed"], found["sources"]) == ("unknown", ["10.1.2.0/255.255.255.0"])


@pytest.mark.parametrize(
    ("lines", "more", "obstacle"),
    [
        ([*(row("profile", number, True, True, 0) for number in (1, 2, 4)), *OPEN_FIREWALL[3:]], {}, "blocks all"),
        (OPEN_FIREWALL, {DOMAIN_POLICY: [row("AllowLocalPolicyMerge", "DWord", 0)]}, "group policy"),
        ([*OPEN_FIREWALL, rule("stop", "", "135", allow=False)], {}, "a rule that blocks TCP 135"),
        ([*OPEN_FIREWALL, rule("stop", "", "rpc", allow=False)], {}, "a rule that blocks the ports of RPC"),
        ([*OPEN_FIREWALL, rule("stop", "", "135", allow=False, profiles=4)], {}, ""),
        ([row("profile", number, False, True, 0) for number in (1, 2, 4)] + OPEN_FIREWALL[3:], {}, ""),
    ],
)
def test_why_a_rule_would_have_no_effect_is_told(lines: list[str], more: dict[Read, Any], obstacle: str) -> None:
    found = opening("wmi", "domain", lines, more)["obstacle"]
    assert obstacle in found
    assert bool(obstacle) is bool(found)


def test_port_of_remote_desktop_may_be_unknown_where_the_rest_is_not() -> None:
    more = {firewall.RDP_PORT: [row("PortNumber", "String", "3389")]}
    found = opening("remote_desktop", "domain", OPEN_FIREWALL, more)
    assert (found["allowed"], found["port"]) == ("unknown", 0)
    assert "found type String" in found["reason"]
    assert opening("wmi", "domain", OPEN_FIREWALL, more)["allowed"] == "yes"


def test_firewall_that_does_not_answer_leaves_everything_unknown() -> None:
    facts = assemble(
        recording({**SERVER_2019, firewall_effective.INTERFACE: Status.TIMED_OUT}), [firewall_openings.SUBJECT]
    )
    assert facts.tree["firewall_openings"] == {"openings": None}
    assert "firewall_openings.openings" in facts.reasons
