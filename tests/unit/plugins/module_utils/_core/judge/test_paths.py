# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.paths import PathError, conjuncts, parse
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.places import Path, missing
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.shape import of_facts, of_values
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.catalogue.machines import (
    declared_facts,
    healthy,
    put,
)

PLACES = {
    **of_facts(declared_facts()["linux"]),
    "settings": of_values({"ssh_after_failover": True}),
    "limits": of_values({"maximum": 1, "words": ["a"], "patterns": ["a+"]}),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("os.major == `7`", ["os.major"]),
        ("!(ssh.running)", ["ssh.running"]),
        ("storage.disks[].size_bytes", ["storage.disks[].size_bytes"]),
        ("storage.disks[*].size_bytes", ["storage.disks[].size_bytes"]),
        ("storage.disks[0].size_bytes", ["storage.disks[0].size_bytes"]),
        ("storage.disks[-1].size_bytes", ["storage.disks[-1].size_bytes"]),
        ("storage.disks[:2].size_bytes", ["storage.disks[].size_bytes"]),
        ("storage.disks[?boot].size_bytes", ["storage.disks[].boot", "storage.disks[].size_bytes"]),
        (
            "storage.disks[?boot && transport == 'nvme'] | [0].name",
            [
                "storage.disks[].boot",
                "storage.disks[].transport",
                "storage.disks[].name",
            ],
        ),
        ("network.adapters[].addresses[].address", ["network.adapters[].addresses[].address"]),
        ("network.adapters[*].addresses[*].address", ["network.adapters[].addresses[].address"]),
        ("storage.system_directories[].disks[]", ["storage.system_directories[].disks[]"]),
        ("storage.os_disks[]", ["storage.os_disks[]"]),
        ("max(storage.disks[].size_bytes)", ["storage.disks[].size_bytes"]),
        (
            "max_by(storage.disks, &size_bytes).name",
            ["storage.disks", "storage.disks[].size_bytes", "storage.disks[].name"],
        ),
        (
            "sort_by(storage.disks, &size_bytes)[0].name",
            [
                "storage.disks",
                "storage.disks[].size_bytes",
                "storage.disks[].name",
            ],
        ),
        ("map(&name, storage.disks)", ["storage.disks[].name"]),
        ("{a: os.id, b: storage.disks[].name}", ["os.id", "storage.disks[].name"]),
        ("[os.id, os.version] | [1]", ["os.version"]),
        ("{a: os.id, b: os.version}.b", ["os.version"]),
        ("os | id", ["os.id"]),
        ("contains(['rhel', 'centos'], os.id)", ["os.id"]),
        ("os.major > limits.maximum && settings.ssh_after_failover", ["os.major"]),
        ("storage.device_names[?is_ascii(@)]", ["storage.device_names[]"]),
        ("commands.lsof || commands.openssl", ["commands.lsof", "commands.openssl"]),
        ('`[{"a": 1}]`[0].a == os.major', ["os.major"]),
    ],
)
def test_paths_are_taken_out_of_the_expression(text: str, expected: list[str]) -> None:
    assert [str(path) for path in parse(text, PLACES).facts] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("os.majr", "'os.majr' is not declared; did you mean os.major?"),
        ("!ssh.running", "'!' binds closer than '.' in JMESPath; for the opposite of ssh.x write !(ssh.x)"),
        ("oss.major", "'oss' is not declared; did you mean os?"),
        ("storage.disks.size_bytes", "'storage.disks' is a list; for the size_bytes of each element write"),
        ("storage.disks[].sise_bytes", "'storage.disks[].sise_bytes' is not declared; did you mean"),
        ("storage.disks[?boott]", "'storage.disks[].boott' is not declared; did you mean storage.disks[].boot?"),
        ("storage.disks[?size_bytes > limits.maximum]", "'storage.disks[].limits' is not declared"),
        ("os.major.minor", "'os.major' is a single value and has no 'minor'"),
        ("os.major[]", "'os.major' is not a list"),
        ("os.major[0]", "'os.major' is not a list"),
        ("storage.*", "cannot be determined"),
        ("storage.disks[].*", "cannot be determined"),
        ("os", "'os' is not one fact; name the fact"),
        ("@", "'@' is not one fact"),
        ("length(@) > `0`", "'@' is not one fact"),
        ("storage.os_disks[].name", "is a single value and has no 'name'"),
        ("reverse(storage.disks)[0].name", "what 'name' is taken from cannot be determined"),
        ("keys(os)", "'os' is not one fact"),
        ("[os.id].name", "what 'name' is taken from cannot be determined"),
        ("{a: os.id}.b", "what 'b' is taken from cannot be determined"),
        ("[os.id][]", "what stands before [ ] is not a list"),
        ("lenght(storage.disks)", "there is no function lenght(); did you mean length()?"),
        ("zzzzzz(os.id)", "there is no function zzzzzz()"),
        ("contains(os.id)", "contains() takes 2 arguments, found 1"),
        ("length(os.id, os.id)", "length() takes 1 argument, found 2"),
        ("os.major ==", "not a JMESPath expression"),
        ("", "not a JMESPath expression"),
        ("matches(os.id, '(')", "is not a regular expression"),
        ("matches(os.id, os.name)", "the patterns of matches() must be written out or be a limit"),
        ("limits.maximun", "'limits.maximun' is not declared; did you mean limits.maximum?"),
        ("settings.unknown", "'settings.unknown' is not declared"),
    ],
)
def test_what_cannot_be_followed_is_refused(text: str, expected: str) -> None:
    with pytest.raises(PathError) as error:
        parse(text, PLACES)
    assert expected in str(error.value)


def test_limits_and_patterns_are_noted() -> None:
    found = parse("os.major > limits.maximum && matches_any(os.id, limits.patterns)", PLACES)
    assert found.limits == ("maximum", "patterns")
    assert found.pattern_limits == ("patterns",)


def test_length_asks_for_presence_only() -> None:
    assert parse("length(storage.disks)", PLACES).facts == (Path(("storage", "disks"), shallow=True),)
    assert parse(
        "length(storage.disks) > length(storage.disks[].name) && storage.disks == storage.disks", PLACES
    ).facts == (
        Path(("storage", "disks", "[]", "name"), shallow=True),
        Path(("storage", "disks")),
    )


def test_conjuncts_are_judged_apart() -> None:
    parts = conjuncts("os.id == 'ol' && (os.major == `7` || os.major == `8`) && commands.lsof", PLACES)
    assert [[str(path) for path in part.facts] for part in parts] == [["os.id"], ["os.major"], ["commands.lsof"]]


@pytest.mark.parametrize(
    ("path", "changes", "expected"),
    [
        ("os.major", {}, []),
        ("os.major", {"os.major": None}, ["os.major"]),
        ("os.major", {"os": None}, ["os.major"]),
        ("os.major", {"os": {}}, ["os.major"]),
        ("os.major", {"os": "text"}, ["os.major"]),
        ("storage.disks[].size_bytes", {"storage.disks[1].size_bytes": None}, ["storage.disks[1].size_bytes"]),
        ("storage.disks[].size_bytes", {"storage.disks[0]": None}, ["storage.disks[0]"]),
        ("storage.disks[].size_bytes", {"storage.disks[0]": {"name": "sda"}}, ["storage.disks[0].size_bytes"]),
        ("storage.disks[].size_bytes", {"storage.disks": {}}, ["storage.disks[]"]),
        ("storage.disks[].size_bytes", {"storage.disks": []}, []),
        ("storage.disks[0].size_bytes", {"storage.disks": []}, ["storage.disks[0]"]),
        ("storage.disks", {"storage.disks[1].transport": None}, ["storage.disks[1].transport"]),
        ("length(storage.disks)", {"storage.disks[1].transport": None}, []),
        ("length(storage.disks)", {"storage.disks[1]": None}, ["storage.disks[1]"]),
        (
            "network.adapters",
            {"network.adapters[0].addresses[0].family": None},
            ["network.adapters[0].addresses[0].family"],
        ),
    ],
)
def test_gaps_are_found_at_any_depth(path: str, changes: dict[str, Any], expected: list[str]) -> None:
    tree = healthy()
    for place, value in changes.items():
        put(tree, place, value)
    assert [gap for each in parse(path, PLACES).facts for gap in missing(tree, each)] == expected
