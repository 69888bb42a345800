# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The remote shell that the connection ``winrm`` uses: a command line, standard input, output, an exit code."""

from __future__ import annotations

import base64
import threading
import uuid
from dataclasses import dataclass, field

from ansible_collections.preflight.azure.tests.doubles import soap
from ansible_collections.preflight.azure.tests.doubles.engine import DroppedError
from ansible_collections.preflight.azure.tests.doubles.generated_lines import ScriptError
from ansible_collections.preflight.azure.tests.doubles.session import Session, decoded

#: What ends up in one answer at most; a real service limits its envelopes, too.
_PART_BYTES = 100_000
#: How long a request for output waits before it is told to come again.
_WAIT_SECONDS = 5
_NOT_FOUND = (
    b"'PowerShell' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
)
_CLIXML = (
    '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
    '<S S="Error">%s_x000D__x000A_</S></Objs>'
)


@dataclass
class _Command:
    line: str
    given: bytearray = field(default_factory=bytearray)
    ended: bool = False
    out: bytes = b""
    error: bytes = b""
    code: int = 0
    begun: bool = False
    dropped: bool = False
    done: threading.Event = field(default_factory=threading.Event)


class WinrsShell:
    """One shell with its commands."""

    def __init__(self, name: str, session: Session) -> None:
        self.name, self._session = name, session
        self._commands: dict[str, _Command] = {}

    def created(self, _request: soap.Request) -> str:
        """Return the body of the answer to Create."""
        return (
            "<x:ResourceCreated><a:Address>http://127.0.0.1/wsman</a:Address><a:ReferenceParameters><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{self.name}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
            f"</x:ResourceCreated><rsp:Shell><rsp:ShellId>{self.name}</rsp:ShellId></rsp:Shell>"
        )

    def command(self, request: soap.Request) -> str:
        """Take a command line; it begins when its input has ended."""
        [line] = [each.text or "" for each in request.find_all("Command")]
        arguments = [each.text or "" for each in request.find_all("Arguments")]
        option = next((each for each in request.root.iter() if each.get("Name") == "WINRS_CONSOLEMODE_STDIN"), None)
        name = str(uuid.uuid4()).upper()
        self._commands[name] = _Command(" ".join([line, *arguments]))
        # With a console as input nobody sends any.
        self._commands[name].ended = option is not None and (option.text or "").upper() == "TRUE"
        return f"<rsp:CommandResponse><rsp:CommandId>{name}</rsp:CommandId></rsp:CommandResponse>"

    def send(self, request: soap.Request) -> str:
        """Take a part of standard input."""
        for part in request.find_all("Stream"):
            command = self._commands[str(part.get("CommandId"))]
            command.given += base64.b64decode(part.text or "")
            command.ended |= (part.get("End") or "").lower() == "true"
        return "<rsp:SendResponse/>"

    def receive(self, request: soap.Request) -> str:
        """Return a part of what the command printed."""
        wanted = request.find("DesiredStream")
        name = str(wanted.get("CommandId")) if wanted is not None else ""
        command = self._commands[name]
        if command.ended and not command.begun:
            command.begun = True
            threading.Thread(target=self._run, args=(command,), daemon=True).start()
        if not command.done.wait(_WAIT_SECONDS):
            raise soap.TIMED_OUT
        if command.dropped and not command.out:
            raise soap.Dropped
        part, command.out = command.out[:_PART_BYTES], command.out[_PART_BYTES:]
        said = soap.stream("stdout", name, base64.b64encode(part).decode()) if part else ""
        if command.out or command.dropped:
            return f"<rsp:ReceiveResponse>{said}{soap.state(name, 'Running')}</rsp:ReceiveResponse>"
        if command.error:
            said += soap.stream("stderr", name, base64.b64encode(command.error).decode())
        return f"<rsp:ReceiveResponse>{said}{soap.state(name, 'Done', command.code)}</rsp:ReceiveResponse>"

    def signal(self, request: soap.Request) -> str:
        """End a command."""
        for each in request.find_all("Signal"):
            self._commands.pop(str(each.get("CommandId")), None)
        return "<rsp:SignalResponse/>"

    def _run(self, command: _Command) -> None:
        script, lines = decoded(command.line), list[str]()
        if script is None or self._session.machine.get("without_powershell"):
            command.error, command.code = _NOT_FOUND, 1
            command.done.set()
            return
        try:
            for line in self._session.run(command.line, script, command.given.decode("ascii", "replace").splitlines()):
                lines.append(line)
        except ScriptError as error:
            command.error = (_CLIXML % error).encode()
            command.code = 1
        except DroppedError:
            command.dropped = True
        command.out = "".join(f"{line}\n" for line in lines).encode()
        command.code = command.code or self._session.exit_code
        command.done.set()
