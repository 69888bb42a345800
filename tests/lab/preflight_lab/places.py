# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the lab keeps its files, and the addresses it uses."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
LAB = Path(os.environ.get("PREFLIGHT_LAB_DIR") or "/var/tmp/preflight-lab").absolute()
CACHE = LAB / "cache"  # survives `down`: roots, layers, packages
STATE = LAB / "state"  # keys, passwords, inventory, known_hosts
HOSTS = LAB / "hosts"  # one folder for each host that is up
LOCKS = LAB / "locks"
CLONES = STATE / "clones.json"
OWNER = Path("/run/preflight-lab.owner")  # names the one lab that is up on this machine

BRIDGE = "pflab0"
NETNS_PREFIX = "pflab-"
LINK_PREFIX = "pf-"  # this machine's end of a host's veth pair
TEST_NETS = ("198.51.100", "192.0.2", "203.0.113")  # RFC 5737, /24 each: the first that this machine does not use
CONTROLLER = 1  # the last number of this machine's address there
TIMESERVER = 25  # the last number of the address of the host `timeserver`
PREFIX_LENGTH = 24
CLONES_FIRST = 50  # clones have the last numbers 50 to 99
CLONES_MOST = 50
FLEET_FIRST = 100  # fleet host n has the last number 99 + n
FLEET_MOST = 150

LEFT_OUT = 75  # exit code: this machine cannot carry a lab (EX_TEMPFAIL)


def netns(name: str) -> str:
    """The name of a host's network namespace."""
    return NETNS_PREFIX + name
