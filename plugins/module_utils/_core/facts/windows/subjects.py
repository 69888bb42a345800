# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All subjects of a Windows machine. Private to this collection."""

from __future__ import annotations

from ..fact import Subject
from . import (
    boot,
    certificates,
    clock,
    drivers,
    endpoints,
    firewall,
    firewall_openings,
    hardware,
    hyperv_cluster,
    hyperv_host,
    hyperv_provider,
    hyperv_schema,
    iis,
    installed_software,
    journal,
    listeners,
    mvmc,
    network,
    operating_system,
    outbound,
    policies,
    proxy,
    remote_access,
    server,
    server_ports,
    server_roles,
    services,
    site_recovery_server,
    storage,
    tls,
    updates,
    vmm,
    vmm_provider,
)

#: In the order in which they are collected.
SUBJECTS: tuple[Subject, ...] = (
    operating_system.SUBJECT,
    hardware.SUBJECT,
    services.SUBJECT,
    services.TOOLS,
    boot.SUBJECT,
    drivers.SUBJECT,
    storage.SUBJECT,
    network.SUBJECT,
    firewall.SUBJECT,
    firewall_openings.SUBJECT,
    remote_access.SUBJECT,
    tls.SUBJECT,
    tls.FRAMEWORK,
    updates.SUBJECT,
    updates.REBOOT,
    proxy.SUBJECT,
    outbound.SUBJECT,
    certificates.SUBJECT,
    clock.SUBJECT,
    vmm.SUBJECT,
    vmm_provider.SUBJECT,
    mvmc.SUBJECT,
    server.SUBJECT,
    server_roles.SUBJECT,
    server_ports.SUBJECT,
    iis.SUBJECT,
    policies.SUBJECT,
    listeners.SUBJECT,
    installed_software.SUBJECT,
    site_recovery_server.SUBJECT,
    hyperv_host.SUBJECT,
    hyperv_cluster.SUBJECT,
    hyperv_provider.SUBJECT,
    hyperv_schema.SUBJECT,
    journal.SUBJECT,
    # Where the firewall is closed these wait for long.
    endpoints.SUBJECT,
)

#: Subjects of machines that play another part than that of a source: they are asked for where a requirement needs them,
#: or by name, for they call the cmdlets of a role and try what the machine reaches.
OF_OTHER_PARTS = frozenset(
    {
        *("vmm", "vmm_provider", "mvmc"),
        # What a fix plans with.
        "firewall_openings",
        *("server", "server_roles", "iis", "policies", "listeners", "installed_software", "site_recovery_server"),
        *("endpoints", "hyperv_host", "hyperv_cluster", "hyperv_provider", "hyperv_vms"),
    }
)
