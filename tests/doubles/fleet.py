# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many doubles in one process, each reached in every way that the connection plugins know."""

from __future__ import annotations

import shutil
import socketserver
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.authority import make_authority
from ansible_collections.preflight.azure.tests.doubles.session import Session
from ansible_collections.preflight.azure.tests.doubles.sign_on import know_users
from ansible_collections.preflight.azure.tests.doubles.ssh_server import SshDouble, make_keys, user_name, why_no_sshd
from ansible_collections.preflight.azure.tests.doubles.wsman import Endpoint

USER, LIMITED, PASSWORD = "administrator", "limited", "Kennwort-47!"
#: Each way: connection, port, transport, what authenticates, and whether messages are sealed.
WAYS: Mapping[str, tuple[str, str, str]] = {
    "winrm-http-basic": ("winrm", "http", "basic"),
    "winrm-http-ntlm": ("winrm", "http", "ntlm"),
    "winrm-https-basic": ("winrm", "https", "basic"),
    "winrm-https-ntlm": ("winrm", "https", "ntlm"),
    "psrp-http-basic": ("psrp", "http", "basic"),
    "psrp-http-ntlm": ("psrp", "http", "ntlm"),
    "psrp-http-negotiate": ("psrp", "http", "negotiate"),
    "psrp-https-basic": ("psrp", "https", "basic"),
    "psrp-https-ntlm": ("psrp", "https", "ntlm"),
    "ssh-powershell": ("ssh", "ssh-powershell", "powershell"),
    "ssh-cmd": ("ssh", "ssh-cmd", "cmd"),
}


@dataclass(frozen=True)
class Double:
    """One machine: what its connections did, and its ports (http, https, ssh-powershell, ssh-cmd)."""

    name: str
    session: Session
    ports: Mapping[str, int]


class Fleet:
    """The doubles of one run. Its folder has a short path, for sockets lie in it, and goes when the fleet is closed."""

    def __init__(self, *, with_ssh: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="doubles-"))
        self._authority = make_authority(self.folder)
        self._keys = make_keys(self.folder) if with_ssh and not why_no_sshd() else None
        self._servers: list[socketserver.BaseServer] = []
        know_users({USER: PASSWORD, LIMITED: PASSWORD}, self.folder)
        (self.folder / "known_hosts").touch()

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def add(self, name: str, model: Mapping[str, Any], ports: tuple[str, ...] = ()) -> Double:
        """Start a machine; ``ports`` are those that it opens, all where none is named."""
        session, found = Session(dict(model)), dict[str, int]()
        for port in ports or ("http", "https", "ssh-powershell", "ssh-cmd"):
            server = self._server(name, session, port)
            if server is not None:
                self._servers.append(server)
                found[port] = server.server_address[1]
                threading.Thread(target=server.serve_forever, daemon=True).start()
        return Double(name, session, found)

    def variables(self, double: Double, way: str) -> dict[str, Any]:
        """Return the variables of an inventory that lead to a double in one of the :data:`WAYS`."""
        connection, port, detail = WAYS[way]
        common = {"ansible_connection": connection, "ansible_host": "127.0.0.1", "ansible_port": double.ports[port]}
        if connection == "ssh":
            known = f"-F /dev/null -o UserKnownHostsFile={self.folder}/known_hosts -o GlobalKnownHostsFile=/dev/null"
            return {
                **common,
                "ansible_user": user_name(),
                "ansible_shell_type": detail,
                "ansible_ssh_private_key_file": str(self.folder / "user"),
                # A connection that is kept open would outlive the double.
                "ansible_ssh_args": f"{known} -o ControlMaster=no -o ControlPath=none",
            }
        trust = str(self.folder / "authority.pem")
        of_winrm = {"scheme": port, "transport": detail, "ca_trust_path": trust, "read_timeout_sec": 90}
        of_psrp = {"protocol": port, "auth": detail, "ca_cert": trust, "message_encryption": "auto"}
        if port == "http" and detail == "basic":
            of_psrp["message_encryption"] = "never"
        own = of_winrm if connection == "winrm" else of_psrp
        return {
            **common,
            **{f"ansible_{connection}_{name}": value for name, value in own.items()},
            **{"ansible_user": USER, "ansible_password": PASSWORD},
        }

    def close(self) -> None:
        """Stop all machines."""
        # Each takes half a second to hear of it.
        enders = [threading.Thread(target=server.shutdown) for server in self._servers]
        for ender in enders:
            ender.start()
        for ender, server in zip(enders, self._servers, strict=True):
            ender.join()
            server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _server(self, name: str, session: Session, port: str) -> Endpoint | SshDouble | None:
        if port.startswith("ssh-"):
            if self._keys is None:
                return None
            server = SshDouble(self._keys, f"{name}-{port}", session, port.removeprefix("ssh-"))
            with (self.folder / "known_hosts").open("a") as known:
                known.write(self._keys.known_host(server.server_address[1]))
            return server
        tls = self._authority.context if port == "https" else None
        users = {USER: PASSWORD, LIMITED: PASSWORD}
        return Endpoint(("127.0.0.1", 0), session, users, (LIMITED,), tls)
