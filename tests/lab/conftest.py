# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_command import LAB, LEFT_OUT, command


@pytest.fixture(scope="session")
def inventory() -> Path:
    """The inventory of the lab with all its hosts up."""
    up = command(LAB, "up")
    if up.returncode == LEFT_OUT:
        pytest.skip(up.stderr.strip())
    assert up.returncode == 0, up.stderr
    return Path(command(LAB, "inventory").stdout.strip())


@pytest.fixture
def copy(inventory: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A copy of the host that the test is parametrized with, for tests that change much; gone afterwards."""
    assert inventory.exists()
    name = f"{request.param}-labtest"
    up = command(LAB, "up", name)
    assert up.returncode == 0, up.stderr
    yield name
    command(LAB, "down", name)
