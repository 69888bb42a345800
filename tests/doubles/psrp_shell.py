# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runspace pool that the connection ``psrp`` uses, on the server's half of psrpcore (MS-PSRP)."""

from __future__ import annotations

import base64
import threading
import uuid
from typing import Any

import psrpcore
from ansible_collections.preflight.azure.tests.doubles import soap
from ansible_collections.preflight.azure.tests.doubles.engine import DroppedError
from ansible_collections.preflight.azure.tests.doubles.generated_lines import ScriptError
from ansible_collections.preflight.azure.tests.doubles.session import Session
from psrpcore.types import ErrorCategoryInfo, NETException, PSInvocationState

_RESOURCE = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
_WAIT_SECONDS = 2


class _Pipeline:
    def __init__(self, pool: psrpcore.ServerRunspacePool, name: uuid.UUID) -> None:
        self.server = psrpcore.ServerPipeline(pool, name)
        self.unsent = bytearray()
        self.given: list[Any] = []
        self.dropped = False

    @property
    def told(self) -> Any:
        """What the client said of the pipeline when it began it."""
        return self.server.metadata

    @property
    def ended(self) -> bool:
        return self.server.state in (PSInvocationState.Completed, PSInvocationState.Failed, PSInvocationState.Stopped)


class PsrpShell:
    """One runspace pool with its pipelines."""

    def __init__(self, name: str, session: Session) -> None:
        self.name, self._session = name, session
        self._pool = psrpcore.ServerRunspacePool()
        self._unsent = bytearray()
        self._pipelines: dict[uuid.UUID, _Pipeline] = {}
        self._changed = threading.Condition()

    def created(self, request: soap.Request) -> str:
        """Return the body of the answer to Create."""
        opening = request.find("creationXml")
        self._feed(base64.b64decode((opening.text if opening is not None else "") or ""), None)
        return (
            "<x:ResourceCreated><a:Address>http://127.0.0.1/wsman</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{_RESOURCE}</w:ResourceURI><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{self.name}</w:Selector>'
            f"</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated><rsp:Shell><rsp:ShellId>{self.name}</rsp:ShellId>"
            f"<rsp:ResourceUri>{_RESOURCE}</rsp:ResourceUri><rsp:InputStreams>stdin pr</rsp:InputStreams>"
            "<rsp:OutputStreams>stdout</rsp:OutputStreams></rsp:Shell>"
        )

    def command(self, request: soap.Request) -> str:
        """Begin a pipeline."""
        [line] = request.find_all("CommandLine")
        name = uuid.UUID(line.get("CommandId") or str(uuid.uuid4()))
        for part in request.find_all("Arguments"):
            self._feed(base64.b64decode(part.text or ""), name)
        return f"<rsp:CommandResponse><rsp:CommandId>{str(name).upper()}</rsp:CommandId></rsp:CommandResponse>"

    def send(self, request: soap.Request) -> str:
        """Take a part of the pipeline's input."""
        for part in request.find_all("Stream"):
            name = part.get("CommandId")
            self._feed(base64.b64decode(part.text or ""), uuid.UUID(name) if name else None)
        return "<rsp:SendResponse/>"

    def receive(self, request: soap.Request) -> str:
        """Return what a pipeline, or the pool itself, has to say."""
        wanted = request.find("DesiredStream")
        name = wanted.get("CommandId") if wanted is not None else None
        with self._changed:
            pipeline = self._pipelines[uuid.UUID(name)] if name else None
            unsent = pipeline.unsent if pipeline else self._unsent
            if not self._changed.wait_for(lambda: unsent or (pipeline and pipeline.dropped), timeout=_WAIT_SECONDS):
                raise soap.TIMED_OUT
            if not unsent:
                raise soap.Dropped
            said = base64.b64encode(bytes(unsent)).decode()
            unsent.clear()
            ended = pipeline is not None and pipeline.ended
        if name is None:
            return f'<rsp:ReceiveResponse><rsp:Stream Name="stdout">{said}</rsp:Stream></rsp:ReceiveResponse>'
        word = soap.state(name, "Done" if ended else "Running")
        return f"<rsp:ReceiveResponse>{soap.stream('stdout', name, said)}{word}</rsp:ReceiveResponse>"

    def signal(self, _request: soap.Request) -> str:
        """End a pipeline; all of them have ended when they were begun."""
        return "<rsp:SignalResponse/>"

    def _feed(self, data: bytes, name: uuid.UUID | None) -> None:
        with self._changed:
            if name is not None and name not in self._pipelines:
                self._pipelines[name] = _Pipeline(self._pool, name)
            self._pool.receive_data(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, name))
            while (event := self._pool.next_event()) is not None:
                self._take(event)
            self._flush()

    def _flush(self) -> None:
        while (out := self._pool.data_to_send()) is not None:
            target = self._unsent if out.pipeline_id is None else self._pipelines[out.pipeline_id].unsent
            target += out.data
        self._changed.notify_all()

    def _take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind not in ("CreatePipelineEvent", "PipelineInputEvent", "EndOfPipelineInputEvent"):
            return
        pipeline = self._pipelines[event.pipeline_id]
        if kind == "CreatePipelineEvent":
            pipeline.server.start()
            if pipeline.told.no_input:
                self._begin(pipeline)
        elif kind == "PipelineInputEvent":
            pipeline.given.append(event.data)
        else:
            self._begin(pipeline)

    def _begin(self, pipeline: _Pipeline) -> None:
        threading.Thread(target=self._run, args=(pipeline,), daemon=True).start()

    def _run(self, pipeline: _Pipeline) -> None:
        script = pipeline.told.commands[0].command_text
        lines = [str(given) for given in pipeline.given]
        said, refused = list[str](), ""
        try:
            for line in self._session.run(script, script, lines):
                said.append(line)
        except ScriptError as error:
            refused = str(error)
        except DroppedError:
            pipeline.dropped = True
        with self._changed:
            for line in said:
                pipeline.server.write_output(line)
            if refused:
                pipeline.server.write_error(NETException(refused), ErrorCategoryInfo())
            if not pipeline.dropped:
                pipeline.server.complete()
            self._flush()
