# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machine files: what a model of a Windows machine is read from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

MACHINES = Path(__file__).parent / "machines"


def load(path: Path | str) -> dict[str, Any]:
    """Return the model in a machine file; a bare name is one of ``machines``.

    ``like`` names the parts (files of ``machines/parts``) that the machine has in common with others; later ones, and
    last the file itself, win over earlier ones.
    """
    file = Path(path) if Path(path).suffix else MACHINES / f"{path}.yml"
    return resolved(yaml.safe_load(file.read_text(encoding="utf-8")))


def save(model: Mapping[str, Any], path: Path) -> None:
    """Write a model as a file that :func:`load` reads, so that a person sees what a visit has changed."""
    path.write_text(yaml.safe_dump(dict(model), sort_keys=False, allow_unicode=True), encoding="utf-8")


def resolved(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model with the parts that it names."""
    whole: dict[str, Any] = {}
    for name in model.get("like", []):
        whole = merged(whole, load(MACHINES / "parts" / f"{name}.yml"))
    return merged(whole, {name: value for name, value in model.items() if name != "like"})


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return two models as one: mappings are merged, anything else is replaced.

    The value of a registry value and its type are one thing: ``{DWord: 1}`` over ``{String: "1"}`` replaces it.
    """
    whole = dict(base)
    for name, value in over.items():
        before = whole.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping) and not _typed(value):
            whole[name] = merged(before, value)
        else:
            whole[name] = value
    return whole


_TYPES = {"String", "ExpandString", "MultiString", "DWord", "QWord", "Binary"}


def _typed(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)) in _TYPES
