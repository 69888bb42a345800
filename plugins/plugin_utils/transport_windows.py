# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a PowerShell script gets to a Windows machine through each connection. Private to this collection.

Read and tried in ansible-core 2.16 to 2.21: ``winrm`` wraps plain text itself and takes bytes as input; ``psrp`` runs
plain text in its runspace and takes text, for every line of bytes would arrive as an array of bytes; ``ssh`` wraps
nothing, and the login shell may be cmd or PowerShell. Before 2.18, ``ssh`` wraps plain text as ``winrm`` does (a second
PowerShell inside would find the input already read); before 2.19, ``psrp`` sends text as one object, but a list by its
elements.
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from ansible.plugins.action import ActionBase
from ansible.release import __version__
from ansible_collections.preflight.azure.plugins.plugin_utils.time_limit import TimeLimitExceeded, time_limit
from ansible_collections.preflight.azure.plugins.plugin_utils.visit import Visit, execute
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError

#: Compiles as many lines of standard input as its first line says and hands all lines over.
BOOTSTRAP = (
    "$ProgressPreference='SilentlyContinue';"
    "if($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage')"
    "{'@@ preflight-language '+$ExecutionContext.SessionState.LanguageMode;exit 3};"
    "$i=@($input);&([ScriptBlock]::Create([string]::Join([string][char]10,[string[]]$i,1,[int]$i[0]))) $i"
)
_CORE = tuple(int(part) for part in __version__.split(".")[:2])
_POWERSHELL = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand"


def run_powershell(action: ActionBase, script: str, *, timeout_seconds: int = 120) -> Visit:
    """Run a script as ``compose_windows`` makes it on the task's machine, in one round trip.

    Raises:
        VisitError: there was no visit.
    """
    connection = action._connection
    if connection.become is not None:
        raise VisitError(
            "become_refused",
            "become does nothing for scripts on Windows",
            "connect as an administrator and set become: false",
        )
    command, in_data = _for_connection(str(connection.transport), script)
    try:
        with time_limit(timeout_seconds):
            visit = execute(action, command, in_data)
    except TimeLimitExceeded as error:
        raise VisitError("timed_out", f"no answer within {timeout_seconds} seconds") from error
    if visit is None:
        raise VisitError("script_failed", "the connection demands a terminal")
    mode = re.search(rb"@@ preflight-language (\w+)", visit.stdout)
    if mode:
        raise VisitError("language_mode", f"PowerShell is in the language mode {mode[1].decode()}")
    # No line of ours has a carriage return; psrp and consoles put them in.
    stdout = visit.stdout.replace(b"\r", b"")
    if str(connection.transport) == "psrp" and stdout:
        # It puts line breaks between whole strings, and none behind the last one.
        stdout += b"\n"
    return replace(visit, stdout=stdout)


def _for_connection(transport: str, script: str) -> tuple[str, bytes | str | list[str]]:
    if transport == "psrp":
        return BOOTSTRAP, script if _CORE >= (2, 19) else script.splitlines()
    if transport == "winrm" or _CORE < (2, 18):
        return BOOTSTRAP, script.encode("ascii")
    encoded = base64.b64encode(BOOTSTRAP.encode("utf-16-le")).decode()
    return f"{_POWERSHELL} {encoded}", script.encode("ascii")
