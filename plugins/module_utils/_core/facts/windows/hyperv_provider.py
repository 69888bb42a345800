# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provider of Site Recovery and the Recovery Services agent on a Hyper-V host. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.read import Read
from ...collector.recording import Recording
from ...collector.windows_read import file_version
from ..fact import Fact, Subject, Unknown, Value
from . import installed_programs, registry_values, service_rows
from .collecting_process import ENVIRONMENT
from .hyperv_services import SERVICES, STATE

#: The folder of 64-bit programs, also for a 32-bit process.
PROVIDER = file_version(r"%ProgramW6432%\Microsoft Azure Site Recovery Provider\DRConfigurator.exe")
AGENT = file_version(r"%ProgramW6432%\Microsoft Azure Recovery Services Agent\bin\cbengine.exe")
_KEY = r"HKLM\SOFTWARE\Microsoft\Azure Site Recovery"
REGISTRATION = registry_values.read(rf"{_KEY}\Registration", "ResourceName", "SiteName", "VaultLocation")
#: Only this value: others in the key hold credentials.
PROXY = registry_values.read(rf"{_KEY}\ProxySettings", "ProxyAddress")


def _version(recording: Recording, service: str, program: str, file: Read) -> str | Unknown:
    """Return the version of what is installed; empty where its service is not there."""
    state = service_rows.one(recording, SERVICES, service)
    if isinstance(state, Unknown):
        return state
    if not state.installed:
        return ""
    listed = installed_programs.versions(recording, program)
    if not isinstance(listed, Unknown) and any(listed):
        return next(filter(None, listed))
    answer = recording.answer(file)
    told = next((line.partition("\t")[2] for line in answer.lines if line.startswith("version\t")), "")
    if answer.answered and answer.code == 0 and told:
        return told
    return Unknown(f"neither the list of installed programs nor {file.arguments[0]} tells the version of {program}")


def _state(recording: Recording, service: str) -> Value:
    found = service_rows.one(recording, SERVICES, service)
    return found if isinstance(found, Unknown) else found.plain()


def _proxy(recording: Recording) -> str | Unknown:
    """Return the Provider's own proxy without the name and password that may stand before its address."""
    found = registry_values.text(recording, PROXY, "ProxyAddress", absent="")
    if isinstance(found, Unknown):
        return found
    scheme, sign, rest = found.rpartition("://")
    return scheme + sign + rest.rpartition("@")[2]


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "provider": _state(recording, "dra"),
        "provider_version": _version(recording, "dra", "Microsoft Azure Site Recovery Provider", PROVIDER),
        "agent": _state(recording, "obengine"),
        "agent_version": _version(recording, "obengine", "Microsoft Azure Recovery Services Agent", AGENT),
        "proxy": _proxy(recording),
        "vault": registry_values.text(recording, REGISTRATION, "ResourceName", absent=""),
        "site": registry_values.text(recording, REGISTRATION, "SiteName", absent=""),
        "vault_location": registry_values.text(recording, REGISTRATION, "VaultLocation", absent=""),
    }


_MANAGER = "the service control manager and the services in the registry"
_REGISTERED = f"{REGISTRATION.arguments[0]} in the registry"
_VERSION = (SERVICES, installed_programs.PROGRAMS, ENVIRONMENT)

SUBJECT = Subject(
    "hyperv_provider",
    (
        Fact(
            "hyperv_provider.provider",
            "dict",
            "The service of the Azure Site Recovery Provider (dra).",
            _MANAGER,
            (SERVICES,),
            elements=STATE,
        ),
        Fact(
            "hyperv_provider.provider_version",
            "str",
            "The version of the Provider; empty without it.",
            "the list of installed programs, or DRConfigurator.exe",
            (*_VERSION, PROVIDER),
        ),
        Fact(
            "hyperv_provider.agent",
            "dict",
            "The service of the Microsoft Azure Recovery Services agent (obengine).",
            _MANAGER,
            (SERVICES,),
            elements=STATE,
        ),
        Fact(
            "hyperv_provider.agent_version",
            "str",
            "The version of the agent; empty without it.",
            "the list of installed programs, or cbengine.exe",
            (*_VERSION, AGENT),
        ),
        Fact(
            "hyperv_provider.proxy",
            "str",
            "The proxy that the Provider was given itself; empty without one.",
            f"{PROXY.arguments[0]} in the registry",
            (PROXY, ENVIRONMENT),
        ),
        Fact(
            "hyperv_provider.vault",
            "str",
            "The vault that the host is registered in; empty without one.",
            _REGISTERED,
            (REGISTRATION, ENVIRONMENT),
        ),
        Fact("hyperv_provider.site", "str", "Its Hyper-V site.", _REGISTERED, (REGISTRATION, ENVIRONMENT)),
        Fact(
            "hyperv_provider.vault_location",
            "str",
            "The region of the vault.",
            _REGISTERED,
            (REGISTRATION, ENVIRONMENT),
        ),
    ),
    _parse,
)
