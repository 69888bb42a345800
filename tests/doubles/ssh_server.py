# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An sshd on loopback that knows one key and runs no command but ``ssh_command.py``; it needs no root."""

from __future__ import annotations

import getpass
import os
import shutil
import socketserver
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.preflight.azure.tests.doubles import ssh_command
from ansible_collections.preflight.azure.tests.doubles.session import Session
from ansible_collections.preflight.azure.tests.doubles.ssh_shell import LoginShell
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SETTINGS = """\
HostKey {host_key}
AuthorizedKeysFile {folder}/user.pub
AuthenticationMethods publickey
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
PidFile none
LogLevel ERROR
ForceCommand exec {python} -I -S {program} {socket}
"""


def why_no_sshd() -> str:
    """Return why this machine cannot carry the ssh double; nothing where it can."""
    if _sshd() is None:
        return "sshd is not installed (apt-get install openssh-server)"
    if os.geteuid() != 0:
        return ""
    with open("/etc/shadow", encoding="utf-8") as shadow:
        if any(line.startswith("root:!") for line in shadow):
            return "root is locked, and sshd lets nobody in who is (usermod -p '*' root, or run this as another user)"
    # Where sshd was never started as a service, the folder that it wants as root is missing.
    os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
    return ""


@dataclass(frozen=True)
class Keys:
    """Files: the key that every ssh double knows, one that none knows, and the key that all of them show."""

    folder: Path
    user: Path
    stranger: Path
    host: Path

    def known_host(self, port: int) -> str:
        """Return the line of known_hosts for one double."""
        return f"[127.0.0.1]:{port} {self.host.with_suffix('.pub').read_text()}\n"


def make_keys(folder: Path) -> Keys:
    """Make the keys of one run."""
    return Keys(folder, *(_key(folder / name) for name in ("user", "stranger", "host")))


class SshDouble(socketserver.ThreadingTCPServer):
    """One machine's port: every connection gets an sshd of its own, as from inetd."""

    daemon_threads = True
    request_queue_size = 64
    allow_reuse_address = True

    def __init__(self, keys: Keys, name: str, session: Session, family: str) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        path = keys.folder / f"{name}.socket"
        self._shell = LoginShell(path, session, family)
        self._settings = keys.folder / f"{name}.sshd"
        program, python = ssh_command.__file__, sys.executable
        self._settings.write_text(
            _SETTINGS.format(host_key=keys.host, folder=keys.folder, python=python, program=program, socket=path)
        )
        threading.Thread(target=self._shell.serve_forever, daemon=True).start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Let an sshd serve the connection."""
        with open(self._settings.with_suffix(".log"), "ab") as log:
            command = [str(_sshd()), "-i", "-e", "-f", str(self._settings)]
            subprocess.run(command, stdin=request, stdout=request, stderr=log, check=False)

    def shutdown(self) -> None:
        """Stop the login shell as well."""
        self._shell.shutdown()
        super().shutdown()

    def server_close(self) -> None:
        """Close the port and the login shell."""
        super().server_close()
        self._shell.server_close()


def user_name() -> str:
    """The only user that an sshd without root can log on."""
    return getpass.getuser()


def _sshd() -> str | None:
    # sshd wants to be called by its whole path, and /usr/sbin is not on every user's path.
    return shutil.which("sshd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")


def _key(path: Path) -> Path:
    key = Ed25519PrivateKey.generate()
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    path.with_suffix(".pub").write_bytes(public)
    return path
