# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the gates find the checkout and keep what they make."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
BUILD = CHECKOUT / ".build"
LOGS = BUILD / "logs"
VENV = CHECKOUT / ".venv"
RUN_REQUIREMENTS = CHECKOUT / "requirements.txt"
REQUIREMENTS = CHECKOUT / "tests" / "run" / "requirements"
UNIT_REQUIREMENTS = CHECKOUT / "tests" / "unit" / "requirements.txt"


@dataclass(frozen=True)
class Tree:
    """One copy of the collection where ansible wants it, with a home folder of its own."""

    name: str

    @property
    def root(self) -> Path:
        """What ANSIBLE_COLLECTIONS_PATH and PYTHONPATH name."""
        return BUILD / self.name

    @property
    def collection(self) -> Path:
        """The collection itself."""
        return self.root / "ansible_collections" / "preflight" / "azure"

    @property
    def home(self) -> Path:
        """HOME for the tools, so that they leave the user's own alone."""
        return self.root / "home"
