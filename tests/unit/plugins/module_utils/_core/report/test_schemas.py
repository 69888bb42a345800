# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The published schemas: real documents conform, wrong ones do not, and our own reader agrees with jsonschema."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report import machine_read
from ansible_collections.preflight.azure.plugins.module_utils._core.report.conforms import compile_schema
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    sample_machines,
    sample_report,
)
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

_DIRECTORY = Path(machine_read.__file__).parent
MACHINE = json.loads((_DIRECTORY / "machine.schema.json").read_text("utf-8"))
REPORT = json.loads((_DIRECTORY / "report.schema.json").read_text("utf-8"))
_REGISTRY: Any = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in (MACHINE, REPORT))
machine_validator = Draft202012Validator(MACHINE, registry=_REGISTRY)
report_validator = Draft202012Validator(REPORT, registry=_REGISTRY)


def _set(*path: Any) -> Callable[[Any], None]:
    *steps, last, value = path

    def change(document: Any) -> None:
        for step in steps:
            document = document[step]
        document[last] = value

    return change


def _drop(*path: Any) -> Callable[[Any], None]:
    *steps, last = path

    def change(document: Any) -> None:
        for step in steps:
            document = document[step]
        del document[last]

    return change


WRONG = [
    _set("format", "preflight.azure/machine/2"),
    _set("name", None),
    _set("judged_at", "yesterday"),
    _set("collected_at", "2026-03-01 10:00"),
    _set("baseline", "2018"),
    _drop("facts"),
    _drop("error"),
    _drop("verdicts", "2017"),
    _set("verdicts", "current", "verdict", "fine"),
    _set("verdicts", "current", "counts", "pass", -1),
    _set("verdicts", "current", "counts", "pass", True),
    _set("verdicts", "current", "because", [1]),
    _set("findings", {}),
    _set("findings", 0, "severity", "high"),
    _set("findings", 0, "baselines", "current", "status", "passed"),
    _drop("findings", 0, "baselines", "2017"),
    _drop("findings", 0, "baselines", "current", "observed"),
    _set("findings", 0, "baselines", "current", "standing", ""),
    _set("findings", 0, "waiver", {"reason": "no name under it"}),
    _set("findings", 0, "fix", {"name": "lsof", "safety": "harmless", "why": ""}),
    _set("findings", 0, "sources", ["https://example.com"]),
    _set("origin", "complete", "yes"),
    _set("unknown_facts", {"a": 1}),
    _set("error", "unreachable"),
    _set("fixes", [{"fix": "lsof"}]),
    _set("before", {"verdicts": {}, "findings": {}}),
]


@pytest.mark.parametrize("schema", [MACHINE, REPORT])
def test_schema_is_valid_and_described(schema: Any) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith("urn:preflight.azure:schema:")
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("number", range(8))
def test_machine_documents_conform(number: int) -> None:
    document = sample_machines()[number]
    machine_validator.validate(document)
    assert compile_schema(MACHINE)(document) is None


def test_report_conforms() -> None:
    report_validator.validate(sample_report())


def test_unknown_keys_are_left_to_later_versions() -> None:
    machine_validator.validate({**sample_machines()[0], "later": 1})


@pytest.mark.parametrize("change", WRONG)
def test_wrong_machine_document_is_refused_by_jsonschema_and_by_our_reader(change: Callable[[Any], None]) -> None:
    document = copy.deepcopy(sample_machines()[0])
    change(document)
    assert not machine_validator.is_valid(document)
    assert compile_schema(MACHINE)(document) is not None


@pytest.mark.parametrize(
    "change",
    [
        _set("format", "preflight.azure/machine/1"),
        _set("machines", 0, "facts", {}),
        _set("machines", 0, "name", 1),
        _set("summary", "verdicts", "current", {}),
        _set("missing", [None]),
        _set("problems", ["a.json"]),
        _drop("catalogue"),
        _drop("fleet"),
    ],
)
def test_wrong_report_is_refused(change: Callable[[Any], None]) -> None:
    report = copy.deepcopy(sample_report())
    change(report)
    assert not report_validator.is_valid(report)
