# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page: one file, nothing from outside, nothing from machines but text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.report.collate import ReportInfo, collate
from ansible_collections.preflight.azure.plugins.module_utils._core.report.fold import fold
from ansible_collections.preflight.azure.plugins.module_utils._core.report.html import (
    read_page,
    render_html,
    script_json,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.report.sample_fleet import (
    HOSTILE,
    RUN,
    machine,
    sample_report,
)

PAGE = read_page()
VOID = {"meta", "input"}


class _Parsed(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.content: dict[str, str] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes.extend((name, value or "") for name, value in attrs)
        if tag not in VOID:
            self.open.append(tag if tag != "script" else f"script {dict(attrs).get('id', '')}".strip())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop().split()[0] != tag:
            raise ValueError(f"{tag} is closed, but was not open")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.content[self.open[-1]] = self.content.get(self.open[-1], "") + data


def _report(*machines: Any, **changed: Any) -> Any:
    info: Any = {"created_at": "x", "run": RUN, "scenario": "vmware_to_azure", "baseline": "current", **changed}
    return collate(machines, [HOSTILE], ReportInfo(**info), [{"file": HOSTILE, "reason": HOSTILE}])


def test_hostile_text_makes_no_element_and_no_attribute() -> None:
    hostile = _report(machine(HOSTILE, ("ready", "ready")), run=HOSTILE, scenario=HOSTILE, created_at=HOSTILE)
    plain = _report(machine("a", ("ready", "ready")))
    hostile["machines"] = [machine(HOSTILE, ("ready", "ready"))]
    hostile["summary"] = plain["summary"]
    one, two = (_Parsed(render_html(report, PAGE)) for report in (hostile, plain))
    assert one.tags == two.tags
    assert [name for name, _value in one.attributes] == [name for name, _value in two.attributes]
    assert one.open == two.open == []


def test_page_of_the_sample_is_well_formed_and_encodes() -> None:
    text = render_html(sample_report(), PAGE)
    assert _Parsed(text).open == []
    assert text.encode("utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", text)


def test_embedded_data_reads_back() -> None:
    report = sample_report()
    embedded = _Parsed(render_html(report, PAGE)).content["script data"]
    assert json.loads(embedded) == json.loads(json.dumps(fold(report)))


@pytest.mark.parametrize("text", ["</script>", "<!--", "<script", "]]>", "&lt;", "\u2028\u2029", "\ud800", HOSTILE])
def test_json_in_a_script_element_cannot_leave_it(text: str) -> None:
    embedded = script_json({"a": text})
    assert not set("<>&\u2028\u2029") & set(embedded)
    assert embedded.isascii()
    assert json.loads(embedded) == {"a": text}


def test_policy_allows_exactly_the_script_and_style_of_the_page() -> None:
    parsed = _Parsed(render_html(sample_report(), PAGE))
    policy = next(value for _name, value in parsed.attributes if value.startswith("default-src"))
    digests = [hashlib.sha256(parsed.content[name].encode()).digest() for name in ("script", "style")]
    hashes = [base64.b64encode(digest).decode() for digest in digests]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_page_asks_for_nothing_from_outside() -> None:
    parsed = _Parsed(render_html(sample_report(), PAGE))
    assert not {"src", "srcset", "style", "onclick", "onload", "action"} & {name for name, _value in parsed.attributes}
    assert not {"link", "img", "iframe", "object", "base"} & set(parsed.tags)
    assert "url(" not in PAGE.style
    assert "@import" not in PAGE.style


def test_script_makes_elements_from_text_only() -> None:
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("):
        assert word not in PAGE.script


def test_page_names_verdicts_missing_and_problems_without_its_script() -> None:
    text = re.sub("(?s)<script.*?</script>", "", render_html(sample_report(), PAGE))
    for expected in (
        "2 expected machines have no result in this run.",
        "<bdi>web11.example.com</bdi>",
        "<code>machines/web9.json</code>",
        "<td><bdi>db-legacy-01</bdi></td><td>blocked</td><td>blocked</td>"
        "<td>linux.os_supported, linux.os_disk_size, linux.lsof</td>",
        "sha256:3b7e0c51",
    ):
        assert expected in text


def test_headline_baseline_comes_first_and_is_checked() -> None:
    text = render_html(_report(machine("a", ("ready", "ready")), baseline="2017"), PAGE)
    rows = re.findall('<tr data-baseline="([a-z0-9]+)"( class="chosen")?', text)
    assert rows == [("2017", ' class="chosen"'), ("current", "")]


def test_empty_report_renders() -> None:
    info = ReportInfo(created_at="x", run=RUN, scenario="vmware_to_azure", baseline="current")
    assert "None: every expected machine has a result." in render_html(collate([], [], info), PAGE)


def test_dollar_signs_from_machines_are_not_templated() -> None:
    assert "$data and ${script}" in render_html(_report(machine("$data and ${script}", ("ready", "ready"))), PAGE)
