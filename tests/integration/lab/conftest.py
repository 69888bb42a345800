# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from lab_hosts import LAB, Lab


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on one host run one after the other; with pytest-xdist those on different hosts run at the same time."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_host_of(item)))


def _host_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("lab_hosts")
    if marker is not None:
        return str(marker.args[0])
    parameters = getattr(item, "callspec", None)
    host = parameters.params.get("host", "debian") if parameters is not None else "debian"
    return str(host if isinstance(host, str) else host[0])


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
