# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles of the scenarios are the same pipeline, and the sample inventory fits them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import MACHINES, SCENARIOS
from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[3]
PIPELINE = ROOT / "roles" / "preflight"
#: Judged through an interface, not visited.
NOT_VISITED = {"azure_target", "vsphere"}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def options(role: Path) -> dict[str, Any]:
    found: dict[str, Any] = read(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
    return found


def test_every_scenario_has_a_role_and_every_role_a_scenario() -> None:
    assert {path.name for path in (ROOT / "roles").iterdir()} == {*SCENARIOS, "preflight"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_role_runs_the_pipeline_for_its_scenario(scenario: str) -> None:
    [task] = read(ROOT / "roles" / scenario / "tasks" / "main.yml")
    assert task["ansible.builtin.include_role"]["name"] == "preflight.azure.preflight"
    assert task["vars"] == {"preflight_scenario": scenario}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_role_takes_what_the_pipeline_takes(scenario: str) -> None:
    wanted = {name: option for name, option in options(PIPELINE).items() if name != "preflight_scenario"}
    assert options(ROOT / "roles" / scenario) == wanted
    assert read(ROOT / "roles" / scenario / "meta" / "main.yml")["galaxy_info"]["role_name"] == scenario


def test_pipeline_offers_every_scenario_and_every_part_that_is_visited() -> None:
    assert options(PIPELINE)["preflight_scenario"]["choices"] == [*SCENARIOS]
    assert set(options(PIPELINE)["preflight_machine"]["choices"]) == {*MACHINES} - NOT_VISITED


@pytest.mark.parametrize(
    ("groups", "part"),
    [
        (["all", "windows", "hyperv_hosts"], "hyperv_host"),
        (["vmm_servers"], "vmm_server"),
        (["mvmc_machines"], "mvmc_machine"),
        (["configuration_servers", "windows"], "configuration_server"),
        (["windows"], "source"),
        ([], "source"),
    ],
)
def test_groups_tell_the_part_of_a_machine(groups: list[str], part: str) -> None:
    told = read(PIPELINE / "defaults" / "main.yml")["preflight_machine"]
    assert Environment(autoescape=False).from_string(told).render(group_names=groups).strip() == part


def named(inventory: Any, key: str) -> Iterator[Any]:
    """Every value of a key, wherever it stands."""
    if isinstance(inventory, dict):
        for name, value in inventory.items():
            if name == key:
                yield value
            yield from named(value, key)


def test_sample_inventory_shows_every_kind_of_machine_and_connection() -> None:
    sample = read(ROOT / "inventory" / "sample.yml")
    assert set(named(sample, "preflight_scenario")) <= {*SCENARIOS}
    for group in ("linux_sources", "windows_sources", "configuration_servers", "hyperv_hosts", "vmm_servers"):
        assert any(value and value.get("hosts") for value in named(sample, group)), group
    assert set(named(sample, "ansible_connection")) == {"winrm", "psrp", "ssh"}
    assert not [*named(sample, "ansible_password")]
