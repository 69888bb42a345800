# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

from ansible_collections.preflight.azure.plugins.module_utils._core.judge.finding import Acceptance
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import (
    changed,
    judged,
)


def test_a_finding_has_the_form_that_documents_hold() -> None:
    (finding,) = judged(changed({"commands.lsof": False}), "linux.lsof")
    found = json.loads(json.dumps(finding.to_json()))
    assert found["fix"]["name"] == "lsof"
    assert found["fix"]["safety"] == "automatic"
    assert found["waiver"] is None
    assert found["attestation"] is None
    assert found["baselines"]["current"] == {
        "status": "fail",
        "required": "The command lsof can be run on Red Hat Enterprise Linux 7 and CentOS 7.",
        "observed": False,
        "reason": "",
        "standing": "unchanged",
        "note": found["baselines"]["current"]["note"],
    }
    assert list(found) == [
        *("id", "title", "severity", "baselines", "consequence", "remedy", "fix", "waiver", "attestation"),
        *("evidence", "prevents", "covers", "sources"),
    ]
    assert set(found["sources"][0]) == {"title", "url", "dated"}


def test_an_acceptance_has_the_form_that_documents_hold() -> None:
    assert Acceptance("r", "a", "2026-12-31", "T-1").to_json() == {
        "reason": "r",
        "approver": "a",
        "expires": "2026-12-31",
        "ticket": "T-1",
    }
