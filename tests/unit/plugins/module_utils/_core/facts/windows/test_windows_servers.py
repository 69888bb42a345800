# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles, web server, policies, listeners and programs of a server that Site Recovery is to be set up on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Subject
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    firewall_effective,
    iis,
    installed_programs,
    installed_software,
    listeners,
    network,
    policies,
    server,
    server_ports,
    server_roles,
    site_recovery_server,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.collecting_process import ENVIRONMENT
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    OPEN_FIREWALL,
    SERVER_2008_R2,
    SERVER_2019,
    objects,
    row,
    rule,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_server_samples import (  # noqa: E501
    ANONYMOUS,
    NOT_FOUND,
    SITES,
)

WEB_SERVER = {
    iis.COMPONENTS: [row("W3SVC", "DWord", 1), row("CGI", "DWord", 1)],
    iis.SITES: SITES,
    iis.ANONYMOUS: ANONYMOUS,
}
#: Keys of services that the service control manager knows nothing of, and one that it does.
REMNANTS = ["NTDS\t\t4", "W3SVC\tStopped\t3", "vmms\t\t2"]


def facts(subject: Subject, more: Mapping[Read, Any] | None = None, machine: Any = SERVER_2019) -> dict[str, Any]:
    found = assemble(recording({**machine, **(more or {})}), [subject]).tree[subject.name]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, (False, False, False)),
        ({server_roles.FEATURES: objects({"ID": 2}, {"ID": 10}, {"ID": 20})}, (True, True, True)),
        # Without the list no service is no role, and a service of which only the key is known tells nothing.
        ({server_roles.FEATURES: []}, (False, False, False)),
        ({server_roles.FEATURES: Status.ABSENT, server_roles.ROLE_SERVICES: REMNANTS}, (None, True, None)),
        ({server_roles.FEATURES: 1, server_roles.ROLE_SERVICES: REMNANTS}, (None, True, None)),
        ({server_roles.ROLE_SERVICES: REMNANTS}, (False, True, False)),
        ({server_roles.ROLE_SERVICES: Status.TIMED_OUT}, (None, None, None)),
    ],
)
def test_roles_are_told_by_number_or_service(more: Mapping[Read, Any], expected: tuple[bool | None, ...]) -> None:
    found = facts(server_roles.SUBJECT, more)
    assert (found["directory_services"], found["web_server"], found["hyperv"]) == expected


def test_without_a_web_server_there_is_no_site() -> None:
    assert facts(iis.SUBJECT) == {"installed": False, "fast_cgi": False, "sites": [], "anonymous_authentication": False}


def test_sites_of_a_web_server_are_listed() -> None:
    found = facts(iis.SUBJECT, WEB_SERVER)
    assert found["sites"] == [
        {"name": "Default Web Site", "bindings": ["http/*:80:", "https/*:443:"], "state": "started"}
    ]
    assert (found["fast_cgi"], found["anonymous_authentication"]) == (True, True)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['<?xml version="1.0" encoding="UTF-8"?>', "<appcmd>", "</appcmd>"], []),
        (NOT_FOUND, None),
        (SITES[:3], None),
        ([*SITES[:3], '<ERROR message="x" />', "</appcmd>"], None),
        (["<appcmd>", '<SITE SITE.ID="1" />', "</appcmd>"], None),
        (1, None),
        (Status.TIMED_OUT, None),
    ],
)
def test_sites_that_are_not_told_whole_are_unknown(lines: Any, expected: list[Any] | None) -> None:
    assert facts(iis.SUBJECT, {**WEB_SERVER, iis.SITES: lines})["sites"] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("true", True),
        ("False", False),
        ("", None),
        ("ERROR ( message:Unbekannter Konfigurationsabschnitt )", None),
    ],
)
def test_anonymous_authentication_is_on_or_off_or_unknown(line: str, expected: bool | None) -> None:
    assert facts(iis.SUBJECT, {**WEB_SERVER, iis.ANONYMOUS: [line]})["anonymous_authentication"] is expected


def test_a_32_bit_process_does_not_tell_of_the_web_server() -> None:
    more = {**WEB_SERVER, ENVIRONMENT: ["process_bits\t32", "architecture\tAMD64"]}
    assert set(facts(iis.SUBJECT, more).values()) == {None}


def test_policies_that_are_not_set_forbid_nothing() -> None:
    assert facts(policies.SUBJECT) == {
        "registry_tools_disabled": False,
        "command_prompt_disabled": False,
        "trusted_handlers": 0,
        "script_execution": "",
        "execution_policy": "RemoteSigned",
        "fips": False,
    }


@pytest.mark.parametrize(
    ("read", "line", "name", "expected"),
    [
        (policies.REGISTRY_TOOLS[0], row("DisableRegistryTools", "DWord", 1), "registry_tools_disabled", True),
        (policies.REGISTRY_TOOLS[1], row("DisableRegistryTools", "DWord", 2), "registry_tools_disabled", True),
        (policies.REGISTRY_TOOLS[0], row("DisableRegistryTools", "String", "0"), "registry_tools_disabled", None),
        (policies.COMMAND_PROMPT[1], row("DisableCMD", "DWord", 2), "command_prompt_disabled", True),
        (policies.ATTACHMENTS[0], row("UseTrustedHandlers", "DWord", 3), "trusted_handlers", 3),
        (policies.SCRIPTS, row("EnableScripts", "DWord", 0), "execution_policy", "Restricted"),
        (policies.SCRIPTS, row("ExecutionPolicy", "String", "AllSigned"), "execution_policy", "AllSigned"),
        (policies.SCRIPTS, row("ExecutionPolicy", "String", "RemoteSigned"), "script_execution", "RemoteSigned"),
        (
            policies.EXECUTION_POLICY,
            row("ExecutionPolicy", "String", "Unrestricted"),
            "execution_policy",
            "Unrestricted",
        ),
        (policies.EXECUTION_POLICY, row("ExecutionPolicy", "String", "Undefined"), "execution_policy", "RemoteSigned"),
        (policies.FIPS, row("Enabled", "DWord", 1), "fips", True),
    ],
)
def test_policy_that_is_set_is_seen(read: Read, line: str, name: str, expected: Any) -> None:
    assert facts(policies.SUBJECT, {read: [line]})[name] == expected


def test_policy_of_one_account_is_unknown_where_the_other_does_not_forbid() -> None:
    machine, account = policies.COMMAND_PROMPT
    assert facts(policies.SUBJECT, {account: Status.UNREADABLE})["command_prompt_disabled"] is None
    both = {account: Status.UNREADABLE, machine: [row("DisableCMD", "DWord", 1)]}
    assert facts(policies.SUBJECT, both)["command_prompt_disabled"] is True


def test_old_windows_runs_no_scripts_by_default() -> None:
    assert facts(policies.SUBJECT, machine=SERVER_2008_R2)["execution_policy"] == "Restricted"


def test_listeners_have_the_names_of_their_programs() -> None:
    found = facts(listeners.SUBJECT)["tcp"]
    assert found[:2] == [
        {"address": "0.0.0.0", "port": 135, "process": "svchost.exe"},
        {"address": "0.0.0.0", "port": 445, "process": "System"},
    ]


@pytest.mark.parametrize("processes", [Status.TIMED_OUT, []])
def test_listener_whose_program_is_not_known_keeps_its_port(processes: Any) -> None:
    (first, *_rest) = facts(listeners.SUBJECT, {listeners.PROCESSES: processes})["tcp"]
    assert first == {"address": "0.0.0.0", "port": 135, "process": "process 900"}


@pytest.mark.parametrize("lines", [[], 1, Status.ABSENT, Status.TIMED_OUT])
def test_no_listener_at_all_is_not_believed(lines: Any) -> None:
    assert facts(listeners.SUBJECT, {listeners.CONNECTIONS: lines})["tcp"] is None


def test_programs_are_found_in_both_views() -> None:
    more = {
        installed_programs.PROGRAMS_32_BIT: [
            row("{1}", "DisplayName", "String", "VMware vSphere PowerCLI"),
            row("{1}", "DisplayVersion", "String", "6.0.0.7254"),
            row("{2}", "DisplayName", "String", "MySQL Server 5.5"),
            row("{2}", "DisplayVersion", "String", "5.5.37"),
            row("{3}", "DisplayName", "String", "Not MySQL Server"),
        ]
    }
    found = facts(installed_software.SUBJECT, more)
    assert found == {"mysql": ["5.5.37"], "powercli": ["6.0.0.7254"]}


@pytest.mark.parametrize("lines", [[], 1, Status.ABSENT, [row("{1}", "", "unreadable")]])
def test_list_of_programs_that_cannot_be_believed_is_unknown(lines: Any) -> None:
    found = facts(installed_software.SUBJECT, {installed_programs.PROGRAMS: lines})
    assert set(found.values()) == {None}


def test_services_that_stand_tell_of_the_server_of_site_recovery() -> None:
    names = site_recovery_server.SERVICES.arguments
    lines = [row(name, "Stopped" if name in ("tmansvc", "MySQL") else "Running", 2) for name in names]
    found = facts(site_recovery_server.SUBJECT, {site_recovery_server.SERVICES: lines})
    assert (found["installed"], found["stopped_services"]) == (True, ["tmansvc"])


def test_agents_alone_are_no_server_of_site_recovery() -> None:
    lines = [
        row(name, *(["Running", 2] if name == "dra" else ["absent"]))
        for name in site_recovery_server.SERVICES.arguments
    ]
    found = facts(site_recovery_server.SUBJECT, {site_recovery_server.SERVICES: lines})
    assert (found["installed"], found["stopped_services"]) == (False, [])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [row("ProxyAddress", "String", "http://proxy.example.com"), row("ProxyPort", "DWord", 8080)],
            "http://proxy.example.com:8080",
        ),
        (
            [row("ProxyAddress", "String", "http://proxy.example.com"), row("ProxyPort", "String", "8080")],
            "http://proxy.example.com:8080",
        ),
        ([row("ProxyAddress", "String", "http://ann:secret@proxy.example.com")], "proxy.example.com"),
        ([], ""),
        (Status.ABSENT, ""),
        (Status.UNREADABLE, None),
    ],
)
def test_proxy_of_the_setup_is_told_without_credentials(lines: Any, expected: str | None) -> None:
    assert facts(site_recovery_server.SUBJECT, {site_recovery_server.PROXY: lines})["proxy"] == expected


def test_name_cores_and_adapters_of_the_server() -> None:
    found = facts(server.SUBJECT)
    assert (found["name"], found["cores"], found["time_zone_minutes"]) == ("CONFIGSERVER-01", 8, 60)
    assert found["adapters"] == [{"name": "Ethernet0", "model": "vmxnet3"}]


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (r"PCI\VEN_8086&DEV_10D3&SUBSYS_07D015AD&REV_00\4&1", "e1000e"),
        (r"PCI\VEN_1022&DEV_2000&SUBSYS_20001022&REV_10\4&1", "flexible"),
        (r"PCI\VEN_1D0F&DEV_EC20&SUBSYS_EC201D0F&REV_00\3&1", "ven_1d0f&dev_ec20"),
    ],
)
def test_models_of_adapters_are_told_by_number(path: str, model: str) -> None:
    more = {network.ADAPTERS: objects({"Index": 1, "Name": "x", "PNPDeviceID": path})}
    assert facts(server.SUBJECT, more)["adapters"] == [{"name": "x", "model": model}]


def test_server_without_an_adapter_or_a_processor_is_unknown() -> None:
    found = facts(server.SUBJECT, {network.ADAPTERS: [], server.PROCESSORS: []})
    assert (found["adapters"], found["cores"]) == (None, None)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], (False, False)),
        ([rule("any", "", "443,9443")], (True, True)),
        (
            [
                rule("web", "", "443", program="System"),
                rule("cxps", "", "*", program=r"C:\home\svsystems\transport\cxps.exe"),
            ],
            (True, True),
        ),
        (
            [rule("other", "", "443", program=r"C:\other.exe"), rule("some", "", "9443", sources="192.0.2.0/24")],
            (False, None),
        ),
        ([rule("any", "", "*"), rule("no", "", "9443", allow=False)], (True, False)),
    ],
)
def test_ports_of_the_server_are_judged_by_what_answers_there(
    rules: list[str], expected: tuple[bool | None, bool | None]
) -> None:
    found = facts(server_ports.SUBJECT, {firewall_effective.INTERFACE: [*OPEN_FIREWALL[:4], *rules]})
    assert (found["control_allowed"], found["data_allowed"]) == expected
