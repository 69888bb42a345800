# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What servers answer about roles, policies, listeners and the way to Azure: a new one to set up, and an old one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    endpoints,
    iis,
    installed_programs,
    listeners,
    policies,
    server,
    server_roles,
    site_recovery_server,
)

Answers = dict[Read, Union[Iterable[str], Status, int]]

ISSUER = "CN=DigiCert SHA2 Secure Server CA, O=DigiCert Inc, C=US"
#: What w32tm prints in German; only its last line is read.
TIME_ANSWERS = [
    "time.windows.com wird verfolgt [20.101.57.9:123].",
    "Es werden 1 Beispiele gesammelt.",
    "Es ist 21.11.2026 12:00:00.",
    "12:00:00, -00.0034412s",
]
#: A set-up web server with the site of Unified Setup.
SITES = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<appcmd>",
    '    <SITE SITE.NAME="Default Web Site" SITE.ID="1" bindings="http/*:80:,https/*:443:" state="Started" />',
    "</appcmd>",
]
ANONYMOUS = ["true"]
NOT_FOUND = ["Der Befehl ist entweder falsch geschrieben oder konnte nicht gefunden werden."]
_PORTS = ((135, 900), (445, 4), (3389, 1200), (5985, 4))

#: Windows Server 2019 before anything of Site Recovery is set up.
NEW_SERVER: Answers = {
    server.NAME: ["Hostname\tString\tCONFIGSERVER-01"],
    server.PROCESSORS: ["-", "NumberOfCores\t4", "-", "NumberOfCores\t4"],
    server.TIME_ZONE: ["TimeZoneKeyName\tString\tW. Europe Standard Time"],
    server_roles.FEATURES: [line for number in (67, 417, 466) for line in ("-", f"ID\t{number}")],
    server_roles.ROLE_SERVICES: ["NTDS\tabsent", "W3SVC\tabsent", "vmms\tabsent"],
    iis.COMPONENTS: Status.ABSENT,
    iis.SITES: NOT_FOUND,
    iis.ANONYMOUS: NOT_FOUND,
    **dict.fromkeys((*policies.REGISTRY_TOOLS, *policies.COMMAND_PROMPT, *policies.ATTACHMENTS), Status.ABSENT),
    policies.SCRIPTS: Status.ABSENT,
    policies.EXECUTION_POLICY: [],
    policies.FIPS: ["Enabled\tDWord\t0"],
    listeners.CONNECTIONS: [
        line
        for port, process in _PORTS
        for line in ("-", "LocalAddress\t0.0.0.0", f"LocalPort\t{port}", f"OwningProcess\t{process}")
    ],
    listeners.PROCESSES: [
        line
        for number, name in ((4, "System"), (900, "svchost.exe"), (1200, "svchost.exe"))
        for line in ("-", f"ProcessId\t{number}", f"Name\t{name}")
    ],
    installed_programs.PROGRAMS: [
        "{0A1B}\tDisplayName\tString\tVMware Tools",
        "{0A1B}\tDisplayVersion\tString\t12.1.5.20735119",
    ],
    installed_programs.PROGRAMS_32_BIT: [],
    site_recovery_server.SERVICES: [f"{name}\tabsent" for name in site_recovery_server.SERVICES.arguments],
    site_recovery_server.PROXY: Status.ABSENT,
    endpoints.TARGETS: [f"{target}\topen\t192.0.2.200" for target in endpoints.TARGETS.arguments[1:]],
    endpoints.THROUGH_PROXY: [],
    endpoints.CERTIFICATE: [
        f"{endpoints.CERTIFICATE.arguments[1]}\topen\tTls12\tCN=stamp2.login.microsoftonline.com\t{ISSUER}\tAB12\t2027-01-01",
    ],
    **dict.fromkeys(endpoints.TIME.values(), TIME_ANSWERS),
}

#: The old one: no WMI class for ports, no TLS 1.2 in its .NET.
OLD_SERVER: Answers = {
    **NEW_SERVER,
    listeners.CONNECTIONS: Status.ABSENT,
}
