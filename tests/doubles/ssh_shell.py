# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The login shell behind the ssh double: cmd or PowerShell; it knows one program, called in one way."""

from __future__ import annotations

import base64
import re
import socketserver
from collections.abc import Callable
from pathlib import Path

from ansible_collections.preflight.azure.tests.doubles.engine import DroppedError
from ansible_collections.preflight.azure.tests.doubles.generated_lines import ScriptError
from ansible_collections.preflight.azure.tests.doubles.session import Session
from ansible_collections.preflight.azure.tests.doubles.ssh_command import message, send

_PROGRAM = r"(?:powershell\.exe|PowerShell) -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand"
#: ansible-core 2.16 and 2.17 put the console's encoding before every command, in the words of the login shell.
_ENCODING = {"cmd": r"chcp\.com 65001 >nul 2>&1 && ", "powershell": r"chcp\.com 65001 > \$null ; ?"}
_UNKNOWN = {
    "cmd": "'%s' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
    "powershell": "%s : The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable "
    "program.\r\n",
}


class LoginShell(socketserver.ThreadingUnixStreamServer):
    """Answers the commands that arrive for one machine; ``family`` is its login shell, cmd or powershell."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, socket_path: Path, session: Session, family: str) -> None:
        super().__init__(str(socket_path), _Handler)
        self.session, self.family = session, family


class _Handler(socketserver.BaseRequestHandler):
    server: LoginShell

    def handle(self) -> None:
        """Answer one command."""
        _letter, line = message(self.request)
        try:
            out, error, code = answered(self.server.session, self.server.family, line.decode(), self._input)
        except DroppedError:
            send(self.request, b"d")
            return
        send(self.request, b"o", out)
        send(self.request, b"r", error)
        send(self.request, b"x", bytes([code]))

    def _input(self) -> bytes:
        whole = bytearray()
        while (got := message(self.request))[0] == b"i":
            whole += got[1]
        return bytes(whole)


def answered(session: Session, family: str, line: str, read_input: Callable[[], bytes]) -> tuple[bytes, bytes, int]:
    """Return the output, the error output and the exit code of one command line.

    Raises:
        DroppedError: the connection breaks.
    """
    if line == "exit 0":
        return b"", b"", 0
    found = re.fullmatch(f"(?:{_ENCODING[family]})?{_PROGRAM} ([A-Za-z0-9+/=]+)", line)
    if found is None or session.machine.get("without_powershell"):
        name = line.split(" ")[0]
        text = _UNKNOWN[family]
        return b"", (text % ((name,) * text.count("%s"))).encode(), 1
    script = base64.b64decode(found[1]).decode("utf-16-le")
    lines = [] if script.strip() == "exit 0" else read_input().decode("ascii", "replace").splitlines()
    said: list[str] = []
    try:
        for each in session.run(line, script, lines):
            said.append(each)
    except ScriptError as refused:
        return _text(said), f"{refused}\r\n".encode(), 1
    return _text(said), b"", session.exit_code


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
