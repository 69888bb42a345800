# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One machine as its PowerShell sees it: commands come in, bytes or lines go out; and what was seen of the commands."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from ansible_collections.preflight.azure.plugins.plugin_utils.transport_windows import BOOTSTRAP
from ansible_collections.preflight.azure.tests.doubles.answers import Machine
from ansible_collections.preflight.azure.tests.doubles.engine import run
from ansible_collections.preflight.azure.tests.doubles.generated_lines import ScriptError

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

    machine: Machine
    seen: list[Seen] = field(default_factory=list)

    def run(self, command_line: str, script: str, lines: list[str]) -> Iterator[str]:
        """Run a script with the lines of standard input, as PowerShell would; ``command_line`` is what is kept.

        Raises:
            ScriptError: PowerShell would end with an error.
        """
        started = time.monotonic()
        try:
            yield from self._output(script, lines)
        finally:
            self.seen.append(Seen(command_line, sum(map(len, lines)), time.monotonic() - started))

    def _output(self, script: str, lines: list[str]) -> Iterator[str]:
        if script.strip().partition("\n")[0] == "exit 0":
            return
        if script.partition("\nexit $LASTEXITCODE")[0] != BOOTSTRAP:
            raise ScriptError("this double runs nothing but the collection's own bootstrap")
        mode = self.machine.get("language_mode", "FullLanguage")
        if mode != "FullLanguage":
            yield f"@@ preflight-language {mode}"
            return
        time.sleep(float(self.machine.get("answer_seconds", 0)))
        left = int(self.machine.get("output_characters", 1 << 40))
        for line in run(self.machine, lines):
            left -= len(line) + 1
            if left < 0:
                return
            yield line


def decoded(command_line: str) -> str | None:
    """Return the script of a command line ``powershell ... -EncodedCommand TEXT``; ``None`` for any other."""
    found = _ENCODED.match(command_line)
    return base64.b64decode(found[1]).decode("utf-16-le") if found else None
