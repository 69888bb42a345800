# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WS-Management over HTTP(S) on loopback: a remote shell for ``winrm`` and a runspace pool for ``psrp``."""

from __future__ import annotations

import ssl
import sys
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree

from ansible_collections.preflight.azure.tests.doubles import soap
from ansible_collections.preflight.azure.tests.doubles.psrp_shell import PsrpShell
from ansible_collections.preflight.azure.tests.doubles.session import Session
from ansible_collections.preflight.azure.tests.doubles.sign_on import OFFERED, RefusedError, SignOn, is_sealed
from ansible_collections.preflight.azure.tests.doubles.winrs_shell import WinrsShell


class Endpoint(ThreadingHTTPServer):
    """One machine's listener. Users are names and passwords; those of ``without_rights`` may not open a shell."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        session: Session,
        users: dict[str, str],
        without_rights: tuple[str, ...] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(address, Handler)
        self.session, self.users, self.without_rights, self.tls = session, users, without_rights, tls
        self.shells: dict[str, WinrsShell | PsrpShell] = {}

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Begin a connection, in its own thread, so that a slow handshake holds up nobody."""
        if self.tls is not None:
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about a client that does not trust the certificate, or that is gone."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    # A header and its body in one packet, or each answer waits for the client's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Endpoint

    def setup(self) -> None:
        """Begin with nobody signed on."""
        super().setup()
        self.sign_on = SignOn(self.server.users)

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        """Answer one WS-Management request."""
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "")
        try:
            self.sign_on.take(self.headers.get("Authorization", ""))
        except RefusedError as error:
            self._reply(
                401, b"", [("WWW-Authenticate", each) for each in ([error.challenge] if error.challenge else OFFERED)]
            )
            return
        token = [("WWW-Authenticate", self.sign_on.reply_token)] if self.sign_on.reply_token else []
        if not content:  # a client that seals its messages signs on first
            self._reply(200, b"", token)
            return
        request = soap.Request(ElementTree.fromstring(self.sign_on.opened(content, kind)))
        try:
            if self.sign_on.user in self.server.without_rights:
                raise soap.ACCESS_DENIED
            status, answer = 200, self._answer(request)
        except soap.Fault as fault:
            status, answer = 500, soap.fault(request, fault)
        except soap.Dropped:
            self.close_connection = True
            return
        if is_sealed(kind):
            answer, kind = self.sign_on.sealed(answer)
        else:
            kind = "application/soap+xml;charset=UTF-8"
        self._reply(status, answer, [*token, ("Content-Type", kind)])

    def _reply(self, status: int, content: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
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
