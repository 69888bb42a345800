# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recordings that the collector made on the hosts of the lab; names of the machine they ran on are replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS

RECORDINGS = Path(__file__).parents[6] / "recordings" / "linux"
RELEASES = {
    "busybox-container": ("busyboxlab", 1, 35),
    "debian-12-container": ("debian", 12, 15),
    "rhel-6-container": ("rhel", 6, 8),
    "rhel-9-container-not-root": ("rhel", 9, 4),
    "sles-12-container": ("sles", 12, 5),
}


def tree_and_reasons(name: str) -> tuple[Any, dict[str, str]]:
    found = parse((RECORDINGS / f"{name}.txt").read_bytes())
    assert found.complete
    facts = assemble(found, SUBJECTS)
    return facts.tree, facts.reasons


@pytest.mark.parametrize("name", RELEASES)
def test_every_answer_is_understood(name: str) -> None:
    tree, reasons = tree_and_reasons(name)
    assert not [reason for reason in reasons.values() if "could not be understood" in reason]
    assert (tree["os"]["id"], tree["os"]["major"], tree["os"]["minor"]) == RELEASES[name]
    assert tree["hardware"]["processors"] == 2
    assert tree["storage"]["root_free_bytes"] > 0


@pytest.mark.parametrize("name", RELEASES)
def test_a_root_on_an_overlay_leaves_the_boot_disk_unknown(name: str) -> None:
    tree, reasons = tree_and_reasons(name)
    assert tree["storage"]["os_disks"] is None
    assert "/ is on overlay" in reasons["storage.os_disks"]
    assert [disk["name"] for disk in tree["storage"]["disks"]] == ["vda"]


def test_what_needed_root_says_so() -> None:
    _tree, reasons = tree_and_reasons("rhel-9-container-not-root")
    assert "without root rights" in reasons["storage.non_english_paths"]


def test_every_recording_is_named_here() -> None:
    assert {path.stem for path in RECORDINGS.glob("*.txt")} == set(RELEASES)
