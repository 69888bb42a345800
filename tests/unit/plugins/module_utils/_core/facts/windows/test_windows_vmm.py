# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VMM server, and what its cmdlets, its registry and its Provider may answer instead."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    collecting_process,
    installed_programs,
    vmm,
    vmm_objects,
    vmm_provider,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    Answers,
    objects,
    row,
)

SUBJECTS = (vmm.SUBJECT, vmm_provider.SUBJECT)
CLOUD = {"Name": "Gold", "ID": "c1", "HostGroup.Path": "All Hosts\\Nürnberg", "CapabilityProfiles.Name": "Hyper-V"}
HOST = {
    "FQDN": "HV01.corp.example.com",
    "ID": "h1",
    "OperatingSystem.Name": "Windows Server 2012 R2 Datacenter",
    "AgentVersion": "3.2.7510.0",
    "HostCluster.Name": "hvcluster.corp.example.com",
    "VMHostGroup.Path": "All Hosts\\Nürnberg\\Rack 1",
}
PROGRAM = "{0C6B5C2D}"
SERVER: Answers = {
    collecting_process.ENVIRONMENT: ["powershell\t4.0", "process_bits\t64", "architecture\tAMD64", "user\tS-1-5-21-1"],
    vmm.SERVICE: ["SCVMMService\tRunning\t2\t\tCORP\\vmm"],
    vmm.SETUP: [row("ProductVersion", "String", "3.2.7510.0")],
    **dict.fromkeys(vmm.FILES, Status.ABSENT),
    vmm.FILES[2]: ["size_bytes\t118272", "modified\t2018-05-02T08:00:00Z", "version\t3.2.8377.0"],
    vmm_objects.CLOUDS: objects(CLOUD),
    vmm_objects.HOSTS: objects(HOST),
    vmm_objects.NETWORKS: objects({"Name": "VM network", "ID": "n1", "LogicalNetwork.Name": "Datacenter"}),
    vmm_objects.LIBRARY: objects({"Name": "MSSCVMMLibrary", "ID": "l1", "Path": "\\\\vmm01\\MSSCVMMLibrary"}),
    vmm_provider.ADAPTER: ["DRAdapter"],
    vmm_provider.IDENTITY: [row("DraID", "String", "5c8f3e4a-1c2d-4e5f-8a9b-0c1d2e3f4a5b")],
    vmm_provider.KEYS: Status.ABSENT,
    vmm_provider.PROXY: Status.ABSENT,
    installed_programs.PROGRAMS: [
        row(PROGRAM, "DisplayName", "String", "Microsoft Azure Site Recovery Provider"),
        row(PROGRAM, "DisplayVersion", "String", "5.1.2700.1"),
        row("Other", "DisplayName", "String", "Microsoft Azure Recovery Services Agent"),
    ],
}


def told(path: str, changes: Answers | None = None) -> Any:
    """One fact of the server with some answers changed."""
    value: Any = assemble(recording({**SERVER, **(changes or {})}), SUBJECTS).tree
    for name in path.split("."):
        value = value[name]
    return value


def reason(path: str, changes: Answers) -> str:
    """Why a fact is unknown."""
    return assemble(recording({**SERVER, **changes}), SUBJECTS).reasons[path]


def test_healthy_server_is_known_whole() -> None:
    facts = assemble(recording(SERVER), SUBJECTS)
    assert facts.reasons == {}
    assert facts.tree["vmm"] == {
        "installed": True,
        "running": True,
        "autostart": True,
        "version": "3.2.7510.0",
        "build": "3.2.8377.0",
        "clouds": [
            {
                "name": "Gold",
                "id": "c1",
                "host_groups": ["All Hosts\\Nürnberg"],
                "empty_host_groups": [],
                "host_count": 1,
                "capability_profiles": ["Hyper-V"],
            }
        ],
        "hosts": [
            {
                "name": "hv01.corp.example.com",
                "operating_system": "Windows Server 2012 R2 Datacenter",
                "release": "2012 R2",
                "agent_version": "3.2.7510.0",
                "cluster": "hvcluster.corp.example.com",
                "host_group": "All Hosts\\Nürnberg\\Rack 1",
                "clouds": ["Gold"],
            }
        ],
        "vm_networks": [{"name": "VM network", "logical_network": "Datacenter"}],
        "library_shares": ["\\\\vmm01\\MSSCVMMLibrary"],
    }
    assert facts.tree["vmm_provider"] == {"installed": True, "version": "5.1.2700.1", "registered": True, "proxy": ""}


@pytest.mark.parametrize(
    ("place", "counted"),
    [
        ("All Hosts\\Nürnberg", True),
        ("ALL HOSTS\\NÜRNBERG\\Rack 1", True),
        ("All Hosts\\Nürnberg 2", False),
        ("All Hosts", False),
    ],
)
def test_host_counts_for_its_group_and_those_above(place: str, counted: bool) -> None:
    changes: Answers = {vmm_objects.HOSTS: objects({**HOST, "VMHostGroup.Path": place})}
    assert told("vmm.clouds", changes)[0]["host_count"] == int(counted)
    assert told("vmm.clouds", changes)[0]["empty_host_groups"] == ([] if counted else ["All Hosts\\Nürnberg"])
    assert told("vmm.hosts", changes)[0]["clouds"] == (["Gold"] if counted else [])


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("Microsoft Windows Server 2019 Datacenter", "2019"),
        ("Hyper-V Server 2012 R2", "2012 R2"),
        ("64-bit edition of Windows Server 2012 Standard", "2012"),
        ("Unknown", None),
    ],
)
def test_release_is_taken_out_of_the_name(name: str, release: str | None) -> None:
    changes: Answers = {vmm_objects.HOSTS: objects({**HOST, "OperatingSystem.Name": name})}
    assert told("vmm.hosts", changes)[0]["release"] == release


def test_server_without_clouds_has_none() -> None:
    assert told("vmm.clouds", {vmm_objects.CLOUDS: []}) == []


def test_cloud_of_several_groups_names_the_empty_ones() -> None:
    paths = ["All Hosts\\Nürnberg", "All Hosts\\Fürth"]
    [cloud] = told("vmm.clouds", {vmm_objects.CLOUDS: objects({**CLOUD, "HostGroup.Path": paths})})
    assert (cloud["host_groups"], cloud["empty_host_groups"]) == (paths, ["All Hosts\\Fürth"])


def test_without_the_console_it_is_unknown_and_says_what_to_install() -> None:
    changes: Answers = {vmm_objects.CLOUDS: Status.ABSENT}
    assert told("vmm.clouds", changes) is None
    assert "install VMM's console" in reason("vmm.clouds", changes)
    assert told("vmm.hosts", changes)[0]["clouds"] is None


def test_cmdlet_that_fails_leaves_it_unknown() -> None:
    assert told("vmm.clouds", {vmm_objects.CLOUDS: 1}) is None
    assert told("vmm.clouds", {vmm_objects.HOSTS: 1})[0]["host_count"] is None


def test_object_without_identity_is_no_answer() -> None:
    assert told("vmm.clouds", {vmm_objects.CLOUDS: objects({"Name": "Gold"})}) is None


def test_server_without_vmm_has_no_version_and_no_facts_of_it() -> None:
    changes: Answers = {vmm.SERVICE: ["SCVMMService\tabsent"]}
    assert [told(f"vmm.{name}", changes) for name in ("installed", "running", "version")] == [False, False, ""]
    assert reason("vmm.hosts", changes) == "VMM is not installed on this server"


def test_vmm_in_a_folder_of_its_own_does_not_tell_its_build() -> None:
    assert told("vmm.build", {vmm.FILES[2]: Status.ABSENT}) is None


@pytest.mark.parametrize(
    ("adapter", "programs", "installed", "version"),
    [
        (["DRAdapter"], [], True, None),
        (Status.ABSENT, [], False, ""),
        ([], SERVER[installed_programs.PROGRAMS], True, "5.1.2700.1"),
        (Status.ABSENT, [row("{1}", "", "unreadable")], None, None),
        (Status.UNREADABLE, [], None, None),
    ],
)
def test_provider_is_told_by_its_key_and_by_the_list(adapter: Any, programs: Any, installed: Any, version: Any) -> None:
    changes: Answers = {vmm_provider.ADAPTER: adapter, installed_programs.PROGRAMS: programs}
    assert told("vmm_provider.installed", changes) is installed
    assert told("vmm_provider.version", changes) == version


def test_server_that_was_never_registered_is_not() -> None:
    assert told("vmm_provider.registered", {vmm_provider.IDENTITY: Status.ABSENT}) is False


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://proxy.example.com", "http://proxy.example.com"),
        ("https://me:secret@proxy.example.com", "https://proxy.example.com"),
        ("proxy", "proxy"),
    ],
)
def test_proxy_of_the_provider_is_shown_without_a_name(address: str, shown: str) -> None:
    changes: Answers = {
        vmm_provider.KEYS: ["ProxySettings"],
        vmm_provider.PROXY: [row("ProxyAddress", "String", address)],
    }
    assert told("vmm_provider.proxy", changes) == shown


def test_proxy_under_another_name_is_unknown() -> None:
    assert told("vmm_provider.proxy", {vmm_provider.KEYS: ["ProxySettings"], vmm_provider.PROXY: []}) is None


def test_32_bit_process_knows_neither_version_nor_provider() -> None:
    changes: Answers = {collecting_process.ENVIRONMENT: ["process_bits\t32", "architecture\tAMD64"]}
    assert told("vmm.version", changes) is None
    assert told("vmm_provider.installed", changes) is None
    assert "64-bit PowerShell" in reason("vmm_provider.registered", changes)
