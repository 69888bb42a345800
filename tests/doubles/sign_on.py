# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a client of WS-Management signs on: Basic, or Negotiate with NTLM, which may seal the messages as well."""

from __future__ import annotations

import base64
import os
import struct
from collections.abc import Mapping
from pathlib import Path

import spnego
from spnego.exceptions import SpnegoError

_SEALED = "application/HTTP-SPNEGO-session-encrypted"
_BOUNDARY = b"--Encrypted Boundary"
OFFERED = ("Negotiate", 'Basic realm="WSMAN"')


class RefusedError(Exception):
    """Nobody has signed on; ``challenge`` is what the client gets for its next try."""

    def __init__(self, challenge: str = "") -> None:
        self.challenge = challenge
        super().__init__("not signed on")


def know_users(users: Mapping[str, str], folder: Path) -> None:
    """Let pyspnego's acceptor know the users of this process: it takes them from a file that the environment names."""
    file = folder / "ntlm-users"
    file.touch(mode=0o600)
    file.write_text("".join(f":{name}:{password}\n" for name, password in users.items()))
    os.environ["NTLM_USER_FILE"] = str(file)


class SignOn:
    """The state of one connection: NTLM signs on once for all requests that follow on it."""

    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = users
        self._context: spnego.ContextProxy | None = None
        self.user = ""
        self.reply_token = ""

    def take(self, authorization: str) -> None:
        """Look at the header Authorization of a request.

        Raises:
            RefusedError: the request must not be carried out.
        """
        kind, _space, encoded = authorization.partition(" ")
        self.reply_token = ""
        if kind == "Basic":
            name, _colon, password = base64.b64decode(encoded).decode().partition(":")
            self.user = name if self._users.get(name) == password else ""
        elif kind == "Negotiate":
            self._negotiate(base64.b64decode(encoded))
        if not self.user:
            raise RefusedError

    def _negotiate(self, token: bytes) -> None:
        self.user = ""
        if self._context is None or self._context.complete:
            # pypsrp's Negotiate wraps NTLM into SPNEGO, requests_ntlm does not.
            kind = "ntlm" if token.startswith(b"NTLMSSP\0") else "negotiate"
            use = {"ntlm": spnego.NegotiateOptions.use_ntlm, "negotiate": spnego.NegotiateOptions.use_negotiate}
            self._context = spnego.server(hostname="127.0.0.1", service="http", protocol=kind, options=use[kind])
        try:
            answer = base64.b64encode(self._context.step(token) or b"").decode()
        except SpnegoError as error:
            self._context = None
            raise RefusedError from error
        if not self._context.complete:
            raise RefusedError(f"Negotiate {answer}")
        self.user = (self._context.client_principal or "").rpartition("\\")[2].lower()
        self.reply_token = f"Negotiate {answer}" if answer else ""

    def opened(self, content: bytes, content_type: str) -> bytes:
        """Return a request's content, unsealed where it was sealed."""
        if not is_sealed(content_type) or self._context is None:
            return content
        sealed = content.split(b"\tContent-Type: application/octet-stream\r\n", 1)[1]
        sealed = sealed.removesuffix(_BOUNDARY + b"--\r\n")
        length = struct.unpack("<i", sealed[:4])[0]
        return self._context.unwrap_winrm(sealed[4 : 4 + length], sealed[4 + length :])

    def sealed(self, content: bytes) -> tuple[bytes, str]:
        """Return an answer's content as a sealed message, and its content type."""
        if self._context is None:
            raise RefusedError
        wrapped = self._context.wrap_winrm(content)
        head = (
            f"\tContent-Type: {_SEALED}\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;"
            f"Length={len(content) + wrapped.padding_length}\r\n"
        )
        parts = (
            *(_BOUNDARY, b"\r\n", head.encode(), _BOUNDARY, b"\r\n\tContent-Type: application/octet-stream\r\n"),
            *(struct.pack("<i", len(wrapped.header)), wrapped.header, wrapped.data, _BOUNDARY, b"--\r\n"),
        )
        return b"".join(parts), f'multipart/encrypted;protocol="{_SEALED}";boundary="Encrypted Boundary"'


def is_sealed(content_type: str) -> bool:
    """Whether a request's content is a sealed message."""
    return _SEALED in content_type
