# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What package managers say they would do, and what their errors mean.

The outputs of apt, dnf, yum on dnf and zypper are real; those of old yum and of dnf5 follow their documentation.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import contract

SCRIPT = Path(contract.__file__).with_name("package_words.sh")
SHELLS = [shell for shell in ("dash", "bash", "ksh93", "mksh", "busybox") if shutil.which(shell)]

APT = """NOTE: This is only a simulation!
Reading package lists...
Building dependency tree...
The following additional packages will be installed:
  libtirpc-common libtirpc3
The following NEW packages will be installed:
  libtirpc-common libtirpc3 lsof
0 upgraded, 3 newly installed, 0 to remove and 3 not upgraded.
Inst libtirpc-common (1.3.3+ds-1 Debian:12.0/stable [all])
Inst libtirpc3 (1.3.3+ds-1 Debian:12.0/stable [amd64])
Inst lsof (4.95.0-1 Debian:12.0/stable [amd64])
Conf libtirpc-common (1.3.3+ds-1 Debian:12.0/stable [all])
"""
APT_CHANGES = """Remv netcat [1.10-47]
Inst libc6 [2.36-9] (2.36-9+deb12u4 Debian:12.5/stable [amd64])
Inst lsof (4.95.0-1 Debian:12.0/stable [amd64])
"""
DNF = """Last metadata expiration check: 0:00:12 ago on Fri Nov 20 06:00:00 2026.
Dependencies resolved.
================================================================================
 Package      Architecture     Version                 Repository          Size
================================================================================
Installing:
 lsof         x86_64           4.94.0-3.el9            baseos             238 k
Upgrading:
 glibc        x86_64           2.34-100.el9_4.2        baseos             2.0 M
Installing dependencies:
 libtirpc     x86_64           1.3.3-8.el9_4           baseos              93 k
     replacing  libtirpc-compat.x86_64 0.1-1

Transaction Summary
================================================================================
Install  2 Packages
Upgrade  1 Package

Operation aborted.
"""
DNF5 = """Package      Arch   Version        Repository      Size
Installing:
 lsof        x86_64 4.98.0-5.fc41  fedora     610.1 KiB
Installing dependencies:
 libtirpc    x86_64 1.3.6-1.fc41   fedora     206.8 KiB

Transaction Summary:
 Installing:         2 packages
"""
YUM = """Loaded plugins: fastestmirror
Resolving Dependencies
--> Running transaction check
---> Package lsof.x86_64 0:4.87-6.el7 will be installed
--> Finished Dependency Resolution

Dependencies Resolved

================================================================================
 Package   Arch   Version     Repository   Size
================================================================================
Installing:
 lsof      x86_64 4.87-6.el7  base        331 k
Installing for dependencies:
 libtirpc-with-a-very-long-name-that-yum-breaks
           x86_64 0.2.4-0.16.el7 base      89 k
Updating for dependencies:
 libselinux x86_64 2.5-15.el7 base        162 k

Transaction Summary
================================================================================
Install  1 Package (+1 Dependent package)
Is this ok [y/d/N]: Exiting on user command
"""
ZYPPER = """Loading repository data...
Reading installed packages...
Resolving package dependencies...

The following 2 NEW packages are going to be installed:
  libtirpc3 lsof

The following package is going to be upgraded:
  glibc

The following package is recommended, but will not be installed:
  lsof-doc

2 new packages to install.
"""


def run(shell: str, lines: str, said: str = "") -> str:
    program = [shell, "sh"] if shell == "busybox" else [shell]
    script = f"newline='\n'\n{SCRIPT.read_text()}\n{lines}\n"
    done = subprocess.run([*program, "-c", script], input=said, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("manager", "said", "planned"),
    [
        ("apt", APT, "add=libtirpc-common add=libtirpc3 add=lsof"),
        ("apt", APT_CHANGES, "remove=netcat upgrade=libc6 add=lsof"),
        ("apt", "E: Unable to locate package lsof\n", ""),
        ("dnf", DNF, "add=lsof upgrading=glibc add=libtirpc replace=libtirpc-compat.x86_64"),
        ("dnf", DNF5, "add=lsof add=libtirpc"),
        ("dnf", "Error: \n Problem: conflicting requests\n  - nothing provides x\n", ""),
        ("yum", YUM, "add=lsof add=libtirpc-with-a-very-long-name-that-yum-breaks updating=libselinux"),
        ("zypper", ZYPPER, "add=libtirpc3 add=lsof upgraded=glibc"),
    ],
)
def test_every_planned_change_is_told(shell: str, manager: str, said: str, planned: str) -> None:
    assert run(shell, f"manager={manager}; planned_changes", said).split() == planned.split()


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 9678 (perl)", "locked"),
        ("Waiting for process with pid 412 to finish.", "locked"),
        ("Existing lock /var/run/yum.pid: another copy is running as pid 4512.", "locked"),
        ("error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)", "locked"),
        ("System management is locked by the application with pid 435 (/usr/bin/zypper).", "locked"),
        ("E: Failed to fetch http://deb/lsof.deb  Could not connect to deb:80", "could not be reached"),
        (" - Curl error (7): Couldn't connect to server for http://x/repodata/repomd.xml", "could not be reached"),
        ("Cannot find a valid baseurl for repo: base/7/x86_64", "could not be reached"),
        ("[lab|dir:/srv/x] Valid metadata not found at specified URL", "could not be reached"),
        ("E: Unable to locate package lsof", "no repository"),
        ("No match for argument: lsof", "no repository"),
        ("No provider of 'lsof' found.", "no repository"),
        ("No package lsof available.", "no repository"),
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "disk is full"),
        ("installing package lsof needs 2MB more space on the / filesystem", "disk is full"),
        ("dpkg: error: unable to create file: Read-only file system", "read-only"),
        ("Error: GPG check FAILED", "signature"),
        ("lsof is already the newest version (4.95.0-1).", "command is missing"),
        ("Fatal: something new", "said otherwise"),
        ("", "said nothing"),
    ],
)
def test_cause_is_named_and_the_tool_quoted(said: str, meaning: str, tmp_path: Path) -> None:
    (tmp_path / "record.log").write_text(f"Reading package lists...\n{said}\n" if said else "")
    told = run(SHELLS[0], f'record={tmp_path}/record; cause; echo "$cause"')
    assert meaning in told
    assert said in told
