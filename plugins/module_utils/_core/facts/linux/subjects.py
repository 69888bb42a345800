# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All subjects of a Linux machine. Private to this collection."""

from __future__ import annotations

from ..fact import Subject
from . import (
    boot,
    certificates,
    clock,
    commands,
    files,
    firewall,
    hardware,
    network,
    operating_system,
    packages,
    ssh,
    storage,
    vmware_tools,
)

#: In the order in which they are collected.
SUBJECTS: tuple[Subject, ...] = (
    operating_system.SUBJECT,
    hardware.SUBJECT,
    boot.SUBJECT,
    storage.SUBJECT,
    network.SUBJECT,
    ssh.SUBJECT,
    firewall.SUBJECT,
    packages.SUBJECT,
    commands.SUBJECT,
    clock.SUBJECT,
    certificates.SUBJECT,
    vmware_tools.SUBJECT,
    files.SUBJECT,
)
