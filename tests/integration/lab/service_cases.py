# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts with systemd of four families and with SysV init, and what their own programs say of a service."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from fix_hosts import CLONE, FAMILIES, Host, clean_host
from lab_hosts import Lab

#: Also the host without systemd; it has no package manager.
SERVICE_HOSTS = (*FAMILIES, (f"rhel6{CLONE}", "none"))
every_host = pytest.mark.parametrize("host", SERVICE_HOSTS, indirect=True, ids=[name for name, _no in SERVICE_HOSTS])
on_systemd = pytest.mark.parametrize("host", FAMILIES, indirect=True, ids=[name for name, _manager in FAMILIES])
#: One host of each kind of init, and of each way in which units say what follows a failed start.
on_debian_and_rhel6 = pytest.mark.parametrize(
    "host", [FAMILIES[0], SERVICE_HOSTS[4]], indirect=True, ids=["debian", "rhel6"]
)
on_debian_and_rhel9 = pytest.mark.parametrize("host", FAMILIES[:2], indirect=True, ids=["debian", "rhel9"])
on_sysv = pytest.mark.parametrize("host", SERVICE_HOSTS[4:], indirect=True, ids=["rhel6"])


def has_systemd(host: Host) -> bool:
    return not host.name.startswith("rhel6")


def look(host: Host, units: Sequence[str], script: str) -> str:
    """All links of services, and whether this one is enabled, active or failed, by the host's own programs."""
    links = "find /etc/systemd/system /etc/rc.d /etc/rc?.d -type l -printf '%p %l\\n' 2>/dev/null | sort; "
    directories = "find /etc/systemd/system -type d 2>/dev/null | sort; "
    if has_systemd(host):
        names = " ".join(units)
        return host.shell(
            f"{links}{directories}for u in {names}; do echo $u $(systemctl is-enabled $u 2>/dev/null) "
            "$(systemctl is-active $u); done; systemctl --failed --no-legend --plain | cut -d ' ' -f 1"
        )
    return host.shell(f"{links}/etc/init.d/{script} status; chkconfig --list {script}")


def clean_service_host(lab: Lab, family: tuple[str, str]) -> Host:
    """Give a host of a family with every change on it undone, and without what its binaries' own system left there."""
    one = clean_host(lab, family)
    if has_systemd(one) and not one.name.startswith("debian"):
        one.shell("[ ! -e /etc/init.d/ssh ] || { rm -f /etc/init.d/ssh /etc/rc?.d/*ssh; systemctl daemon-reload; }")
    if not has_systemd(one):  # else its only service would be the one that is taken away
        one.shell(
            "printf '#!/bin/sh\\n' >/etc/rc.d/init.d/network; ln -sf ../init.d/network /etc/rc.d/rc3.d/S10network"
        )
    return one
