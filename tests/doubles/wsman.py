# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WS-Management over HTTP(S) on loopback: a remote shell for ``winrm`` and a runspace pool for ``psrp``."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

from ansible_collections.preflight.azure.tests.doubles import soap
from ansible_collections.preflight.azure.tests.doubles.psrp_shell import PsrpShell
from ansible_collections.preflight.azure.tests.doubles.session import Session
from ansible_collections.preflight.azure.tests.doubles.winrs_shell import WinrsShell


class Endpoint(ThreadingHTTPServer):
    """One machine's listener. Users are names and passwords; those of ``without_rights`` may not open a shell."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, address: tuple[str, int], session: Session, users: dict[str, str], without_rights: tuple[str, ...] = ()
    ) -> None:
        super().__init__(address, Handler)
        self.session, self.users, self.without_rights = session, users, without_rights
        self.shells: dict[str, WinrsShell | PsrpShell] = {}


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server: Endpoint

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        """Answer one WS-Management request."""
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        user = self._user()
        if user is None:
            self._reply(401, b"", {"WWW-Authenticate": 'Basic realm="WSMAN"'})
            return
        request = soap.Request(ElementTree.fromstring(content))
        if user in self.server.without_rights:
            self._reply(500, soap.fault(request, soap.ACCESS_DENIED))
            return
        try:
            self._reply(200, self._answer(request))
        except soap.Fault as fault:
            self._reply(500, soap.fault(request, fault))

    def _user(self) -> str | None:
        kind, _space, encoded = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return None
        name, _colon, password = base64.b64decode(encoded).decode().partition(":")
        return name if self.server.users.get(name) == password else None

    def _reply(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, request: soap.Request) -> bytes:
        if request.action.endswith("/Create"):
            return self._create(request)
        shell = self.server.shells.get(request.shell_id)
        if shell is None:
            raise soap.UNKNOWN_SHELL
        verbs: dict[str, Callable[[soap.Request], str]] = {
            "Command": shell.command,
            "Send": shell.send,
            "Receive": shell.receive,
            "Signal": shell.signal,
            "Delete": self._delete,
        }
        return soap.answer(request, verbs[request.verb](request))

    def _delete(self, request: soap.Request) -> str:
        self.server.shells.pop(request.shell_id, None)
        return ""

    def _create(self, request: soap.Request) -> bytes:
        wanted = request.find("Shell")
        name = (wanted.get("ShellId") if wanted is not None else None) or str(uuid.uuid4())
        kind = PsrpShell if request.find("creationXml") is not None else WinrsShell
        shell = kind(name.upper(), self.server.session)
        self.server.shells[shell.name] = shell
        return soap.answer(request, shell.created(request))
