# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.network import hosts_entries
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.hosts_entry import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.hosts_entry_text import with_entries
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.test_file_change import (
    SHELLS,
    apply,
)
from hypothesis import given, settings
from hypothesis import strategies as st

DEBIAN = "127.0.0.1\tlocalhost\n127.0.1.1\tweb01.example.com\tweb01\n\n# IPv6\n::1     localhost ip6-localhost\n"
RHEL = "127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4\n::1         localhost\n"
NAMES = ("web01.example.com", "web01")


def facts(
    text: str | None = DEBIAN,
    *,
    host: str = "web01",
    addresses: tuple[str, ...] = ("10.0.0.4",),
    full: str | None = "web01.example.com",
    cloud: bool | None = False,
    obstacle: str = "",
    **reasons: str,
) -> Facts:
    entries = hosts_entries(text or "")
    accepted = {host.lower(), host.lower().partition(".")[0]}
    mapped = {address for address, names in entries if accepted & set(names)}
    network = {
        "host_addresses": [*addresses],
        "unmapped_addresses": [address for address in addresses if address not in mapped],
        "hosts_entries": [{"address": address, "names": names} for address, names in entries],
        "hosts_managed_by_cloud_init": cloud,
        "full_host_name": full,
    }
    file = {"path": "/etc/hosts", "present": text is not None, "text": text or "", "obstacle": obstacle}
    tree: Any = {"os": {"hostname": host}, "network": network, "files": {"hosts": file}}
    return Facts(tree, {f"network.{name}": reason for name, reason in reasons.items()})


def plan(found: Facts, **options: Any) -> Plan:
    planned = FIX.plan(found, options, {})
    assert isinstance(planned, Plan), planned
    return planned


def refusal(found: Facts, **options: Any) -> str:
    planned = FIX.plan(found, options, {})
    assert isinstance(planned, Refusal), planned
    return planned.reason


def test_plan_names_the_lines_and_the_states() -> None:
    made = plan(facts(), timeout_seconds=60)
    assert made.before == {"without_entry": ["10.0.0.4"], "lines": []}
    assert made.after == {"without_entry": [], "lines": ["10.0.0.4\tweb01.example.com\tweb01"]}
    new = (DEBIAN + "10.0.0.4\tweb01.example.com\tweb01\n").encode()
    assert made.found == f"/etc/hosts {posix_cksum(DEBIAN.encode())}"
    assert made.wanted == f"/etc/hosts {posix_cksum(new)}"
    assert made.arguments[:3] == ("/etc/hosts", *(word.split()[1] for word in (made.found, made.wanted)))
    assert made.timeout_seconds == 60


def test_mapped_addresses_change_nothing_whatever_else_stands_in_the_way() -> None:
    found = facts("10.0.0.4 web01\n", cloud=True, full=None, obstacle="it is a symbolic link")
    planned = FIX.plan(found, {}, {})
    assert isinstance(planned, Unchanged)
    assert planned.state == {"without_entry": [], "lines": []}


@pytest.mark.parametrize(
    ("text", "addresses", "expected"),
    [
        (DEBIAN, ["10.0.0.4"], DEBIAN + "10.0.0.4\tweb01.example.com\tweb01\n"),
        (RHEL, ["192.168.100.44"], RHEL + "192.168.100.44 web01.example.com web01\n"),
        (RHEL, ["1.2.3.4"], RHEL + "1.2.3.4     web01.example.com web01\n"),
        ("", ["10.0.0.4"], "10.0.0.4 web01.example.com web01\n"),
        ("# nothing\n", ["10.0.0.4"], "# nothing\n10.0.0.4 web01.example.com web01\n"),
        ("127.0.0.1 a", ["1.1.1.1", "1.1.1.2"], "127.0.0.1 a\n1.1.1.1 {n}\n1.1.1.2 {n}"),
        ("127.0.0.1 a\r\n", ["1.1.1.1"], "127.0.0.1 a\r\n1.1.1.1 {n}\r\n"),
        ("127.0.0.1 a\r\n1.1.1.9 b", ["1.1.1.1"], "127.0.0.1 a\r\n1.1.1.9 b\r\n1.1.1.1 {n}"),
        ("127.0.0.1\t\ta\n", ["198.51.100.44"], "127.0.0.1\t\ta\n198.51.100.44\t\t{n}\n"),
        ("127.0.0.1\ta\n", ["1.1.1.1"], "127.0.0.1\ta\n1.1.1.1\t\t{n}\n"),
        # the line of another service on the same address stays the first that is found
        ("1.1.1.1 db.example.com db # the base\n", ["1.1.1.1"], "1.1.1.1 db.example.com db # the base\n1.1.1.1 {n}\n"),
        # the host's own line gets its short name
        ("1.1.1.1  web01.example.com   # own\n", ["1.1.1.1"], "1.1.1.1  {n}   # own\n"),
        ("1.1.1.1\tWEB01.example.com\twww#own\r\n", ["1.1.1.1"], "1.1.1.1\tWEB01.example.com\twww\tweb01#own\r\n"),
        ("1.1.1.1 web01.example.com", ["1.1.1.1"], "1.1.1.1 {n}"),
        (
            "1.1.1.1 web01.example.com\n# end",
            ["1.1.1.1", "1.1.1.2"],
            "1.1.1.1 {n}\n# end\n1.1.1.2 {n}",
        ),
        ("#1.1.1.1 web01.example.com\n", ["1.1.1.1"], "#1.1.1.1 web01.example.com\n1.1.1.1 {n}\n"),
        ("caf\udce9\x0b\n", ["1.1.1.1"], "caf\udce9\x0b\n1.1.1.1 {n}\n"),
    ],
)
def test_text_gets_what_is_missing_in_its_own_manner(text: str, addresses: list[str], expected: str) -> None:
    assert with_entries(text, addresses, NAMES).text == expected.replace("{n}", " ".join(NAMES))


_LINES = st.one_of(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["10.0.0.4", "10.0.0.5", "127.0.0.1", "::1", "#10.0.0.4", "", "10.0.0.44"]),
        st.sampled_from([" ", "\t", "   ", "\t\t", "\x0b", ""]),
        st.sampled_from(
            ["web01", "web01.example.com", "db web01.example.com", "WEB01", "localhost x", "\udcff\u2003é"]
        ),
        st.sampled_from(["", "\r", " # web01", "#", "  "]),
    ),
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=20),
)


@given(lines=st.lists(_LINES, max_size=8), ended=st.booleans(), two=st.booleans())
def test_nothing_is_moved_or_taken_away_and_every_address_is_mapped(lines: list[str], ended: bool, two: bool) -> None:
    text = "\n".join(lines) + ("\n" if ended else "")
    addresses = ["10.0.0.4", "10.0.0.5"] if two else ["10.0.0.4"]
    found = facts(text, addresses=tuple(addresses), full="web01.example.com")
    missing = found.tree["network"]["unmapped_addresses"]  # type: ignore[index, call-overload]
    if not missing:
        return
    new = with_entries(text, missing, NAMES).text
    mapped = [address for address, names in hosts_entries(new) if "web01" in names]
    assert set(addresses) <= set(mapped)
    old_lines, new_lines = text.split("\n"), new.split("\n")
    for old, line in zip(old_lines, new_lines, strict=False):
        assert line.rstrip("\r").replace(" web01", "").replace("\tweb01", "") == (
            old.rstrip("\r").replace(" web01", "").replace("\tweb01", "")
        ) or not old.strip("\r")
    assert len(new_lines) - len(old_lines) <= len(addresses)
    # what was found first for a name is still found first
    for _address, names in hosts_entries(text):
        for name in names:
            assert (
                next(a for a, n in hosts_entries(new) if name in n)
                == next(a for a, n in hosts_entries(text) if name in n)
                or name in NAMES
            )
    assert new.endswith("\n") == (text.endswith("\n") or not text)
    assert not facts(new, addresses=tuple(addresses)).tree["network"]["unmapped_addresses"]  # type: ignore[index, call-overload]


@pytest.mark.parametrize("shell", SHELLS[:1], ids=" ".join)
@settings(max_examples=20)
@given(lines=st.lists(_LINES, max_size=6), ended=st.booleans())
def test_what_is_sent_makes_the_text_that_was_planned(
    tmp_path_factory: pytest.TempPathFactory, shell: list[str], lines: list[str], ended: bool
) -> None:
    text = "\n".join(lines) + ("\n" if ended else "")
    planned = FIX.plan(facts(text), {}, {})
    if isinstance(planned, Plan):
        old = text.encode("utf-8", "surrogateescape")
        directory: Path = tmp_path_factory.mktemp("hosts")
        made = apply(planned.arguments, old, directory, shell)
        assert planned.wanted == f"/etc/hosts {posix_cksum(made)}"
        shutil.rmtree(directory)


@pytest.mark.parametrize(
    ("host", "full", "text", "expected"),
    [
        ("web01.example.com", None, "", "web01.example.com web01"),
        ("WEB01", "WEB01.Example.com", "", "WEB01.Example.com WEB01"),
        ("web01", "", "", "web01"),
        ("web01", "web01", "", "web01"),
        ("web01", "localhost", "127.0.0.1 localhost web01\n", "web01"),
        ("web01", "other.example.com", "", "web01"),
        ("web01", "web01.ex ample", "", "web01"),
        ("web01", "", "10.0.0.5 db web01.example.org\n", "web01.example.org web01"),
        ("web01", None, "127.0.1.1 web01.example.org web01\n", "web01.example.org web01"),
        ("web01", None, "127.0.1.1 web01\n", "web01"),
        ("web_01", "web_01.a.b", "", "web_01.a.b web_01"),
    ],
)
def test_full_name_is_the_one_that_the_machine_has(host: str, full: str | None, text: str, expected: str) -> None:
    made = plan(facts(text, host=host, full=full, addresses=("10.0.0.4", "10.0.0.5")))
    assert f"10.0.0.4 {expected}" in made.after["lines"]  # type: ignore[index, call-overload, operator]


def test_unknown_full_name_is_refused_or_given() -> None:
    found = facts(RHEL, full=None, full_host_name="full host name gave no answer within its time limit")
    said = refusal(found)
    assert "gave no answer" in said
    assert "full_name" in said
    assert plan(found, full_name="web01.example.com").after["lines"] == ["10.0.0.4    web01.example.com web01"]  # type: ignore[index, call-overload]
    assert plan(found, full_name="web01").after["lines"] == ["10.0.0.4    web01"]  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    "name", ["web02.example.com", "web01.ex ample", "web01#x", "web01.\u00e9", "web01.example.", "a" * 300]
)
def test_full_name_of_something_else_is_refused(name: str) -> None:
    assert "correct the option" in refusal(facts(), full_name=name)


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LocalHost.localdomain", "localhost4", "(none)", "", "web 01", "web01#x", "web\n01", "web\x1b[0m",
        "w\u00e9b", "web\udcff", "10.0.0.4", "12345", "web01.1", "-web", "web-", ".web", "web..a", "web01.", "a" * 64,
        "$(reboot)", "web;01", "fe80::1", "ip6-localhost.example.com",
    ],
)  # fmt: skip
def test_hostile_host_name_is_refused(host: str) -> None:
    said = refusal(facts(DEBIAN, host=host))
    assert "give the machine its name first" in said
    assert said.isprintable()


def test_file_that_cloud_init_writes_is_refused_with_what_to_do() -> None:
    said = refusal(facts(cloud=True))
    assert "every boot" in said
    assert "manage_etc_hosts to false" in said
    assert "despite_cloud_init" in said
    assert plan(facts(cloud=True), despite_cloud_init=True)


def test_unknown_cloud_init_is_refused_with_the_reason() -> None:
    said = refusal(facts(cloud=None, hosts_managed_by_cloud_init="cloud-init hosts gave no answer"))
    assert "not known whether cloud-init" in said
    assert "gave no answer" in said
    assert plan(facts(cloud=None), despite_cloud_init=True)


@pytest.mark.parametrize("obstacle", ["it is a symbolic link; change what it points to by hand", "it is immutable"])
def test_file_that_cannot_be_replaced_is_refused(obstacle: str) -> None:
    assert obstacle in refusal(facts(obstacle=obstacle))


def test_file_whose_content_is_not_known_is_refused() -> None:
    found = facts()
    found.tree["files"] = {"hosts": None}
    found.reasons["files.hosts"] = "/etc/hosts could not be read"
    assert "/etc/hosts could not be read; change it by hand" in refusal(found)


def test_machine_without_an_address_is_refused() -> None:
    assert "no adapter has an IPv4 address" in refusal(facts(addresses=()))


def test_missing_file_is_made() -> None:
    made = plan(facts(None))
    assert made.found == "/etc/hosts none"
    assert made.after["lines"] == ["10.0.0.4 web01.example.com web01"]  # type: ignore[index, call-overload]


def test_unknown_addresses_are_refused_with_the_reason() -> None:
    found = Facts({"os": {"hostname": "web01"}, "network": {"host_addresses": None}}, {"network.host_addresses": "why"})
    assert "network.host_addresses is not known: why" in refusal(found)
