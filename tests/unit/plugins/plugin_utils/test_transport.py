# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shlex
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleAuthenticationFailure, AnsibleConnectionFailure, AnsibleError
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import command, file
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import as_argument, collect, run_script
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError


class Action:
    """An action whose commands are run by a real shell here, or end as the test says."""

    def __init__(self, *, pipelining: bool = True, become: Any = None, ending: Any = None) -> None:
        shell = SimpleNamespace(SHELL_FAMILY="sh")
        self.commands: list[tuple[str, bytes | None]] = []
        self.ending = ending
        self._connection = SimpleNamespace(has_pipelining=pipelining, become=become, transport="ssh", _shell=shell)

    def _low_level_execute_command(self, text: str, in_data: bytes | None = None, executable: Any = None) -> Any:
        self.commands.append((text, in_data))
        if isinstance(self.ending, Exception):
            raise self.ending
        if self.ending is not None and in_data is not None:
            return self.ending
        done = subprocess.run(["/bin/sh", "-c", text], input=in_data or b"", capture_output=True, check=False)
        stdout = done.stdout.decode("utf-8", "surrogateescape")
        return {"stdout": stdout, "stderr": done.stderr.decode(), "rc": done.returncode}


def test_script_travels_on_standard_input_in_one_command() -> None:
    action = Action()
    recording, _text = collect(action, [file("/etc/passwd")])
    assert recording.complete
    assert [text for text, _data in action.commands] == ["/bin/sh"]
    assert recording.sent is not None
    assert recording.received is not None
    assert recording.sent <= recording.received


def test_connection_without_standard_input_gets_an_argument() -> None:
    action = Action(pipelining=False)
    recording, _text = collect(action, [command("quotes", """echo 'a' "b" `echo c` $((1 + 1)) \\\\""")])
    assert action.commands[0][1] is None
    assert recording.answer(command("quotes", "")).text == "a b c 2 \\\n"


@pytest.mark.parametrize("become", [SimpleNamespace(name="su"), SimpleNamespace(name="machinectl", require_tty=True)])
def test_become_that_wants_a_terminal_gets_an_argument(become: Any) -> None:
    action = Action(become=become)
    assert collect(action, [])[0].complete
    assert action.commands[0][1] is None


@pytest.mark.parametrize(
    "ending",
    [
        {"stdout": "", "stderr": "sudo: sorry, you must have a tty to run sudo\n", "rc": 1},
        {"stdout": "sudo: sorry, you must have a tty to run sudo\r\n", "stderr": "", "rc": 1},
    ],
)
def test_requiretty_is_answered_with_an_argument(ending: Any) -> None:
    action = Action(ending=ending)
    assert collect(action, [])[0].complete
    assert [data is None for _text, data in action.commands] == [False, True]


def test_script_with_a_secret_never_becomes_an_argument() -> None:
    action = Action(pipelining=False)
    with pytest.raises(VisitError, match="carries a secret"):
        run_script(action, "echo", secret=True)
    assert action.commands == []


def test_script_too_long_for_an_argument_is_refused() -> None:
    with pytest.raises(VisitError, match="too long"):
        as_argument("echo " + "x" * 70_000)


def test_argument_stays_short_when_it_is_quoted_again_and_again() -> None:
    script = compose([command(f"c{number}", "printf '%s' 'x'") for number in range(200)])
    line = as_argument(script)
    for _shell in range(3):
        line = "/bin/sh -c " + shlex.quote(line)
    assert len(line) < 1.2 * len(script)
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True, stdin=subprocess.DEVNULL)
    assert parse(done.stdout).complete


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (AnsibleConnectionFailure("Failed to connect: No route to host"), "unreachable"),
        (AnsibleConnectionFailure("Failed to connect: Permission denied (publickey)"), "authentication_refused"),
        (AnsibleConnectionFailure("no matching host key type found. Their offer: ssh-rsa"), "crypto_mismatch"),
        (AnsibleAuthenticationFailure("Invalid/incorrect username/password."), "authentication_refused"),
        (AnsibleError("Incorrect sudo password"), "become_refused"),
        ({"stdout": "", "stderr": "nosudo is not in the sudoers file.", "rc": 1}, "become_refused"),
        ({"stdout": "", "stderr": "/bin/sh: awk: not found", "rc": 127}, "script_failed"),
        ({"stdout": "Welcome to the machine\n", "stderr": "", "rc": 0}, "script_failed"),
        ({"stdout": "@@ preflight-recording 1\nnonsense\n", "stderr": "", "rc": 0}, "bad_recording"),
    ],
)
def test_failed_visits_are_told_apart(ending: Any, kind: str) -> None:
    with pytest.raises(VisitError) as error:
        collect(Action(ending=ending), [])
    assert error.value.kind == kind


def test_output_cut_on_the_way_is_an_incomplete_recording() -> None:
    ending = {"stdout": "@@ preflight-recording 1\n@@ platform linux\n@ file /etc/fst", "stderr": "", "rc": 0}
    recording, _text = collect(Action(ending=ending), [])
    assert not recording.complete


def test_windows_shell_is_refused_by_name() -> None:
    action = Action()
    action._connection._shell.SHELL_FAMILY = "powershell"
    with pytest.raises(VisitError, match="ansible_shell_type powershell"):
        run_script(action, "echo")


def test_visit_is_given_up_in_time() -> None:
    action = Action(pipelining=False)
    with pytest.raises(VisitError) as error:
        run_script(action, "sleep 30", timeout_seconds=1)
    assert error.value.kind == "timed_out"
