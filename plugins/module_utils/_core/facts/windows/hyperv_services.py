# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of Hyper-V, its cluster, VMM and Site Recovery on a host. Private to this collection."""

from __future__ import annotations

from ...collector.windows_read import services
from ..fact import Element

#: Hyper-V's management, VMM's agent, the provider of Site Recovery, the Recovery Services agent, the cluster.
SERVICES = services("vmms", "SCVMMAgent", "dra", "obengine", "ClusSvc")

#: What is told of each.
STATE = (
    Element("installed", "bool", "Whether the service is there."),
    Element("running", "bool", "Whether it runs."),
    Element("start_mode", "str", "boot, system, automatic, manual, disabled, or absent."),
)
