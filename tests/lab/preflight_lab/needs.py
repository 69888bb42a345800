# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine itself must have: root, apt-get, a few packages."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from preflight_lab.shell import LabError, LeftOut, run, say

# command or file that shows it is there: the Debian package that brings it
PACKAGES = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
    "setpriv": "util-linux",
    "ip": "iproute2",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "openssl": "openssl",
    "rpmbuild": "rpm",
    "createrepo_c": "createrepo-c",
    "dpkg-deb": "dpkg",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
}
_INOTIFY_INSTANCES = 4096


def check_root() -> None:
    """Refuse whoever is not root."""
    if os.geteuid() != 0:
        raise LeftOut("the lab needs root; run it as root on a Debian or Ubuntu machine")


def check_machine() -> None:
    """Refuse, with a reason, a machine that cannot carry a lab."""
    if not shutil.which("apt-get"):
        raise LeftOut("the lab needs apt-get to build its hosts; run it on a Debian or Ubuntu machine")
    filesystems = Path("/proc/filesystems").read_text(encoding="ascii")
    if "overlay" not in filesystems and not _can(["modprobe", "overlay"]):
        raise LeftOut("the kernel has no overlay file system; run the lab on a kernel that has it")
    if not _can(["unshare", "--net", "--mount", "--pid", "--fork", "true"]):
        raise LeftOut("this machine does not allow new namespaces (a container?); run the lab on a whole machine")


def make_room() -> None:
    """Let the kernel watch as many files as many systemds together want to: each has some inotify instances."""
    limit = Path("/proc/sys/fs/inotify/max_user_instances")
    if int(limit.read_text(encoding="ascii")) < _INOTIFY_INSTANCES:
        limit.write_text(f"{_INOTIFY_INSTANCES}\n", encoding="ascii")


def _can(command: list[str]) -> bool:
    try:
        run(command, limit=20)
    except LabError:
        return False
    return True


def install_missing() -> None:
    """Install the packages that are missing on this machine; nothing when all are there."""
    missing = {package for probe, package in PACKAGES.items() if not (shutil.which(probe) or Path(probe).is_file())}
    if not missing:
        return
    say(f"installing {' '.join(sorted(missing))}")
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *sorted(missing)]
    command = ["env", "DEBIAN_FRONTEND=noninteractive", *install]
    try:
        run(command, limit=300)
    except LabError:
        run(["apt-get", "update", "-q"], limit=120, check=False)
        try:
            run(command, limit=300)
        except LabError as error:
            raise LeftOut(f"packages cannot be installed here: {error}") from error
