# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SSH server, by which people reach the machine in Azure: enabled and running. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ..facts.fact import Facts, Json
from .contract import PACKAGE_SCRIPTS, SERVICE_SCRIPTS, Fix, Planned
from .service_change import INSTALL_OPTION, Wish, plan_service

#: SUSE's openssh is the server, or, since SLES 15 SP3, the package that needs it.
_PACKAGES = {"apt": "openssh-server", "dnf": "openssh-server", "yum": "openssh-server", "zypper": "openssh"}
_WISH = Wish("ssh_server", "ssh", "the SSH server", _PACKAGES)


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    return plan_service(_WISH, facts, options)


FIX = Fix(
    name="ssh_server",
    safety="automatic",
    why="enables and starts a server that is installed and accepts its settings; installs it only with permission",
    needs=("ssh.installed", "ssh.autostart", "ssh.running", "ssh.obstacle", "packages.manager"),
    scripts=(*PACKAGE_SCRIPTS, *SERVICE_SCRIPTS, "ssh_server.sh"),
    planner=_plan,
    options=INSTALL_OPTION,
    carries_connection=True,
)
