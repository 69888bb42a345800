# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services that migration depends on, and VMware Tools. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import file_version, services
from ..fact import Element, Fact, Subject, Unknown, Value
from . import service_rows

#: Fact and service.
_NAMES = {
    "vss": ("VSS", "Volume Shadow Copy"),
    "com_plus": ("COMSysApp", "COM+ System Application"),
    "windows_time": ("W32Time", "Windows Time"),
    "remote_registry": ("RemoteRegistry", "Remote Registry"),
    "wmi": ("Winmgmt", "Windows Management Instrumentation"),
    "remote_desktop": ("TermService", "Remote Desktop Services"),
    "file_server": ("LanmanServer", "Server, which offers files to others"),
    "firewall": ("MpsSvc", "Windows Firewall"),
    "remote_procedure_call": ("RpcSs", "Remote Procedure Call"),
    "mobility": ("svagents", "the Mobility service of Site Recovery"),
}
SERVICES = services(*(name for name, _title in _NAMES.values()), "VMTools", "MSiSCSI", "ClusSvc")
VMWARE_TOOLS = file_version(r"%ProgramFiles%\VMware\VMware Tools\vmtoolsd.exe")


def _parse(recording: Recording) -> Mapping[str, Value]:
    found = service_rows.states(recording, SERVICES)
    if isinstance(found, Unknown):
        return dict.fromkeys(_NAMES, found)
    return {fact: found[name].plain() for fact, (name, _title) in _NAMES.items()}


def _parse_vmware_tools(recording: Recording) -> Mapping[str, Value]:
    tools = service_rows.one(recording, SERVICES, "VMTools")
    if isinstance(tools, Unknown):
        return dict.fromkeys(("installed", "kind", "running", "autostart", "version"), tools)
    return {
        "installed": tools.installed,
        "kind": "vmware-tools" if tools.installed else "none",
        "running": tools.running,
        "autostart": tools.autostart,
        "version": _version(recording, tools.installed),
    }


def _version(recording: Recording, installed: bool) -> str | Unknown:
    if not installed:
        return ""
    answer = recording.answer(VMWARE_TOOLS)
    found = next((line.partition("\t")[2] for line in answer.lines if line.startswith("version\t")), "")
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    return found or Unknown(f"{VMWARE_TOOLS.key} does not tell its version")


_ELEMENTS = (
    Element("installed", "bool", "Whether the service is there."),
    Element("running", "bool", "Whether it runs."),
    Element("start_mode", "str", "boot, system, automatic, manual, disabled, or absent."),
)
_SOURCE = "the service control manager and the services in the registry"

SUBJECT = Subject(
    "services",
    tuple(
        Fact(f"services.{fact}", "dict", f"{title} ({name}).", _SOURCE, (SERVICES,), elements=_ELEMENTS)
        for fact, (name, title) in _NAMES.items()
    ),
    _parse,
)

TOOLS = Subject(
    "vmware_tools",
    (
        Fact("vmware_tools.installed", "bool", "Whether the service VMTools is there.", _SOURCE, (SERVICES,)),
        Fact("vmware_tools.kind", "str", "vmware-tools or none.", _SOURCE, (SERVICES,)),
        Fact("vmware_tools.running", "bool", "Whether the service VMTools runs.", _SOURCE, (SERVICES,)),
        Fact("vmware_tools.autostart", "bool", "Whether it starts with the machine.", _SOURCE, (SERVICES,)),
        Fact(
            "vmware_tools.version",
            "str",
            "The version of vmtoolsd.exe; empty where the tools are not installed.",
            "the file",
            (SERVICES, VMWARE_TOOLS),
        ),
    ),
    _parse_vmware_tools,
)
