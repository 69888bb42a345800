# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only code that talks to a machine: one script out, its output back. Private to this collection."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits, compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import (
    FIRST_LINE,
    Recording,
    RecordingError,
    parse,
)
from ansible_collections.preflight.azure.plugins.plugin_utils.time_limit import TimeLimitExceeded, time_limit
from ansible_collections.preflight.azure.plugins.plugin_utils.transport_windows import run_powershell
from ansible_collections.preflight.azure.plugins.plugin_utils.visit import Visit, execute
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import ScriptTooLong, VisitError, kind_of

#: The longest script that is sent as an argument: each shell on the way quotes it once more, and Linux takes no
#: argument above 128 KiB.
ARGUMENT_LIMIT_BYTES = 64 * 1024


def platform_of(action: ActionBase) -> str:
    """Return windows or linux: which of them the task's connection and its shell are for."""
    return "windows" if action._connection._shell.SHELL_FAMILY in ("powershell", "cmd") else "linux"


def run_script(action: ActionBase, script: str, *, timeout_seconds: int = 120, secret: bool = False) -> Visit:
    """Run a POSIX shell script on the task's machine in one round trip, with the task's connection and become.

    The script travels on standard input. A connection that takes none, and a sudo that demands a terminal, get it as
    one argument instead; a script with a secret is never sent that way, for arguments are logged.

    Raises:
        VisitError: there was no visit.
    """
    connection = action._connection
    if platform_of(action) == "windows":
        family = connection._shell.SHELL_FAMILY
        raise VisitError("script_failed", f"expected a machine with a POSIX shell, found ansible_shell_type {family}")
    if connection.transport == "local":
        # Without it the local connection gives sudo a terminal, drops the standard input and waits for ever.
        connection.set_option("pipelining", True)
    try:
        with time_limit(timeout_seconds):
            if _takes_standard_input(connection):
                visit = execute(action, "/bin/sh", script.encode("utf-8", "surrogateescape"))
                if visit is not None:
                    return visit
            visit = execute(action, as_argument(script, secret=secret), None)
    except TimeLimitExceeded as error:
        raise VisitError("timed_out", f"no answer within {timeout_seconds} seconds") from error
    if visit is None:
        raise VisitError("become_refused", "sudo demands a terminal, and the connection gives none")
    return visit


def collect(action: ActionBase, reads: Iterable[Read], *, timeout_seconds: int = 120) -> tuple[Recording, bytes]:
    """Carry out reads on the task's machine; return the recording and its text.

    The script gives up after half of the time, so that what it has by then still arrives.

    Raises:
        VisitError: there was no visit, or what came back is no recording.
    """
    limits = Limits(time_seconds=max(1, timeout_seconds // 2))
    if platform_of(action) == "windows":
        return recorded(run_powershell(action, compose_windows(reads, limits), timeout_seconds=timeout_seconds))
    return recorded(run_script(action, compose(reads, limits), timeout_seconds=timeout_seconds))


def recorded(visit: Visit) -> tuple[Recording, bytes]:
    """Take the recording out of what a visit brought back.

    Raises:
        VisitError: there is none, or it is damaged.
    """
    begin = visit.stdout.find(FIRST_LINE.encode())
    if begin < 0:
        said = visit.stderr.strip() or visit.stdout[-500:].decode("utf-8", "replace").strip() or "nothing"
        raise VisitError(
            kind_of(said, "script_failed"), f"the script ended with code {visit.rc} and no recording, and said: {said}"
        )
    try:
        recording = parse(visit.stdout[begin:])
    except RecordingError as error:
        raise VisitError("bad_recording", str(error)) from error
    return replace(recording, sent=visit.sent, received=visit.received), visit.stdout[begin:]


def as_argument(script: str, *, secret: bool = False) -> str:
    """Return a command line that runs the script without standard input.

    Single quotes would be quoted again by every shell on the way, so a control character stands in for them.

    Raises:
        VisitError: the script carries a secret.
        ScriptTooLong: it is too long to be an argument.
    """
    if secret:
        raise VisitError(
            "become_refused",
            "this change carries a secret, which must not be sent as an argument (it would be logged), and the "
            "connection or sudo's requiretty refuses standard input; use an ssh connection and, for this user, "
            "'Defaults !requiretty'",
        )
    text = script.replace("'", "\2")
    if len(text.encode("utf-8", "surrogateescape")) > ARGUMENT_LIMIT_BYTES:
        raise ScriptTooLong(len(text))
    return f'printf %s {shlex.quote(text)} | tr "\\002" "\\047" | /bin/sh'


def _takes_standard_input(connection: Any) -> bool:
    become = connection.become
    return bool(connection.has_pipelining) and not (
        become is not None and (become.name == "su" or getattr(become, "require_tty", False))
    )
