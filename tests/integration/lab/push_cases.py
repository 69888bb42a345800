# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts whose SSH servers are set as their families set them, and logons with a password and nothing else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fix_hosts import CLONE, FAMILIES, Host

MAIN = "/etc/ssh/sshd_config"
DROP_IN = "/etc/ssh/sshd_config.d/00-preflight.azure.conf"
HOSTS = (*FAMILIES, (f"rhel6{CLONE}", "none"))
two_hosts = pytest.mark.parametrize("host", HOSTS[::4], indirect=True, ids=["debian", "rhel6"])
every_host = pytest.mark.parametrize("host", HOSTS, indirect=True, ids=[name for name, _no in HOSTS])

_DEBIAN = """# Debian's own
Include /etc/ssh/sshd_config.d/*.conf
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM yes
Subsystem sftp /usr/lib/openssh/sftp-server
"""
_RHEL_9 = """# Red Hat's own
Include /etc/ssh/sshd_config.d/*.conf
AuthorizedKeysFile .ssh/authorized_keys
#Subsystem sftp /usr/libexec/openssh/sftp-server
"""
_RHEL_9_PART = (
    "UsePAM yes\nKbdInteractiveAuthentication no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
)
_RHEL_7 = """#\t$OpenBSD: sshd_config,v 1.100 2016/08/15 12:32:04 naddy Exp $
SyslogFacility AUTHPRIV
PermitRootLogin without-password
PasswordAuthentication no
ChallengeResponseAuthentication no
UsePAM yes
# Example of overriding settings on a per-user basis
Match User anoncvs
\tPasswordAuthentication no
"""
_SLES_12 = """PasswordAuthentication no
ChallengeResponseAuthentication no
UsePAM yes
Subsystem sftp /usr/lib/openssh/sftp-server
Match Address 192.0.2.0/24
    X11Forwarding no"""
_RHEL_6 = """#Port 22\r
PermitRootLogin without-password\r
PasswordAuthentication no\r
ChallengeResponseAuthentication no\r
UsePAM yes\r
"""
#: By the beginning of the host's name: the main file and, for one of them, a part.
CONFIGURATIONS = {
    "debian": _DEBIAN,
    "rhel9": _RHEL_9,
    "rhel7": _RHEL_7,
    "sles12": _SLES_12,
    "rhel6": _RHEL_6,
}


def kind(host: Host) -> str:
    return host.name.partition("-")[0]


def configure(host: Host, text: str, part: str = "") -> None:
    """Write the main file, and a part of it, and let the server read them."""
    lines = [f"rm -f /etc/ssh/sshd_config.d/*.conf; printf %s {_quoted(text)} >{MAIN}"]
    if part:
        lines.append(f"printf %s {_quoted(part)} >/etc/ssh/sshd_config.d/50-redhat.conf")
    host.shell("; ".join(lines))
    reload(host)


def configure_as_family(host: Host) -> None:
    configure(host, CONFIGURATIONS[kind(host)], _RHEL_9_PART if kind(host) == "rhel9" else "")


def reload(host: Host) -> None:
    """Let the server read its files; wait until it has."""
    host.shell(
        "touch /run/reload-test; sleep 0.1; kill -HUP $(cat /run/sshd.pid); "
        "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do "
        '[ -z "$(find /run/sshd.pid -newer /run/reload-test 2>/dev/null)" ] || exit 0; sleep 0.2; done; exit 1'
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


class Logon:
    """ssh and sftp to a host with the password of a user, and never with a key."""

    def __init__(self, host: Host, work: Path, user: str = "root") -> None:
        self.host, self.user = host, user
        address = host.lab.document["all"]["children"]["lab"]["hosts"][host.name]["ansible_host"]
        known = work / "known_hosts"
        askpass = work / f"askpass-{user}"
        askpass.write_text(f"#!/bin/sh\necho '{host.lab.passwords[user]}'\n")
        askpass.chmod(0o700)
        self.environment = {**os.environ, "SSH_ASKPASS": str(askpass), "SSH_ASKPASS_REQUIRE": "force"}
        options = [
            *("StrictHostKeyChecking=no", f"UserKnownHostsFile={known}", "PubkeyAuthentication=no", "LogLevel=ERROR"),
            *(
                "BatchMode=no",
                "PreferredAuthentications=password,keyboard-interactive",
                "NumberOfPasswordPrompts=1",
                "ConnectTimeout=5",
            ),
        ]
        self.options = ["-F", "/dev/null", *(word for option in options for word in ("-o", option))]
        self.target = f"{user}@{address}"

    def run(self, command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        words = ["ssh", *self.options, self.target, command]
        return subprocess.run(words, input=stdin, capture_output=True, env=self.environment, timeout=60, check=False)

    def works(self) -> bool:
        done = self.run("echo in")
        if done.returncode not in (0, 255):
            pytest.fail(f"{self.host.name}: {done}")
        return done.stdout == b"in\n"

    def sftp_works(self) -> bool:
        words = ["sftp", *self.options, "-b", "-", self.target]
        done = subprocess.run(words, input=b"pwd\n", capture_output=True, env=self.environment, timeout=60, check=False)
        return done.returncode == 0

    @contextmanager
    def open(self) -> Iterator[subprocess.Popen[bytes]]:
        """A connection that answers a line with a line."""
        words = ["ssh", *self.options, self.target, "echo ready; read line; echo got $line"]
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment
        ) as running:
            yield running
            running.kill()
