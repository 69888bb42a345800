# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.ca_certificates import FIX, plan_at
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.trusted_root import TrustedRoot, read_roots
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.sample_certificates import (
    certificate,
    private_key,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
ONE, TWO = certificate("Root One", now=NOW), certificate("Root Two", kind="rsa2048", now=NOW)
FAMILIES = {"apt": ("debian", 12), "dnf": ("rhel", 9), "yum": ("rhel", 7), "zypper": ("suse", 12)}


def parsed(text: str) -> TrustedRoot:
    found = read_roots([text], NOW)
    assert isinstance(found, list)
    return found[0]


def facts(
    layout: str = "debian", manager: str = "apt", trusted: Any = (), anchors: Any = (), major: int | None = None
) -> Facts:
    family, usual = FAMILIES.get(manager, ("other", 1))
    store = {"layout": layout, "roots": list(trusted), "anchors": list(anchors)}
    return Facts(
        {
            "certificates": {"store": store},
            "packages": {"manager": manager},
            "os": {"family": family, "major": major or usual},
        },
        {},
    )


def plan(found: Facts, *texts: str) -> Plan:
    planned = plan_at(found, {"certificates": list(texts), "timeout_seconds": 60}, NOW)
    assert isinstance(planned, Plan), planned
    return planned


def anchor(root: TrustedRoot) -> dict[str, str]:
    return {"name": root.name, "checksum": posix_cksum(root.text.encode())}


def word(*anchors: dict[str, str]) -> str:
    """The word for these anchors, as the machine finds it with cksum."""
    listed = sorted(f"{each['name']} {each['checksum']}\n" for each in anchors)
    return f"anchors={posix_cksum(''.join(listed).encode())}"


@pytest.mark.parametrize(
    ("manager", "major", "layout"),
    [
        ("apt", 12, "debian"),
        ("dnf", 9, "redhat"),
        ("yum", 7, "redhat"),
        ("yum", 6, "redhat_classic"),
        ("zypper", 12, "suse"),
    ],
)
def test_missing_store_is_installed_with_the_machines_manager(manager: str, major: int, layout: str) -> None:
    planned = plan(facts("none", manager, major=major))
    assert (planned.before, planned.after) == ({"ca-certificates": "missing"}, {"ca-certificates": "installed"})
    assert planned.found == "store=none anchors=none trusted=yes"
    assert planned.wanted == f"store={layout} anchors=none trusted=yes"
    assert planned.arguments == (manager, layout)
    assert planned.timeout_seconds == 60


def test_missing_store_and_given_roots_are_one_plan() -> None:
    planned = plan(facts("none", "dnf"), ONE)
    assert planned.arguments[:2] == ("dnf", "redhat")
    assert planned.arguments[2] == parsed(ONE).name
    assert planned.wanted == f"store=redhat {word(anchor(parsed(ONE)))} trusted=yes"


@pytest.mark.parametrize("layout", ["debian", "redhat", "suse", "suse_classic"])
def test_root_that_is_not_trusted_becomes_a_file_of_its_own(layout: str) -> None:
    root = parsed(ONE)
    planned = plan(facts(layout), ONE)
    checksum = posix_cksum(root.text.encode())
    assert planned.arguments[2:4] == (root.name, checksum)
    assert unescaped(planned.arguments[4]) == root.text
    assert planned.wanted == f"store={layout} {word(anchor(root))} trusted=yes"
    assert planned.before == {"ca-certificates": "installed", "roots": {root.title: "not trusted"}}
    assert planned.after == {"ca-certificates": "installed", "roots": {root.title: "trusted"}}
    assert all(word.isprintable() for word in planned.arguments)


def unescaped(text: str) -> str:
    return re.sub(r"\\0(\d{3})", lambda found: chr(int(found[1], 8)), text)


def test_root_in_the_classic_bundle_has_a_name_and_no_checksum() -> None:
    root = parsed(ONE)
    planned = plan(facts("redhat_classic", "yum", major=6), ONE)
    assert planned.arguments[2:4] == (root.name, "-")
    assert planned.wanted.split()[1] == word({"name": root.name, "checksum": "-"})


def test_classic_bundle_on_a_release_that_knows_better_is_refused() -> None:
    refusal = plan_at(facts("redhat_classic", "yum", major=7), {"certificates": [ONE]}, NOW)
    assert isinstance(refusal, Refusal)
    assert "bring the link back" in refusal.reason


def test_what_is_trusted_already_is_not_added() -> None:
    one, two = parsed(ONE), parsed(TWO)
    planned = plan(facts(trusted=[one.name.upper()]), ONE, TWO)
    assert planned.arguments[2::3] == (two.name,)
    assert planned.before == {
        "ca-certificates": "installed",
        "roots": {one.title: "trusted", two.title: "not trusted"},
    }


def test_roots_of_an_earlier_run_stay() -> None:
    one, two = parsed(ONE), parsed(TWO)
    planned = plan(facts(trusted=[one.name.upper()], anchors=[anchor(one)]), TWO)
    assert planned.found.split()[1] == word(anchor(one))
    assert planned.wanted.split()[1] == word(anchor(one), anchor(two))


def test_file_that_the_bundle_does_not_hold_asks_for_the_tool_alone() -> None:
    planned = plan(facts(anchors=[anchor(parsed(ONE))]))
    assert planned.arguments == ("apt", "debian")
    assert planned.found.endswith("trusted=no")
    assert planned.wanted == planned.found.replace("trusted=no", "trusted=yes")


def test_nothing_to_add_changes_nothing() -> None:
    one = parsed(ONE)
    unchanged = plan_at(facts(trusted=[one.name.upper()]), {"certificates": [ONE]}, NOW)
    assert isinstance(unchanged, Unchanged)
    assert unchanged.state == {"ca-certificates": "installed", "roots": {one.title: "trusted"}}


@pytest.mark.parametrize("options", [{}, {"certificates": []}, {"certificates": None}])
def test_store_without_certificates_says_what_it_cannot_do(options: dict[str, Any]) -> None:
    unchanged = FIX.plan(facts(), options, {})
    assert isinstance(unchanged, Unchanged)
    assert "does not update" in unchanged.reason


@pytest.mark.parametrize(
    ("found", "told"),
    [(facts("none", "none"), "by hand"), (facts("none", "zypper", major=11), "openssl-certs by hand")],
)
def test_store_that_cannot_be_installed_is_refused(found: Facts, told: str) -> None:
    refusal = plan_at(found, {}, NOW)
    assert isinstance(refusal, Refusal)
    assert told in refusal.reason


@pytest.mark.parametrize("given", [ONE, {"a": ONE}, [1], [None]], ids=lambda given: "case")
def test_other_than_texts_is_refused(given: Any) -> None:
    assert isinstance(plan_at(facts(), {"certificates": given}, NOW), Refusal)


def test_key_is_refused_before_anything_else() -> None:
    refusal = plan_at(facts("none", "apt"), {"certificates": [ONE, private_key()]}, NOW)
    assert isinstance(refusal, Refusal)
    assert "text 2" in refusal.reason
    assert private_key().splitlines()[1] not in refusal.reason


def test_unknown_store_is_refused_with_its_reason() -> None:
    tree = {**facts().tree, "certificates": {}}
    refusal = FIX.plan(Facts(tree, {"certificates.store": "the bundle could not be read"}), {}, {})
    assert isinstance(refusal, Refusal)
    assert "the bundle could not be read" in refusal.reason
