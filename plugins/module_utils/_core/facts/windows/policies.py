# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Group policies that setup programs stumble over, and FIPS mode. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.read import Read
from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values, wmi_objects
from .collecting_process import ENVIRONMENT
from .operating_system import SYSTEM

_POLICIES = r"Software\Microsoft\Windows\CurrentVersion\Policies"
_WINDOWS = r"Software\Policies\Microsoft\Windows"


def _of_both(key: str, name: str) -> tuple[Read, Read]:
    """The policy of the machine, and the one of the account that collects."""
    return registry_values.read(rf"HKLM\{key}", name), registry_values.read(rf"HKCU\{key}", name)


REGISTRY_TOOLS = _of_both(rf"{_POLICIES}\System", "DisableRegistryTools")
COMMAND_PROMPT = _of_both(rf"{_WINDOWS}\System", "DisableCMD")
ATTACHMENTS = _of_both(rf"{_POLICIES}\Attachments", "UseTrustedHandlers")
SCRIPTS = registry_values.read(rf"HKLM\{_WINDOWS}\PowerShell", "EnableScripts", "ExecutionPolicy")
EXECUTION_POLICY = registry_values.read(
    r"HKLM\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell", "ExecutionPolicy"
)
FIPS = registry_values.read(r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\FipsAlgorithmPolicy", "Enabled")
#: Servers from 2012 R2 on run scripts of their own unless they were told otherwise.
_RUNS_SCRIPTS = 9600


def _highest(recording: Recording, reads: tuple[Read, ...], name: str) -> int | Unknown:
    values = [registry_values.number(recording, read, name, absent=0) for read in reads]
    doubt = next((value for value in values if isinstance(value, Unknown)), None)
    known = [value for value in values if not isinstance(value, Unknown)]
    return doubt if doubt is not None and not any(known) else max(known)


def _set(found: int | Unknown) -> bool | Unknown:
    return found if isinstance(found, Unknown) else found != 0


def _script_policy(recording: Recording) -> str | Unknown:
    """Return what group policy says of scripts: nothing, Restricted where it forbids them, or an execution policy."""
    on = registry_values.number(recording, SCRIPTS, "EnableScripts", absent=-1)
    if isinstance(on, Unknown):
        return on
    if on == 0:
        return "Restricted"
    # Where they are switched on without saying which, Windows takes the policy of the machine.
    return registry_values.text(recording, SCRIPTS, "ExecutionPolicy", absent="")


def _execution_policy(recording: Recording) -> str | Unknown:
    by_policy = _script_policy(recording)
    if isinstance(by_policy, Unknown) or by_policy:
        return by_policy
    own = registry_values.text(recording, EXECUTION_POLICY, "ExecutionPolicy", absent="")
    if isinstance(own, Unknown) or (own and own.lower() != "undefined"):
        return own
    system = wmi_objects.one(recording, SYSTEM)
    version, kind = wmi_objects.text(system, "Version"), wmi_objects.number(system, "ProductType")
    if isinstance(version, Unknown):
        return version
    if isinstance(kind, Unknown):
        return kind
    build = version.rpartition(".")[2]
    return "RemoteSigned" if build.isdigit() and int(build) >= _RUNS_SCRIPTS and kind != 1 else "Restricted"


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "registry_tools_disabled": _set(_highest(recording, REGISTRY_TOOLS, "DisableRegistryTools")),
        "command_prompt_disabled": _set(_highest(recording, COMMAND_PROMPT, "DisableCMD")),
        "trusted_handlers": _highest(recording, ATTACHMENTS, "UseTrustedHandlers"),
        "script_execution": _script_policy(recording),
        "execution_policy": _execution_policy(recording),
        "fips": _set(registry_values.number(recording, FIPS, "Enabled", absent=0)),
    }


_BOTH = "the registry, of the machine and of the account that collects"

SUBJECT = Subject(
    "policies",
    (
        Fact(
            "policies.registry_tools_disabled",
            "bool",
            "Whether access to registry editing tools is prevented.",
            _BOTH,
            (*REGISTRY_TOOLS, ENVIRONMENT),
        ),
        Fact(
            "policies.command_prompt_disabled",
            "bool",
            "Whether access to the command prompt is prevented.",
            _BOTH,
            COMMAND_PROMPT,
        ),
        Fact(
            "policies.trusted_handlers",
            "int",
            "The trust logic for file attachments (UseTrustedHandlers); 0 where it is not set.",
            _BOTH,
            (*ATTACHMENTS, ENVIRONMENT),
        ),
        Fact(
            "policies.script_execution",
            "str",
            "What the group policy for script execution says: AllSigned, RemoteSigned, Unrestricted, Restricted where "
            "it forbids scripts; empty where it is not set.",
            "the registry",
            (SCRIPTS,),
        ),
        Fact(
            "policies.execution_policy",
            "str",
            "The execution policy of Windows PowerShell on this machine.",
            "the registry, group policy first, then the default of this Windows",
            (SCRIPTS, EXECUTION_POLICY, SYSTEM, ENVIRONMENT),
        ),
        Fact("policies.fips", "bool", "Whether FIPS mode is on.", "FipsAlgorithmPolicy in the registry", (FIPS,)),
    ),
    _parse,
)
