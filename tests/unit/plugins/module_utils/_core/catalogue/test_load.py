# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue import load as loading
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import VERSION, load
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import (
    Catalogue,
    CatalogueError,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import file
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Fact
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import (
    declared_facts,
    our_catalogue,
)

GOOD = """
id: site.kernel
title: The kernel is ours
scenarios: [vmware_to_azure]
machine: source
platform: linux
severity: warning
expression: "os.kernel == limits.kernel"
required: "The kernel is {limits.kernel}."
consequence: None.
remedy: Install it.
baselines: {"2017": {limits: {kernel: "3.10"}}, current: {limits: {kernel: "4.18"}}}
sources: [{title: Our rules, url: "https://example.org/rules", dated: "2026-01-01"}]
"""


def write(directory: Path, name: str, text: str) -> None:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")


def load_with(directory: Path) -> Catalogue:
    return load(declared_facts(), [str(directory)])


def problems_of(directory: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as error:
        load_with(directory)
    assert all(problem in str(error.value) for problem in error.value.problems)
    return error.value.problems


def test_a_users_requirement_is_added(tmp_path: Path) -> None:
    write(tmp_path, "site/kernel.yml", GOOD)
    added = [each for each in load_with(tmp_path).requirements if each.id == "site.kernel"]
    assert [each.baselines["2017"].required for each in added] == ["The kernel is 3.10."]
    assert added[0].facts == ("os.kernel",)


def test_evidence_is_the_reads_of_the_facts(tmp_path: Path) -> None:
    write(tmp_path, "site/kernel.yml", GOOD)
    facts = [Fact("os.kernel", "str", "", "", reads=(file("/proc/version"), file("/proc/version")))]
    catalogue = load({"linux": facts}, requirements_directory=str(tmp_path))
    assert catalogue.requirements[0].evidence == ("file /proc/version",)


def test_version_and_digest_change_with_the_files(tmp_path: Path) -> None:
    write(tmp_path, "site/kernel.yml", GOOD)
    first = load_with(tmp_path)
    assert first.version == VERSION
    assert first.digest == load_with(tmp_path).digest != our_catalogue().digest
    write(tmp_path, "site/kernel.yml", GOOD.replace("None.", "Nothing."))
    assert load_with(tmp_path).digest != first.digest


def test_severity_and_limits_can_be_overridden(tmp_path: Path) -> None:
    write(
        tmp_path,
        "overrides/disk.yml",
        """
        override: azure_vm.data_disk_size
        severity: warning
        baselines: {current: {limits: {maximum_bytes: 4095 GiB}}}
        """,
    )
    changed = next(each for each in load_with(tmp_path).requirements if each.id == "azure_vm.data_disk_size")
    assert changed.severity == "warning"
    assert changed.baselines["current"].limits == {"maximum_bytes": 4095 * 2**30}
    assert "4,095 GiB" in changed.baselines["current"].required
    assert changed.baselines["2017"].limits == {"maximum_bytes": 1023 * 2**30}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("override: linux.nothing\nseverity: warning", "override: there is no requirement linux.nothing"),
        ("override: linux.lsof\ntitle: Another", "title: there is no such key"),
        (
            "override: azure_vm.data_disk_count\nbaselines: {current: {limits: {maximun: 3}}}",
            "baselines.current.limits.maximun: azure_vm.data_disk_count has no such limit; known: maximum",
        ),
        (
            "override: azure_vm.data_disk_count\nbaselines: {current: {limits: {maximum: many}}}",
            "baselines.current.limits.maximum: expected a number",
        ),
    ],
)
def test_wrong_override_is_explained(tmp_path: Path, text: str, expected: str) -> None:
    write(tmp_path, "change.yml", text)
    (problem,) = problems_of(tmp_path)
    assert str(tmp_path / "change.yml") in problem
    assert expected in problem


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("os.kernel ==", "os.kernal ==", "expression: 'os.kernal' is not declared; did you mean os.kernel?"),
        ("os.kernel ==", "oss.kernel ==", "expression: 'oss' is not declared; did you mean os?"),
        ("os.kernel ==", "settings.push_instalation ==", "did you mean settings.push_installation?"),
        ("os.kernel ==", "settings.x ==", "known here: ssh_after_failover"),
        ("os.kernel ==", "os.kernel = ", "expression: not a JMESPath expression"),
        ('limits.kernel"', 'limits.kernle"', "'limits.kernle' is not declared; did you mean limits.kernel?"),
        ('current: {limits: {kernel: "4.18"}}', "current: {}", "baselines.current.limits.kernel: expected this limit"),
        ("{limits.kernel}.", "{limits.kernle}.", "required: {limits.kernle} is not a limit of baseline current"),
        (
            "severity: warning",
            "severity: wanring",
            "severity: expected one of blocker, warning, information, found 'wanring'",
        ),
        ("severity: warning", "severty: warning", "severty: there is no such key; did you mean 'severity'?"),
        ("severity: warning", "", "severity: expected this key, found nothing; add it"),
        ("severity: warning", "severity: warning\nseverity: blocker", "the key 'severity' stands twice"),
        ('"2017": {limits', "2017: {limits", 'expected a key that is text, found 2017; put it in quotes: "2017"'),
        ("platform: linux", "platform: windows", "expression: 'os.kernel' is not declared"),
        ("id: site.kernel", "id: site.kernels", "id: expected site.kernel (from the path), found site.kernels"),
        (
            "severity: warning",
            "severity: warning\nfix: kernel",
            "fix_safety: expected fix, fix_safety, fix_why together",
        ),
        (
            "severity: warning",
            "severity: warning\nmanual: Look.",
            "expression: expected exactly one of expression and manual",
        ),
        ("current: {limits", "current: {applies: false, limits", "baselines.current.note: expected the reason"),
        ("title: The kernel is ours", "title: [", "not readable as YAML"),
        ("https://example.org", "http://example.org", "sources[0].url: expected an https address"),
        ("severity: warning", "severity: warning\naliases: [linux.lsof]", "aliases: linux.lsof already names"),
    ],
)
def test_mistake_is_explained(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    write(tmp_path, "site/kernel.yml", GOOD.replace(old, new))
    problems = problems_of(tmp_path)
    assert any(expected in problem for problem in problems), problems
    assert all(str(tmp_path) in problem for problem in problems)


def test_all_mistakes_are_listed_at_once(tmp_path: Path) -> None:
    write(tmp_path, "site/kernel.yml", GOOD.replace("os.kernel", "os.kernal").replace("{limits.kernel}", "{limits.x}"))
    write(tmp_path, "site/other.yml", "- a list")
    write(tmp_path, "site/more.yaml", GOOD)
    problems = " ".join(problems_of(tmp_path))
    for expected in ("os.kernal", "{limits.x}", "the file: expected a mapping of keys", "rename the file"):
        assert expected in problems


def test_our_requirement_cannot_be_replaced(tmp_path: Path) -> None:
    write(tmp_path, "linux/lsof.yml", GOOD.replace("site.kernel", "linux.lsof"))
    (problem,) = problems_of(tmp_path)
    assert "write 'override: linux.lsof'" in problem


def test_missing_directory_is_explained(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "nowhere")
    assert "expected a directory of requirement files, found none" in problem


@pytest.mark.parametrize(
    "content", [b"", b"\x80\xff", b"\x00", b"a: *b", b"--- 1\n--- 2", b"? [a]\n: b", b"!!python/none x"]
)
def test_broken_file_is_a_mistake_not_a_traceback(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "site.yml").write_bytes(content)
    (problem,) = problems_of(tmp_path)
    assert str(tmp_path / "site.yml") in problem


def test_linked_directories_are_read_once(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "kernel.yml", GOOD)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "site").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "again").symlink_to(tmp_path / "rules")
    assert any(each.id == "site.kernel" for each in load_with(tmp_path / "rules").requirements)


def test_the_slow_loader_does_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_LOADERS", [])
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)
    assert load(declared_facts()).digest == our_catalogue().digest


def test_what_is_shown_may_not_be_a_limit(tmp_path: Path) -> None:
    write(tmp_path, "site/kernel.yml", GOOD + "observed: limits.kernel\n")
    (problem,) = problems_of(tmp_path)
    assert "observed: 'limits' is not declared" in problem


def test_dates_stay_text(tmp_path: Path) -> None:
    write(tmp_path, "site/kernel.yml", GOOD.replace('dated: "2026-01-01"', "dated: 2026-01-01"))
    added = next(each for each in load_with(tmp_path).requirements if each.id == "site.kernel")
    assert added.sources[0].dated == "2026-01-01"


def test_unsafe_pattern_in_a_limit_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("os.kernel == limits.kernel", "matches(os.kernel, limits.kernel)").replace('"3.10"', "'(a+)+'")
    write(tmp_path, "site/kernel.yml", text)
    (problem,) = problems_of(tmp_path)
    assert "baselines.2017.limits.kernel: '(a+)+' repeats a group that repeats or has a choice" in problem
