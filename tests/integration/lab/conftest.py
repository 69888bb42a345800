# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from lab_hosts import LAB, Lab
from preflight_lab.hosts import STATIC


@pytest.hookimpl(tryfirst=True)  # pytest-xdist looks at the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on one host run one after the other; with pytest-xdist those on different hosts run at the same time."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_host_of(item)))


def _host_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("lab_hosts")
    if marker is not None:
        return str(marker.args[0])
    callspec = getattr(item, "callspec", None)
    for parameter, value in callspec.params.items() if callspec is not None else ():
        if parameter == "shell":
            continue
        name = value[0] if isinstance(value, tuple) and value else getattr(value, "name", value)
        if isinstance(name, str) and name.partition("-")[0] in STATIC:
            return name
    return "debian"


@pytest.fixture(scope="session")
def lab() -> Lab:
    done = subprocess.run([str(LAB), "inventory"], capture_output=True, text=True, check=False)
    inventory = Path(done.stdout.strip() or "/nonexistent")
    if done.returncode != 0 or not inventory.is_file():
        pytest.skip(f"no lab is up (tests/lab/lab up): {done.stderr.strip()}")
    return Lab(inventory)


@pytest.fixture(autouse=True)
def _hosts_named_by_the_test_are_up(request: pytest.FixtureRequest) -> None:
    """A test marked ``lab_hosts("a", "b")`` needs these hosts."""
    marker = request.node.get_closest_marker("lab_hosts")
    if marker is not None:
        missing = set(marker.args) - set(request.getfixturevalue("lab").hosts)
        if missing:
            pytest.skip(f"not up in the lab: {', '.join(sorted(missing))}")
