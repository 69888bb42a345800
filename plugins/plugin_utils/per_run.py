# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is loaded once per run: Ansible imports this before it starts the workers. Private to this collection."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

import yaml
from ansible_collections.preflight.azure.plugins.module_utils._core.audit import Question, ask
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import load
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import (
    Catalogue,
    CatalogueError,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.collector import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED, SUBJECTS
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake

#: All machines of one run carry it in their documents.
RUN = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(3)}"


def _load(directories: Sequence[str]) -> Catalogue | CatalogueError:
    try:
        return load(DECLARED, directories)
    except CatalogueError as error:
        return error


_OURS = _load(())
compose.library()


def catalogue(directories: Sequence[str]) -> Catalogue:
    """Return our catalogue with what the directories add.

    Raises:
        CatalogueError: with every mistake of every file.
    """
    found = _load(directories) if directories else _OURS
    if isinstance(found, CatalogueError):
        raise found
    return found


def question(arguments: dict[str, Any], known: Catalogue, platform: str = "linux") -> Question:
    """Return what a task's arguments ask about a machine on a platform.

    Raises:
        CatalogueError, WaiverError, Mistake: the arguments name what does not exist, or hold what cannot be.
    """
    return ask(
        known,
        SUBJECTS[platform],
        scenario=arguments["scenario"],
        machine=arguments["machine"],
        platform=platform,
        baseline=arguments["baseline"],
        only=arguments["requirements"],
        settings=arguments["settings"],
        waivers=_waivers(arguments["waivers"]),
    )


def _waivers(given: Any) -> Any:
    """Return the waivers themselves where their file was named."""
    if not isinstance(given, str) or not given:
        return given or []
    try:
        with open(given, "rb") as file:
            return yaml.safe_load(file)
    except (OSError, yaml.YAMLError) as error:
        raise Mistake(
            f"waivers: expected the path of a YAML file with a list of waivers, found {given!r}: {error}"
        ) from error
