# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a root this very host: name, keys, passwords."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from preflight_lab import credentials, network
from preflight_lab.hosts import Host
from preflight_lab.places import TIMESERVER
from preflight_lab.shell import run

_IPV6_COMMENT = "# The following lines are desirable for IPv6 capable hosts"


def write(host: Host, root: Path) -> None:
    """Write the host's own files into its mounted root."""
    etc = root / "etc"
    (etc / "hostname").write_text(f"{host.full_name}\n", encoding="ascii")
    (etc / "hosts").write_text(_hosts(host), encoding="ascii")
    (etc / "resolv.conf").unlink(missing_ok=True)
    (etc / "resolv.conf").write_text(f"search {host.domain}\n" if host.domain else "", encoding="ascii")
    if host.boot == "systemd":
        (etc / "machine-id").write_text(f"{secrets.token_hex(16)}\n", encoding="ascii")
    if (etc / "sysconfig/network-scripts").is_dir():
        text = f"DEVICE=eth0\nHWADDR={network.mac(host.address)}\nONBOOT=yes\nIPADDR={host.address}\nPREFIX=24\n"
        (etc / "sysconfig/network-scripts/ifcfg-eth0").write_text(text, encoding="ascii")
    if (etc / "sysconfig/network").is_file():
        (etc / "sysconfig/network").write_text(f"NETWORKING=yes\nHOSTNAME={host.name}\n", encoding="ascii")
    for kind in host.host_keys:
        run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", host.name, "-f", etc / f"ssh/ssh_host_{kind}_key"])
    _passwords(etc / "shadow")
    for user, number in {"root": 0, **credentials.USERS}.items():
        _authorize(root / ("root" if user == "root" else f"home/{user}"), number)


def _hosts(host: Host) -> str:
    """The lines of /etc/hosts; where the name has a domain, as Debian's installer writes them after DHCP."""
    if host.domain:
        lines = ["127.0.0.1\tlocalhost", f"127.0.1.1\t{host.full_name}\t{host.name}", "", _IPV6_COMMENT]
        lines += ["::1     localhost ip6-localhost ip6-loopback", "ff02::1 ip6-allnodes", "ff02::2 ip6-allrouters"]
    else:
        lines = ["127.0.0.1\tlocalhost", f"{host.address}\t{host.name}"]
    if "clock" in host.groups and host.number != TIMESERVER:
        lines.append(f"{network.address(TIMESERVER)}\ttimeserver")
    return "".join(f"{line}\n" for line in lines)


def _passwords(shadow: Path) -> None:
    hashes = credentials.hashes()
    lines = []
    for line in shadow.read_text(encoding="ascii").splitlines():
        fields = line.split(":")
        fields[1] = hashes.get(fields[0], fields[1])
        lines.append(":".join(fields) + "\n")
    shadow.write_text("".join(lines), encoding="ascii")


def _authorize(home: Path, owner: int) -> None:
    folder = home / ".ssh"
    folder.mkdir(mode=0o700, exist_ok=True)
    keys = folder / "authorized_keys"
    keys.write_text(credentials.public_keys(), encoding="ascii")
    keys.chmod(0o600)
    for path in (folder, keys):
        os.chown(path, owner, 0 if owner == 0 else 100)
