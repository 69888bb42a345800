# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One command on the task's machine through its connection, and what came back. Private to this collection."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError, kind_of, needs_terminal


@dataclass(frozen=True)
class Visit:
    """What one script answered. ``sent`` and ``received`` are the controller's clock around it, seconds since 1970."""

    stdout: bytes
    stderr: str
    rc: int
    sent: float
    received: float


def execute(action: ActionBase, command: str, in_data: bytes | str | list[str] | None) -> Visit | None:
    """Run one command; ``None`` where sudo refused it for want of a terminal.

    Raises:
        VisitError: the connection or become did not let it run.
    """
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
    except Exception as error:
        # What breaks off after it began, winrm and psrp pass on in the words of the libraries that they use.
        raise VisitError(kind_of(str(error), "cut_off"), f"{type(error).__name__}: {error}") from error
    received = time.time()
    stdout = str(result["stdout"]).encode("utf-8", "surrogateescape")
    if result["rc"] != 0 and in_data is not None and needs_terminal(result["stderr"] + result["stdout"][-2000:]):
        return None
    return Visit(stdout, str(result["stderr"]), int(result["rc"]), sent, received)
