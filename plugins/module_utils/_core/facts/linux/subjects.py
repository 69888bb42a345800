# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All subjects of a Linux machine. Private to this collection."""

from __future__ import annotations

from ..fact import Subject
from . import (
    boot,
    boot_devices,
    certificates,
    clock,
    commands,
    files,
    firewall,
    firewall_openings,
    hardware,
    initrds,
    journal,
    network,
    operating_system,
    packages,
    ssh,
    sshd_logon,
    storage,
    vmware_tools,
)

#: In the order in which they are collected.
SUBJECTS: tuple[Subject, ...] = (
    operating_system.SUBJECT,
    hardware.SUBJECT,
    boot.SUBJECT,
    boot_devices.SUBJECT,
    initrds.SUBJECT,
    storage.SUBJECT,
    network.SUBJECT,
    ssh.SUBJECT,
    firewall.SUBJECT,
    firewall_openings.SUBJECT,
    packages.SUBJECT,
    commands.SUBJECT,
    clock.SUBJECT,
    certificates.SUBJECT,
    vmware_tools.SUBJECT,
    journal.SUBJECT,
    sshd_logon.SUBJECT,
    files.SUBJECT,
)
