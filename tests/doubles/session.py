# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One machine as its PowerShell sees it: commands come in, bytes or lines go out; and what was seen of the commands."""

from __future__ import annotations

import base64
import copy
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.preflight.azure.plugins.plugin_utils.transport_windows import BOOTSTRAP
from ansible_collections.preflight.azure.tests.doubles.engine import DroppedError, run
from ansible_collections.preflight.azure.tests.doubles.generated_lines import ScriptError
from ansible_collections.preflight.azure.tests.doubles.machine_file import resolved, save

_ENCODED = re.compile(r"(?i)powershell(?:\.exe)? .*-EncodedCommand (\S+)$")


@dataclass
class Seen:
    """One command that a connection ran: its line as it came, the characters of its input, the seconds it took."""

    command_line: str
    input_characters: int
    seconds: float


@dataclass
class Session:
    """A model, and what its connections did with it."""

    machine: dict[str, Any]
    seen: list[Seen] = field(default_factory=list)
    #: What was asked and the machine file does not tell; anything here is a mistake of the file.
    unknown: list[str] = field(default_factory=list)
    #: Where the model is kept after a visit that changed it.
    kept_in: Path | None = None

    def __post_init__(self) -> None:
        self.machine = copy.deepcopy(resolved(self.machine))

    @property
    def exit_code(self) -> int:
        """What PowerShell ends with where the script compiles."""
        return 0 if self.language_mode == "FullLanguage" else 3

    @property
    def language_mode(self) -> str:
        """What scripts may do on the machine."""
        return str(self.machine.get("language_mode", "FullLanguage"))

    def run(self, command_line: str, script: str, lines: list[str]) -> Iterator[str]:
        """Run a script with the lines of standard input, as PowerShell would; ``command_line`` is what is kept.

        Raises:
            ScriptError: PowerShell would end with an error.
            DroppedError: the connection breaks.
        """
        started, before = time.monotonic(), copy.deepcopy(self.machine) if self.kept_in else None
        try:
            yield from self._output(script, lines)
        finally:
            self.seen.append(Seen(command_line, sum(map(len, lines)), time.monotonic() - started))
            if self.kept_in is not None and self.machine != before:
                save(self.machine, self.kept_in)

    def _output(self, script: str, lines: list[str]) -> Iterator[str]:
        if script.strip().partition("\n")[0] == "exit 0":
            return
        if script.partition("\nexit $LASTEXITCODE")[0] != BOOTSTRAP:
            raise ScriptError("this double runs nothing but the collection's own bootstrap")
        if self.language_mode != "FullLanguage":
            yield f"@@ preflight-language {self.language_mode}"
            return
        time.sleep(float(self.machine.get("answer_seconds", 0)))
        size = 0
        for line in run(self.machine, lines, self.unknown):
            size += len(line) + 1
            if size > int(self.machine.get("output_characters", size)):
                return
            if size > int(self.machine.get("dropped_after_characters", size)):
                raise DroppedError
            yield line


def decoded(command_line: str) -> str | None:
    """Return the script of a command line ``powershell ... -EncodedCommand TEXT``; ``None`` for any other."""
    found = _ENCODED.search(command_line)
    return base64.b64decode(found[1]).decode("utf-16-le") if found else None
