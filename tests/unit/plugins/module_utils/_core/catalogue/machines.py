# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines in good health, changes to them, and our catalogue, for the tests of the catalogue and the judge.

``base.yml`` is the Linux source machine; a machine of another kind stands in ``base_<machine>_<platform>.yml``, and is
the one that the cases of its requirements change.
"""

from __future__ import annotations

import functools
import json
import os
import re
from datetime import datetime, timezone
from typing import Any

import yaml
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import load
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import Catalogue, Requirement
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.settings import resolve
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Element, Fact, Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.evaluate import judge
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.finding import Finding
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.waivers import Waivers

HERE = os.path.dirname(os.path.abspath(__file__))
#: Where no machine can meet both baselines: what is different on one that meets the requirements of 2017.
ONLY_BY: dict[tuple[str, str, str], dict[str, Any]] = {
    ("configuration_server", "windows", "2017"): {"os.build": 9600, "os.name": "Windows Server 2012 R2 Standard"},
}
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)


def read(name: str) -> Any:
    """Read a YAML file beside this one."""
    with open(os.path.join(HERE, name), encoding="utf-8") as stream:
        return yaml.safe_load(stream)


def declared_facts() -> dict[str, list[Fact]]:
    """Give the facts of Linux that declared.yml describes, and those that are collected on Windows."""
    facts = []
    for subject, names in read("declared.yml").items():
        for name, given in names.items():
            elements = given.items() if isinstance(given, dict) else ()
            kind = "list" if isinstance(given, dict) else given
            described = tuple(Element(key, value, "") for key, value in elements)
            facts.append(Fact(f"{subject}.{name}", kind, "", "", elements=described))
    return {"linux": facts, "windows": list(DECLARED["windows"])}


@functools.cache
def our_catalogue() -> Catalogue:
    """Load our own catalogue once."""
    return load(declared_facts())


@functools.cache
def _base(machine: str, platform: str) -> Any:
    return read("base.yml" if (machine, platform) == ("source", "linux") else f"base_{machine}_{platform}.yml")


def kinds_of_machines() -> list[tuple[str, str]]:
    """Give machine and platform of everything that we have requirements for."""
    return sorted({(each.machine, platform) for each in our_catalogue().requirements for platform in platforms(each)})


def platforms(requirement: Requirement) -> tuple[str, ...]:
    """Give the platforms that a requirement is for."""
    return ("linux", "windows") if requirement.platform == "any" else (requirement.platform,)


def healthy(machine: str = "source", platform: str = "linux", baseline: str = "current") -> dict[str, Any]:
    """Give the facts of a machine that meets every requirement by a baseline."""
    # Through JSON: a disk that stands in two lists of the file is one object there, and must become two.
    tree: dict[str, Any] = json.loads(json.dumps(_base(machine, platform)))
    for path, value in ONLY_BY.get((machine, platform, baseline), {}).items():
        put(tree, path, value)
    return tree


def changed(
    changes: dict[str, Any], repeat: dict[str, int] | None = None, machine: str = "source", platform: str = "linux"
) -> dict[str, Any]:
    """Give the healthy machine with some facts changed; ``repeat`` makes lists of copies of their first element."""
    tree = healthy(machine, platform)
    for path, count in (repeat or {}).items():
        subject, name = path.split(".")
        put(tree, path, [dict(tree[subject][name][0]) for _number in range(count)])
    for path, value in changes.items():
        put(tree, path, value)
    return tree


def put(tree: Any, path: str, value: Any) -> None:
    """Set ``storage.disks[1].size_bytes`` in a tree."""
    steps: list[Any] = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    for step in steps[:-1]:
        tree = tree[step]
    tree[steps[-1]] = value


def judged(
    tree: Any,
    only: str = "",
    settings: dict[str, Any] | None = None,
    machine: str = "source",
    platform: str = "linux",
) -> list[Finding]:
    """Judge a tree by all our requirements for a kind of machine, or by one."""
    catalogue = our_catalogue()
    wanted = [
        each
        for each in catalogue.requirements
        if (each.id == only if only else each.machine == machine and each.platform in (platform, "any"))
    ]
    chosen = resolve(catalogue.settings, settings or {})
    return judge(Facts(tree, {}), wanted, chosen, Waivers(), "web01", NOW)
