# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only code that talks to a machine: one script out, its output back. Private to this collection."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits, compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import (
    FIRST_LINE,
    Recording,
    RecordingError,
    parse,
)
from ansible_collections.preflight.azure.plugins.plugin_utils.time_limit import TimeLimitExceeded, time_limit
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError, kind_of, needs_terminal

#: The longest script that is sent as an argument: each shell on the way quotes it once more, and Linux takes no
#: argument above 128 KiB.
ARGUMENT_LIMIT_BYTES = 64 * 1024


@dataclass(frozen=True)
class Visit:
    """What one script answered. ``sent`` and ``received`` are the controller's clock around it, seconds since 1970."""

    stdout: bytes
    stderr: str
    rc: int
    sent: float
    received: float


def run_script(action: ActionBase, script: str, *, timeout_seconds: int = 120, secret: bool = False) -> Visit:
    """Run a POSIX shell script on the task's machine in one round trip, with the task's connection and become.

    The script travels on standard input. A connection that takes none, and a sudo that demands a terminal, get it as
    one argument instead; a script with a secret is never sent that way, for arguments are logged.

    Raises:
        VisitError: there was no visit.
    """
    connection = action._connection
    family = connection._shell.SHELL_FAMILY
    if family in ("powershell", "cmd"):
        raise VisitError("script_failed", f"expected a machine with a POSIX shell, found ansible_shell_type {family}")
    if connection.transport == "local":
        # Without it the local connection gives sudo a terminal, drops the standard input and waits for ever.
        connection.set_option("pipelining", True)
    try:
        with time_limit(timeout_seconds):
            if _takes_standard_input(connection):
                visit = _execute(action, "/bin/sh", script.encode("utf-8", "surrogateescape"))
                if visit is not None:
                    return visit
            visit = _execute(action, as_argument(script, secret=secret), None)
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
    script = compose(reads, Limits(time_seconds=max(1, timeout_seconds // 2)))
    return recorded(run_script(action, script, timeout_seconds=timeout_seconds))


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
        VisitError: the script carries a secret, or is too long to be an argument.
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
        raise VisitError("script_failed", f"the script is too long to be an argument: {len(text)} characters")
    return f'printf %s {shlex.quote(text)} | tr "\\002" "\\047" | /bin/sh'


def _takes_standard_input(connection: Any) -> bool:
    become = connection.become
    return bool(connection.has_pipelining) and not (
        become is not None and (become.name == "su" or getattr(become, "require_tty", False))
    )


def _execute(action: ActionBase, command: str, in_data: bytes | None) -> Visit | None:
    """Run one command; ``None`` where sudo refused it for want of a terminal."""
    sent = time.time()
    try:
        result = action._low_level_execute_command(command, in_data=in_data, executable=False)
    except AnsibleAuthenticationFailure as error:
        raise VisitError(kind_of(str(error), "authentication_refused"), str(error)) from error
    except AnsibleConnectionFailure as error:
        raise VisitError(kind_of(str(error), "unreachable"), str(error)) from error
    except AnsibleError as error:
        if in_data is not None and needs_terminal(str(error)):
            return None
        raise VisitError(kind_of(str(error), "script_failed"), str(error)) from error
    received = time.time()
    stdout = str(result["stdout"]).encode("utf-8", "surrogateescape")
    if result["rc"] != 0 and in_data is not None and needs_terminal(result["stderr"] + result["stdout"][-2000:]):
        return None
    return Visit(stdout, str(result["stderr"]), int(result["rc"]), sent, received)
