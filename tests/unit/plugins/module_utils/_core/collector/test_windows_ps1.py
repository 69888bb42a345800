# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tree_sitter", reason="needs the syntax trees of tree-sitter (tests/unit/requirements.txt)")
pytest.importorskip("tree_sitter_powershell", reason="needs the grammar of PowerShell (tests/unit/requirements.txt)")

from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.load import load
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.requirement import SCENARIOS
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.select import facts_needed
from ansible_collections.preflight.azure.plugins.module_utils._core.catalogue.select import select as catalogue_select
from ansible_collections.preflight.azure.plugins.module_utils._core.collector import compose_windows as composer
from ansible_collections.preflight.azure.plugins.module_utils._core.collector import windows_read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.quote import quote_powershell
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.platforms import DECLARED, SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select as facts_select
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector import powershell_lists
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_bootstrap import (
    BOOTSTRAP,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_rules import (
    complaints,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_tree import (
    arguments,
    functions,
    parameters,
    parse,
    text_of,
    utf16,
    walk,
)
from hypothesis import given, settings
from hypothesis import strategies as st

LIBRARY = Path(inspect.getfile(composer)).with_name("windows.ps1").read_text(encoding="ascii")
EVERY_READ = tuple(dict.fromkeys(read for fact in DECLARED["windows"] for read in fact.reads))
BAD = json.loads(Path(__file__).with_name("bad_powershell.json").read_text(encoding="utf-8"))["snippets"]

#: One read of every constructor.
READS = {
    "environment": windows_read.environment(),
    "registry": windows_read.registry("HKLM\\SYSTEM", "Start"),
    "registry_keys": windows_read.registry_keys("HKLM\\SYSTEM", "*"),
    "registry_tree": windows_read.registry_tree("HKLM\\SYSTEM", "Start"),
    "wmi": windows_read.wmi("root\\cimv2", "Win32_BIOS", "Version"),
    "services": windows_read.services("Dnscache"),
    "file_version": windows_read.file_version("%SystemRoot%\\a.sys"),
    "text": windows_read.text("C:\\hosts"),
    "journal": windows_read.journal(),
    "certificates": windows_read.certificates("LocalMachine", "Root"),
    "tcp": windows_read.tcp(100, "a:443"),
    "tls": windows_read.tls(100, "a:443"),
    "https": windows_read.https(100, "a:443"),
    "host_names": windows_read.host_names("a"),
    "program": windows_read.program("ver"),
    "firewall": windows_read.firewall("@FirewallAPI.dll,-28502"),
    "group_members": windows_read.group_members("S-1-5-32-544"),
    "objects": windows_read.objects("FailoverClusters", "Get-Cluster", "Name"),
}


def script_of(*reads: Read) -> str:
    """The part of what is sent that PowerShell compiles."""
    count, _newline, rest = composer.compose_windows(reads, Limits()).partition("\n")
    return "\n".join(rest.split("\n")[: int(count)])


def test_library_keeps_to_powershell_2() -> None:
    assert complaints(LIBRARY) == []


def test_whole_script_keeps_to_powershell_2() -> None:
    assert complaints(script_of(*EVERY_READ)) == []


def test_file_for_the_owner_is_the_same_script_and_keeps_to_powershell_2() -> None:
    file = composer.compose_windows_file(EVERY_READ, Limits())
    assert file.isascii()
    assert complaints(file) == []
    assert file.endswith(script_of(*EVERY_READ) + "\n")


def test_bootstrap_keeps_to_powershell_2() -> None:
    assert complaints(BOOTSTRAP) == []


@pytest.mark.parametrize(("rule", "snippet"), [(rule, snippet) for rule, found in BAD.items() for snippet in found])
def test_rule_catches_what_it_is_for(rule: str, snippet: str) -> None:
    assert any(said.startswith(rule) for said in complaints(snippet)), complaints(snippet)


def test_nothing_in_the_white_lists_writes() -> None:
    allowed = (*powershell_lists.CMDLETS, *powershell_lists.TYPES, *powershell_lists.STATIC_MEMBERS)
    members = powershell_lists.MEMBERS - {"Write", "WriteByte"}  # to standard output and to memory
    found = [name for name in (*allowed, *members) if any(part in name.lower() for part in powershell_lists.WRITING)]
    assert found == []


def test_keys_and_stores_are_opened_for_reading_only() -> None:
    for node in walk(parse(LIBRARY)):
        if node.type != "invokation_expression":
            continue
        call = text_of(node)
        if ".OpenSubKey(" in call:
            assert call.count(",") == 0, "a second argument would ask for write access"
        if call.startswith("$store.Open("):
            assert call == "$store.Open('ReadOnly, OpenExistingOnly')"
        if call.startswith("$file.Open("):
            assert call == "$file.Open('Open', 'Read', 'ReadWrite')"


def test_script_that_was_cut_off_is_no_script() -> None:
    lines = script_of(*EVERY_READ[:5]).split("\n")
    for count in range(1, len(lines), 7):
        assert parse("\n".join(lines[:count])).has_error


def test_every_constructor_has_its_function() -> None:
    made = {
        name
        for name, function in inspect.getmembers(windows_read, inspect.isfunction)
        if inspect.signature(function).return_annotation in (Read, "Read")
    }
    assert set(READS) == made


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_function_takes_what_the_read_gives(read: Read) -> None:
    by_name = {name.lower(): function for name, function in functions(parse(LIBRARY)).items()}
    function = by_name["read-" + read.kind.replace("_", "")]
    wanted = len(parameters(function))
    takes_more = any(node.type == "variable" and text_of(node) == "$args" for node in walk(function))
    assert len(read.arguments) == wanted or (takes_more and len(read.arguments) > wanted)


def only_looks(command: str) -> bool:
    """Cmdlets that get, that choose from what was got, or that put it together."""
    chooses = command.startswith(("Where-Object {", "ForEach-Object {", "New-Object PSObject -Property @{"))
    return chooses or command.startswith("Get-")


def test_reads_of_programs_and_cmdlets_only_look() -> None:
    for read in EVERY_READ:
        if read.kind == "objects":
            commands = [node for node in walk(parse(read.arguments[1])) if node.type == "command"]
            assert commands
            assert all(only_looks(text_of(command)) for command in commands)
        if read.kind == "program":
            looking = {"-status", "/query", "/enum", "show", "/info", "list", "/stripchart"}
            assert set(read.arguments[0].lower().split()) & looking
            assert not set(read.arguments[0]) & set("<>&|^")


@pytest.mark.parametrize("count", [1, 500])
def test_read_is_one_call_with_its_words(count: int) -> None:
    words = ["a'b", "$(x)", "\u2019", "`"] * count
    [command] = commands_of(f"Read-Answer 5 {' '.join(map(quote_powershell, words))}")
    assert [utf16(argument) for argument in arguments(command)[1:]] == [word.encode("utf-16-le") for word in words]


HOSTILE = st.sampled_from(
    "'\"`$(){};|&<>@#%,\n\r\t \\\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u2013\u2014\u00a0\ud800"
)
ANY = st.characters(exclude_characters="\0", categories=("L", "N", "P", "S", "Z", "C"))


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    st.text(HOSTILE | st.characters(exclude_characters="\0", categories=("L", "N", "P", "S", "Z", "C")), max_size=30)
)
def test_any_text_arrives_as_it_was(text: str) -> None:
    word = quote_powershell(text)
    assert word.isascii()
    assert "\n" not in word
    [command] = commands_of(f"Read-Answer {word} 'end'")
    first, last = arguments(command)
    assert (utf16(first), utf16(last)) == (text.encode("utf-16-le", "surrogatepass"), "end".encode("utf-16-le"))


def test_text_with_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote_powershell("a\0b")


def test_script_of_the_largest_scenario_is_small() -> None:
    catalogue = load(DECLARED)
    for machine in sorted({each.machine for each in catalogue.requirements}):
        for scenario in SCENARIOS:
            needed = facts_needed(catalogue_select(catalogue, scenario, machine, "windows"))
            reads = facts_select(needed, SUBJECTS["windows"]).reads
            size = len(composer.compose_windows(reads, Limits()))
            assert size <= 32 * 1024, f"{machine} in {scenario}: {size}"


def commands_of(script: str) -> list[Any]:
    root = parse(script)
    assert not root.has_error
    return [node for node in walk(root) if node.type == "command"]
