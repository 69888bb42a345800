# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the lab's own tests run commands: the lab's, Ansible's, and some inside a host."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

LAB = Path(__file__).with_name("lab")
LEFT_OUT = 75
FIREWALLS = ["firewalld", "ufw", "nftables", "iptables", "iptservice"]
CLOCKS = ["timeserver", "ntpd", "timesyncd", "clockoff", "twodaemons"]
SYSTEMD = ["debian", "rhel9", "rhel7", "sles12", "ondisk", "adapters", "etcro", *FIREWALLS, *CLOCKS]
HOSTS = [*SYSTEMD, "busybox", "noisy", "oldssh", "rhel6", "upstart"]


def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=900, check=False)


def inside(host: str, script: str) -> subprocess.CompletedProcess[str]:
    return command(LAB, "exec", host, "/bin/sh", "-c", script)


def raw(inventory: Path, hosts: str, *more: str) -> subprocess.CompletedProcess[str]:
    ansible = Path(sys.executable).with_name("ansible")
    return command(ansible, "-i", inventory, hosts, "-m", "raw", "-a", "true", *more)


def address(host: str) -> str:
    lines = command(LAB, "status").stdout.splitlines()
    return next(line.split()[1] for line in lines if line.split()[0] == host)


def knock(host: str, port: int) -> str:
    """What becomes of a connection from this machine: open, refused (nobody listens), or blocked."""
    try:
        with socket.create_connection((address(host), port), timeout=3):
            return "open"
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "blocked"
