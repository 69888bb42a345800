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
    firewall,
    hardware,
    network,
    operating_system,
    outbound,
    proxy,
    remote_access,
    services,
    storage,
    tls,
    updates,
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
    remote_access.SUBJECT,
    tls.SUBJECT,
    tls.FRAMEWORK,
    updates.SUBJECT,
    updates.REBOOT,
    proxy.SUBJECT,
    outbound.SUBJECT,
    certificates.SUBJECT,
    clock.SUBJECT,
)
