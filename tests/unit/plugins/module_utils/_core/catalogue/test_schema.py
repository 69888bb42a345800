# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our own check of requirement files, held to the JSON Schema that is published."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue import load
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.schema import (
    json_schema,
    problems,
)

PUBLISHED = Path(load.HERE) / "requirement.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
FULL: dict[str, Any] = {
    "id": "linux.lsof",
    "aliases": ["linux.old"],
    "title": "A title",
    "scenarios": ["vmware_to_azure", "aws_to_azure"],
    "machine": "source",
    "platform": "linux",
    "scope": "machine",
    "severity": "blocker",
    "applies_when": "a",
    "expression": "b",
    "observed": "c",
    "required": "d",
    "consequence": "e",
    "remedy": "f",
    "fix": "lsof",
    "fix_safety": "opt_in",
    "fix_why": "g",
    "baselines": {
        "2017": {"applies": True, "limits": {"maximum_bytes": "1023 GiB", "names": ["a", "b"]}, "status": "obsolete"},
        "current": {
            "limits": {"maximum_bytes": 7, "count": 2, "on": True, "ratio": 0.5},
            "note": "n",
            "since": "2017-12",
        },
    },
    "prevents": ["95108"],
    "covers": ["lin-lsof"],
    "sources": [{"title": "t", "url": "https://example.org/", "dated": "2026-01-01"}],
}
OVERRIDE: dict[str, Any] = {
    "override": "linux.lsof",
    "severity": "warning",
    "baselines": {"current": {"limits": {"maximum_bytes": "1 TiB", "count": 1}}},
}
ODD: tuple[Any, ...] = (
    None,
    True,
    1,
    -1,
    1.5,
    "",
    " ",
    "x",
    "x y",
    [],
    ["x"],
    ["x", "x"],
    [1, "x"],
    [None],
    {},
    {"x": 1},
)


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from places(each, (*here, key))


def variants(document: dict[str, Any]) -> Iterator[Any]:
    """The document, and the document with one place removed, replaced or added to."""
    yield document
    for place in list(places(document))[1:]:
        for change in (*ODD, "remove", "add"):
            changed = copy.deepcopy(document)
            parent: Any = changed
            for step in place[:-1]:
                parent = parent[step]
            if change == "remove":
                del parent[place[-1]]
            elif change == "add":
                if isinstance(parent[place[-1]], dict):
                    parent[place[-1]]["Unknown"] = 1
            else:
                parent[place[-1]] = change
            yield changed


def test_the_published_schema_is_up_to_date() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json_schema()
    VALIDATOR.check_schema(json_schema())


@pytest.mark.parametrize("document", [FULL, OVERRIDE, {**OVERRIDE, "title": "x"}, {}, [], "text", None])
def test_both_checks_agree(document: Any) -> None:
    for variant in variants(document) if isinstance(document, dict) else [document]:
        assert (not problems(variant)) == VALIDATOR.is_valid(variant), variant


@pytest.mark.parametrize("document", [FULL, OVERRIDE])
def test_complete_documents_are_valid(document: Any) -> None:
    assert problems(document) == []


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in Path(load.REQUIREMENTS).rglob("*.yml")])
def test_our_files_are_valid(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert problems(document) == []
    assert VALIDATOR.is_valid(document)
