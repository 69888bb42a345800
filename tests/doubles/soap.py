# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The envelopes of WS-Management (MS-WSMV): requests taken apart, answers and faults put together."""

from __future__ import annotations

import uuid
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
_HEAD = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/'
    'addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:x="http://schemas.xmlsoap.org/ws/2004/'
    f'09/transfer" xmlns:rsp="{SHELL}"><s:Header><a:Action>%s</a:Action><a:MessageID>uuid:%s</a:MessageID>'
    "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To><a:RelatesTo>%s</a:RelatesTo>"
    "</s:Header><s:Body>%s</s:Body></s:Envelope>"
)


class Fault(Exception):
    """A request that is refused: the code of the fault, its subcode and its text."""

    def __init__(self, code: int, subcode: str, text: str) -> None:
        self.code, self.subcode, self.text = code, subcode, text
        super().__init__(text)


class Dropped(Exception):
    """The connection is closed without an answer."""


TIMED_OUT = Fault(
    2150858793, "w:TimedOut", "The WS-Management service cannot complete the operation within the time specified."
)
# In the words of a machine that does not speak English: nothing may hang on them.
ACCESS_DENIED = Fault(5, "w:AccessDenied", "Zugriff verweigert ")
UNKNOWN_SHELL = Fault(
    2150858843, "w:InvalidSelectors", "The request for the Windows Remote Shell failed: unknown shell."
)


class Request:
    """One request."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.action = self._text("Action")
        self.message_id = self._text("MessageID")
        selector = next((each for each in root.iter() if each.get("Name") == "ShellId"), None)
        self.shell_id = (selector.text or "").upper() if selector is not None else ""

    @property
    def verb(self) -> str:
        """The last word of the action: Create, Command, Send, Receive, Signal or Delete."""
        return self.action.rpartition("/")[2]

    def find(self, name: str) -> Element | None:
        """Return the first element of that name, in whatever namespace."""
        return next((each for each in self.root.iter() if each.tag.rpartition("}")[2] == name), None)

    def find_all(self, name: str) -> list[Element]:
        """Return all elements of that name."""
        return [each for each in self.root.iter() if each.tag.rpartition("}")[2] == name]

    def _text(self, name: str) -> str:
        found = self.find(name)
        return (found.text or "").strip() if found is not None else ""


def answer(request: Request, body: str) -> bytes:
    """Return the answer with a body."""
    return (_HEAD % (f"{request.action}Response", uuid.uuid4(), request.message_id, body)).encode()


def fault(request: Request, why: Fault) -> bytes:
    """Return a fault as a real service words it."""
    body = (
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{why.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(why.text)}</s:Text></s:Reason><s:Detail><f:WSManFault '
        f'xmlns:f="{_FAULT}" Code="{why.code}" Machine="127.0.0.1"><f:Message>{escape(why.text)}</f:Message>'
        "</f:WSManFault></s:Detail></s:Fault>"
    )
    return (_HEAD % (_FAULT_ACTION, uuid.uuid4(), request.message_id, body)).encode()


def stream(name: str, command_id: str, encoded: str) -> str:
    """Return a part of what a command printed."""
    return f'<rsp:Stream Name="{name}" CommandId="{command_id}">{encoded}</rsp:Stream>'


def state(command_id: str, word: str, exit_code: int | None = None) -> str:
    """Return the state of a command: Running or Done."""
    code = "" if exit_code is None else f"<rsp:ExitCode>{exit_code}</rsp:ExitCode>"
    return f'<rsp:CommandState CommandId="{command_id}" State="{SHELL}/CommandState/{word}">{code}</rsp:CommandState>'
